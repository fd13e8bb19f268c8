"""Draws a formula: matplotlib's mathtext lays it out as outlines, and matplotlib's canvases draw these.

No TeX program is run. matplotlib is imported only when it is needed, and pyplot, which has global state, never.
"""

from __future__ import annotations

import hashlib
import logging
import math
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gdviz.errors import InputError, shorten
from gdviz.formula.latex import mathtext_lines
from gdviz.movie.provenance import Kind, stamp
from gdviz.runtime.files import place_of, replacing
from gdviz.runtime.library_defaults import importing_matplotlib

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.path import Path as Outline
    from matplotlib.transforms import Affine2D

MAX_SIDE = 16_000  # pixels
MAX_PIXELS = 40_000_000  # of an image
MAX_INLINE = (80, 6)  # width and height of a formula in a line of text, in multiples of the letters' size

PADDING = 3.0  # pixels at scale 1
DPI = 96  # a CSS pixel is 1/96 inch

# mathtext has one parser and matplotlib one set of settings for the whole process.
_ONE_AT_A_TIME = threading.RLock()


def write_formula(latex: str, target: Path, *, color: str = "black", scale: float = 1.0, size: float = 20.0) -> Path:
    r"""Draw a formula in LaTeX as a tight image with a transparent background, and return the target.

    The same arguments write the same bytes. An SVG has its letters as paths, so that it needs no fonts.

    Parameters
    ----------
    latex
        The formula, with or without `$` around it, in the part of LaTeX that matplotlib's mathtext draws. `\\` starts
        a new line, which is aligned with what follows the first line's `=`. `&` is ignored.
    target
        The .png or .svg file to write; it appears only when it is complete.
    color
        The formula's colour: a name that matplotlib knows, or `#rrggbb`.
    scale
        The factor for width and height, from 0.1 to 10: at 2, a PNG has twice the pixels in each direction.
    size
        The letters' size in pixels at scale 1, from 4 to 400.

    Raises
    ------
    InputError
        If an argument is not as described, or the formula is not LaTeX that can be drawn.

    """
    return write_outline(
        lambda: _stacked(mathtext_lines(latex), size), latex, target, color=color, scale=scale, size=size
    )


def write_outline(
    make: Callable[[], Outline], content: str, target: Path, *, color: str, scale: float, size: float
) -> Path:
    """Draw an outline, in pixels with y upwards, as `write_formula` draws a formula, and return the target.

    Parameters
    ----------
    make
        Returns the outline; it is called once all else is known to be right, with matplotlib's default settings.
    content
        All that the picture shows, as a text, which is the file's title.

    """
    with importing_matplotlib():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.backends.backend_svg import FigureCanvasSVG

    suffix = target.suffix.lower()
    if suffix not in (".png", ".svg"):
        raise InputError(f"a formula is written to a .png or .svg file, not to {shorten(target.name)}")
    for name, value, (low, high) in (("scale", scale, (0.1, 10)), ("size", size, (4, 400))):
        if not low <= value <= high:
            raise InputError(f"a formula's {name} is a number from {low:g} to {high:g}, not {value:g}")
    place_of(target)
    ink = _ink(color)
    with replacing(target) as unfinished:
        with _default_settings():
            figure = _scaled_figure(make(), ink, scale)
            # Not Figure.savefig, which uses the user's savefig settings; Any, since these functions have no types.
            write: Any = FigureCanvasSVG(figure).print_svg if suffix == ".svg" else FigureCanvasAgg(figure).print_png
            write(unfinished, metadata={"Title": " ".join(content.split()), "Date": None})
        stamp(unfinished, Kind.FORMULA, hashlib.sha256(f"{content} {color} {scale} {size}".encode()).hexdigest())
    return target


@dataclass(frozen=True)
class Mask:
    """A formula in a line of text, as the share of each pixel that it covers.

    Attributes
    ----------
    coverage
        From 0 to 255, shape (height, width).
    left, top
        The first pixel's position relative to the formula's beginning on the baseline, in pixels.
    width
        The length of line that the formula takes up, in pixels.

    """

    coverage: NDArray[np.uint8]
    left: int
    top: int
    width: float


def inline_mask(latex: str, size: float) -> Mask:
    """Draw a formula, in sans-serif letters, for a line of text with letters of a size in pixels.

    Raises
    ------
    InputError
        If the formula is not LaTeX that can be drawn, or too large for a line.

    """
    with importing_matplotlib():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.transforms import Affine2D

    lines = mathtext_lines(latex, inline=True)
    if len(lines) > 1:
        raise InputError(r"a formula in a line of text must be a single line, without \\")
    with _default_settings():
        outline = outline_of(lines[0], size, fonts="dejavusans")
        box = outline.get_extents()
        if box.width > MAX_INLINE[0] * size or box.height > MAX_INLINE[1] * size:
            raise InputError("the formula is too large to stand within a line of text")
        left, low = math.floor(box.x0) - 1, math.floor(box.y0) - 1
        across, up = math.ceil(box.x1) + 1 - left, math.ceil(box.y1) + 1 - low
        canvas: Any = FigureCanvasAgg(_figure(outline, "black", Affine2D().translate(-left, -low), (across, up)))
        canvas.draw()
    coverage = np.asarray(canvas.buffer_rgba())[..., 3].copy()
    return Mask(coverage, left, -(low + up), max(float(box.x1), 0.0) + size / 20)


def width(latex: str) -> float:
    """Return the width of LaTeX in multiples of the letters' size."""
    return sum(float(outline_of(line, 1.0).get_extents().width) for line in mathtext_lines(latex))


