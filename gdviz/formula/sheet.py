"""Draws an optimizer: its name, its equations below each other, and in small letters its numbers and its source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gdviz.descent.optimizer import Optimizer
from gdviz.formula.draw import outline_of, words_outline, write_outline
from gdviz.formula.latex import mathtext_lines
from gdviz.formula.terms import numbers_of, terms_of

if TYPE_CHECKING:
    from matplotlib.path import Path as Outline

PLAIN, BOLD = "cmr10", "cmb10"  # matplotlib's own, which look like its mathematics
TITLE, SMALL = 1.1, 0.65  # letters' sizes, in multiples of the equations'
LEAST_WIDTH = 22.0  # of small lines before they are broken, in multiples of the equations' letters
BLANK = 0.33  # between words, in multiples of their letters

_RELATION = re.compile(r"=|\\leftarrow")
_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_BESIDE_FRACTION = re.compile(rf"(?<=[\w)|}}]) (?=\\frac)|(?<=\\frac)({_BRACES}{_BRACES}) (?=[\w(|\\])")


def write_optimizer(
    optimizer: Optimizer, target: Path, *, color: str = "black", scale: float = 1.0, size: float = 20.0
) -> Path:
    """Draw an optimizer's equations as a tight image with a transparent background, and return the target.

    The arguments are as those of `write_formula`, and the same are refused.

    Raises
    ------
    InputError
        If an argument is not as described there.

    """
    content = "\n".join((optimizer.title, *optimizer.equations, *map(" ".join, _small(optimizer))))
    return write_outline(lambda: _sheet(optimizer, size), content, target, color=color, scale=scale, size=size)


def _small(optimizer: Optimizer) -> list[list[str]]:
    """Return what stands in small letters, as paragraphs of parts that are not broken."""
    numbers = [f"${number}$" for number in numbers_of(optimizer)]
    listed = [[*(f"{each}," for each in some[:-1]), some[-1]] for some in (terms_of(optimizer), numbers) if some]
    return [*listed, optimizer.source.split()]


def _sheet(optimizer: Optimizer, size: float) -> Outline:
    title = words_outline(optimizer.title, TITLE * size, BOLD)
    equations = _aligned([_equation(latex) for latex in optimizer.equations], size)
    room = max(LEAST_WIDTH * size, title.get_extents().width, equations.get_extents().width)
    small = [line for paragraph in _small(optimizer) for line in _lines(paragraph, room, SMALL * size)]
    words = _column([words_outline(line, SMALL * size, PLAIN) for line in small], 1.5 * SMALL * size, 0)
    return _column([_column([_column([title], 0, 0), equations], 2 * size, 0.7 * size), words], 0, 0.9 * size)


def _equation(latex: str) -> str:
    """Return an equation for mathtext, with room beside fractions, where mathtext leaves none."""
    (line,) = mathtext_lines(_BESIDE_FRACTION.sub(lambda found: rf"{found[1] or ''} \, ", latex))
    return line


def _lines(parts: Sequence[str], room: float, size: float) -> list[str]:
    """Return a paragraph as lines of much the same length, and no more of them than are needed."""
    widths = [words_outline(part, size, PLAIN).get_extents().width + BLANK * size for part in parts]
    shortest = broken = _broken(parts, widths, room)
    while len(shortest) == len(broken) and room > max(widths):
        broken, room = shortest, 0.98 * room
        shortest = _broken(parts, widths, room)
    return broken


def _broken(parts: Sequence[str], widths: Sequence[float], room: float) -> list[str]:
    lines: list[str] = []
    left = 0.0
    for part, width in zip(parts, widths, strict=True):
        if lines and width <= left:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
            left = room
        left -= width
    return lines


def _aligned(lines: Sequence[str], size: float) -> Outline:
    """Return equations below each other, with what relates their sides in one upright line."""
    from matplotlib.transforms import Affine2D

    ends = [outline_of(_head(line), size).get_extents().x1 for line in lines]
    outlines = [
        outline_of(line, size).transformed(Affine2D().translate(-end, 0)) for line, end in zip(lines, ends, strict=True)
    ]
    return _column(outlines, 1.6 * size, 0.45 * size)


def _head(line: str) -> str:
    """Return a line up to the first relation outside braces."""
    heads = (line[: found.end()] for found in _RELATION.finditer(line))
    return next((head for head in heads if head.count("{") == head.count("}")), line)


def _column(outlines: Sequence[Outline], leading: float, gap: float) -> Outline:
    """Return outlines below each other: their baselines at least `leading` apart, and `gap` pixels free between them.

    The whole begins at 0 from the left, and its first baseline is at 0.
    """
    from matplotlib.path import Path as Outline
    from matplotlib.transforms import Affine2D

    left = min(outline.get_extents().x0 for outline in outlines)
    placed: list[Outline] = []
    baseline = lowest = 0.0
    for outline in outlines:
        if placed:
            baseline = min(baseline - leading, lowest - gap - outline.get_extents().y1)
        placed.append(outline.transformed(Affine2D().translate(-left, baseline)))
        lowest = placed[-1].get_extents().y0
    return Outline.make_compound_path(*placed)
