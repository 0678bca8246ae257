"""The command line: one file per noun; nothing imports from here."""
