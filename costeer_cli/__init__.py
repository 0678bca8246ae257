"""Private personalised writing: a cloud model writes, a model on this machine steers it."""

__version__ = "0.1.0"
