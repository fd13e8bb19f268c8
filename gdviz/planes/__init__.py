"""Planes through the weights of a training run: from snapshots and a loss to a landscape that is drawn."""
