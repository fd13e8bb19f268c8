"""Landscapes from files: grids of numbers, such as the losses around a network's weights."""
