"""How much a file with a landscape may hold; each reader checks it before it takes memory."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gdviz.errors import InputError, bytes_in_words

MAX_CELLS = 4_000_000  # samples
MAX_STEPS = 100_000  # of a recorded path, as in a description
MAX_PATHS = 100  # in a file
MAX_NAME = 1_000  # letters of a recorded path's name
MAX_BYTES = 256_000_000  # of a file, of an array in it, and of what is unpacked of it
MAX_SMOOTH = 100.0  # cells, the standard deviation of a Gaussian
LARGEST = 1e100  # of a coordinate, as in a description
NARROWEST = 1e-9  # least span of an axis, as a share of its coordinates, as in a description


def check_cells(name: str, shape: Sequence[int]) -> None:
    """Refuse an array with more samples than are accepted."""
    if (cells := math.prod(max(side, 1) for side in shape)) > MAX_CELLS:
        raise InputError(
            f"{name} has the shape {shape_in_words(shape)}, {cells:,} cells; at most {MAX_CELLS:,} are read"
        )


def check_bytes(what: str, count: int) -> None:
    """Refuse more bytes than are accepted."""
    if count > MAX_BYTES:
        raise InputError(f"{what} {bytes_in_words(count)}; at most {bytes_in_words(MAX_BYTES)} are read")


def shape_in_words(shape: Sequence[int]) -> str:
    """Return a shape as numpy writes it, shortened if it is long."""
    numbers = [str(each) if abs(each) < 10**12 else f"{each:.3g}" for each in shape[:4]]
    return f"({', '.join(numbers)}{', ...' if len(shape) > 4 else ''}{',' if len(shape) == 1 else ''})"
