"""Arrays as JSON holds them: the base64 of their bytes, as plotly.js reads typed arrays."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray
from gdviz.picture.themes import Rgb

Json = dict[str, Any]

LARGEST = 3e38  # about the largest float32
STEPS = 65_534  # between 0 and 1 of numbers that are stored in two bytes; one more stands for none
NONE = STEPS + 1


def packed(array: NDArray[Any], kind: str = "f4") -> Json:
    """Return an array as JSON; `kind` is plotly.js's name for the type of its numbers, such as f4 or u1."""
    if kind == "f4":
        array = np.clip(array, -LARGEST, LARGEST)  # NaN stays
    data = np.ascontiguousarray(array, dtype=f"<{kind}").tobytes()
    return {"dtype": kind, "shape": ", ".join(map(str, array.shape)), "bdata": base64.b64encode(data).decode()}


def packed_shares(shares: FloatArray) -> Json:
    """Return numbers from 0 to 1, or NaN, in two bytes each."""
    steps = np.round(np.clip(np.nan_to_num(shares), 0, 1) * STEPS)
    return packed(np.where(np.isnan(shares), NONE, steps), "u2")


def hexadecimal(color: Rgb) -> str:
    """Return sRGB as '#rrggbb'."""
    return "#" + bytes(color).hex()
