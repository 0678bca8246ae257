"""Writing one text: draft, score, cut."""