@contextmanager
def _default_settings() -> Iterator[None]:
    """Draw in the block with matplotlib's default settings, one thread at a time."""
    from matplotlib import rc_context, rcParamsDefault

    defaults = {name: value for name, value in rcParamsDefault.items() if not name.startswith("backend")}
    with _ONE_AT_A_TIME, rc_context(defaults):
        yield


def _ink(color: str) -> str:
    from matplotlib.colors import get_named_colors_mapping

    text = color.strip().lower()
    if not (re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", text) or text in get_named_colors_mapping()):
        raise InputError(f"a formula's colour is a name, such as white or darkred, or #rrggbb, not {shorten(color)}")
    return text


def _stacked(lines: list[str], size: float) -> Outline:
    """Return the outlines of lines below each other, in pixels with y upwards."""
    from matplotlib.path import Path as Outline
    from matplotlib.transforms import Affine2D

    placed: list[Outline] = []
    indent = baseline = depth = 0.0
    for line in lines:
        # After empty braces, mathtext spaces a sign as between two terms.
        outline = outline_of(rf"{{}}{line}" if placed else line, size)
        box = outline.get_extents()
        if placed:
            baseline -= max(1.5 * size, box.y1 - depth + 0.4 * size)
            indent = _indent(lines[0], size)
        depth = box.y0
        placed.append(outline.transformed(Affine2D().translate(indent - box.x0, baseline)))
    return Outline.make_compound_path(*placed)


def _indent(line: str, size: float) -> float:
    """Return where the text after a line's first `=` outside brackets begins, in pixels."""
    for relation in re.finditer("=", line):
        head = line[: relation.end()]
        if head.count("{") == head.count("}") and head.count(r"\left") == head.count(r"\right"):
            return float(outline_of(head, size).get_extents().x1) + size / 3
    return size


def outline_of(line: str, size: float, fonts: str = "cm") -> Outline:
    r"""Lay out a line with mathtext in one of its sets of fonts; `\normal` does not depend on the user's settings."""
    return words_outline(rf"$\normal {line}$", size, "DejaVu Sans", fonts)


def words_outline(words: str, size: float, family: str, fonts: str = "cm") -> Outline:
    """Lay out words in one of matplotlib's own families, with LaTeX between dollar signs among them."""
    with importing_matplotlib():
        from matplotlib.font_manager import FontProperties
        from matplotlib.textpath import TextPath

    font = FontProperties(family=family, math_fontfamily=fonts)
    with _mathtext():
        outline = TextPath((0, 0), words, size=size, prop=font)
    if not np.isfinite(outline.vertices).all():
        raise InputError("the formula is too large to be drawn")
    return outline


@contextmanager
def _mathtext() -> Iterator[None]:
    """Let one thread at a time use mathtext, and turn its errors into an InputError with one sentence."""
    from matplotlib.mathtext import MathTextParser

    logger = logging.getLogger("matplotlib.mathtext")
    with _ONE_AT_A_TIME:
        logger.addFilter(_refuse_missing_letter)
        try:
            yield
        except Exception as error:
            MathTextParser("path").parse("$x$")  # clears the parser's state, which would change the next spacing
            raise InputError(_sentence(error)) from error
        finally:
            logger.removeFilter(_refuse_missing_letter)


def _refuse_missing_letter(record: logging.LogRecord) -> bool:
    """Raise an InputError for a letter that mathtext's fonts lack; it would only warn, and draw another letter."""
    if found := re.search(r"not have a glyph for .*\[U\+([0-9a-fA-F]+)\]", record.getMessage()):
        raise InputError(f"the formula's fonts have no letter {shorten(chr(int(found[1], 16)))}; use a LaTeX command")
    return False


def _sentence(error: Exception) -> str:
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, RecursionError):
        return "the formula is nested too deeply to be drawn; write it more simply"
    found = re.search(r"Exception: (.*?) +\(at char", str(error))
    reason = re.sub(r"\{\w+ \|.*\}", "more", found[1]).replace("dfrac", "frac") if found else "it cannot be laid out"
    return f"the formula is not LaTeX that gdviz can draw: {reason}"


def _scaled_figure(outline: Outline, ink: str, scale: float) -> Figure:
    """Return a picture with an outline in its middle, `scale` times as large."""
    from matplotlib.transforms import Affine2D

    box = outline.get_extents()
    sides = [math.ceil(side + 2 * PADDING) for side in (box.width, box.height)]
    across, up = (max(1, round(side * scale)) for side in sides)
    if max(across, up) > MAX_SIDE or across * up > MAX_PIXELS:
        raise InputError(
            f"the formula's image would have {across:,} x {up:,} pixels; "
            f"at most {MAX_SIDE:,} a side and {MAX_PIXELS:,} in all are accepted"
        )
    middle = Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2)
    return _figure(outline, ink, middle.scale(scale).translate(across / 2, up / 2), (across, up))


def _figure(outline: Outline, ink: str, place: Affine2D, size: tuple[int, int]) -> Figure:
    """Return a picture of a size in pixels with an outline; `place` maps it to pixels from the lower left corner."""
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch

    figure = Figure(figsize=(size[0] / DPI, size[1] / DPI), dpi=DPI, frameon=False)
    transform = place.scale(1 / DPI) + figure.dpi_scale_trans
    figure.add_artist(PathPatch(outline, facecolor=ink, linewidth=0, snap=False, transform=transform), clip=False)
    return figure
