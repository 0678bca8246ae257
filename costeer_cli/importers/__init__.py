"""Reading what a person wrote elsewhere: one file per format, one registry."""
