"""The engine, how its steps are made, and where its points end: numbers only."""
