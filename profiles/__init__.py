"""Ready-made profiles: one TOML file each, four preferences and a few invented people."""
