"""How finely a page shows its landscape: a browser takes long for what a film draws at its ease."""

from __future__ import annotations

from dataclasses import replace

from gdviz.description.choices import Quality
from gdviz.description.resolved import Resolved

FINEST = {Quality.DRAFT: 238, Quality.STANDARD: 238, Quality.HIGH: 338}  # pixels: no finer a mesh is needed
SMALLEST = 64  # pixels of a side


def page_resolved(resolved: Resolved) -> Resolved:
    """Return the animation that a page is made of: in a size for which no finer a mesh is made than a page can hold."""
    scale = min(1.0, FINEST[resolved.quality] / max(resolved.size))
    width, height = (max(SMALLEST, 2 * round(scale * side / 2)) for side in resolved.size)
    return replace(resolved, size=(width, height))
