"""What a text is worth, each by numbers that need no judge and no network."""
