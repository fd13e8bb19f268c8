"""Reading pages back: what a page's script reads, as arrays."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import numpy as np


def data_of(page: bytes) -> dict[str, Any]:
    """Return the data in a page."""
    (text,) = re.findall(rb'<script id="data" type="application/json">(.*?)</script>', page, flags=re.DOTALL)
    return dict(json.loads(text))


def unpacked(packed: dict[str, str]) -> np.ndarray:
    """Return an array that a page holds."""
    shape = [int(length) for length in packed["shape"].split(",")]
    return np.frombuffer(base64.b64decode(packed["bdata"]), dtype=f"<{packed['dtype']}").reshape(shape)
