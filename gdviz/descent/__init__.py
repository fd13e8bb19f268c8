"""The engine, its optimizers and learning rates, and the basins in which points end: numbers only."""
