"""Whether a text sounds like the person: people to test on, systems, metrics, reports."""
