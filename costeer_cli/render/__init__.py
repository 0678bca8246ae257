"""Consumers of writing events: a terminal, plain text, JSON."""
