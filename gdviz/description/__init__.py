"""The description of a film: its keys and limits, its TOML, and the presets. Nothing is drawn here."""
