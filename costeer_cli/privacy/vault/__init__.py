"""The vault: private values leave this machine as placeholders, and come back in the text."""
