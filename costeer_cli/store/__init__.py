"""The SQLite store: documents, profiles, drafts and the wire log, on this machine only."""
