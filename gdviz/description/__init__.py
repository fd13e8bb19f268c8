"""What a TOML may say: the description of a film, its settings, and the presets. Nothing is drawn here."""
