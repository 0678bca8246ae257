"""Wire shapes: how each kind of service is asked, and how its answers are read; one file each."""
