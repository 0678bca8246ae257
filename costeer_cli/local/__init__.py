"""The private side: the local model reads the text with and without the personal context."""
