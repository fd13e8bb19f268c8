"""What is written and drawn flat: marks, colours, letters."""
