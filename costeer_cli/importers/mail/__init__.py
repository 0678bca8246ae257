"""Mail: mbox, .eml, .emlx and Maildir, and of each mail only what the person wrote in it."""
