"""Who writes, and what of theirs the local model reads. Nothing here ever reaches the cloud."""
