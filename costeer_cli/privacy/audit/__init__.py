"""Reads back what was sent and compares it with what is private; sends nothing."""
