r"""A formula as an image: a function's equation in LaTeX, and LaTeX drawn tightly on a transparent ground.

The drawing is matplotlib's mathtext, which lays out a subset of TeX by itself: nothing is passed to a TeX program. The
LaTeX is first translated to what mathtext understands and draws well. Two things that TeX does and mathtext does not
are done here: fractions are large where TeX would set them large, and `\\` starts a new line.

matplotlib is imported when it is needed, and pyplot, which has global state, never.
"""

from __future__ import annotations

import logging
import math
import re
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from gdviz.errors import InputError, shorten
from gdviz.files import check_writable, replacing

if TYPE_CHECKING:
    from gdviz.functions import Function

MAX_CHARACTERS = 2_000
MAX_DEPTH = 50
MAX_SIDE = 16_000  # pixels
MAX_PIXELS = 40_000_000

SCALES = (0.1, 10.0)
SIZES = (4.0, 400.0)
PADDING = 3.0  # pixels at scale 1
LINE_WIDTH = 38.0  # in widths of a capital M: about what a page of a book holds

SUFFIXES = (".png", ".svg")

_TOO_DEEP = "the formula is nested too deeply to be drawn; write it more simply"

# mathtext has one parser for the whole process.
_ONE_AT_A_TIME = threading.Lock()


def write_formula(latex: str, target: Path, *, color: str = "black", scale: float = 1.0, size: float = 20.0) -> Path:
    r"""Draw a formula in LaTeX as a tight image with a transparent ground.

    The same arguments write the same bytes. An SVG draws its letters as paths, so it needs no fonts.

    Parameters
    ----------
    latex
        The formula, with or without `$` around it. `\\` outside braces starts a new line. If it contains `=`, or
        begins with a relation such as `\leq`, that is aligned with the first line's `=`; if not, the line is indented
        to what follows the first line's `=`. `&` is accepted and means nothing.
    target
        The .png or .svg file to write; it appears only when it is whole.
    color
        The ink: a name that matplotlib knows, or `#rrggbb`.
    scale
        What width and height are multiplied with, from 0.1 to 10: at 2 a PNG has twice the pixels both ways.
    size
        The letters' size in pixels at scale 1, from 4 to 400.

    Returns
    -------
    The target.

    Raises
    ------
    InputError
        If something of this is not as described, or the formula is not LaTeX that can be drawn.

    """
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"a formula is written to a .png or .svg file, not to {shorten(target.name)}")
    _check_number("scale", scale, SCALES)
    _check_number("size", size, SIZES)
    check_writable(target)
    with _drawing() as complaints:
        ink = _ink(color)
        drawing = _Drawing.of(_lines(latex), size)
        missing = complaints.missing_glyph()
        if missing is not None:
            raise InputError(
                f"the formula's font has no letter {shorten(missing)}; use LaTeX commands or plain letters"
            )
        width, height = drawing.pixels(scale)
        with replacing(target) as unfinished:
            if suffix == ".svg":
                unfinished.write_text(drawing.svg(ink, scale, latex.strip()), encoding="utf-8", newline="\n")
            else:
                _write_png(unfinished, ink, drawing.coverage(width, height, scale))
    return target


def formula_of(function: Function) -> str:
    r"""Return a function's whole equation in LaTeX, as a textbook would set it: `f(x, y) = x^{2} + y^{2}`.

    What is too long for a line is broken with `\\`: before a `+` or `-`, or else between factors. Logarithms are
    natural and written `\ln`; a decimal of more than eight digits is shown with seven.
    """
    arguments = "x" if function.dimension == 1 else "x, y"
    body = _tidy(_SYMPY_TOKEN.findall(function.formula))
    return " \\\\ ".join(_broken(f"f({arguments}) = ", body))


def _check_number(name: str, value: float, bounds: tuple[float, float]) -> None:
    low, high = bounds
    if not (math.isfinite(value) and low <= value <= high):
        raise InputError(f"a formula's {name} is a number from {low:g} to {high:g}, not {value:g}")


# Reading LaTeX


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", flags=re.DOTALL)

_RENAMED = MappingProxyType(
    {
        r"\le": r"\leq",
        r"\ge": r"\geq",
        r"\lt": "<",
        r"\gt": ">",
        r"\lvert": "|",
        r"\rvert": "|",
        r"\lVert": r"\|",
        r"\rVert": r"\|",
        r"\implies": r"\Longrightarrow",
        r"\impliedby": r"\Longleftarrow",
        r"\iff": r"\Longleftrightarrow",
        r"\gets": r"\leftarrow",
        r"\owns": r"\ni",
        r"\land": r"\wedge",
        r"\lor": r"\vee",
        r"\lnot": r"\neg",
        r"\smallsetminus": r"\setminus",
        r"\hslash": r"\hbar",
        r"\dotsc": r"\ldots",
        r"\dotso": r"\ldots",
        r"\dotsb": r"\cdots",
        r"\dotsm": r"\cdots",
        r"\dotsi": r"\cdots",
        r"\medspace": r"\:",
        r"\thickspace": r"\;",
        r"\negthinspace": r"\!",
        r"\enskip": r"\enspace",
        r"\space": r"\ ",
        r"\bm": r"\boldsymbol",
        r"\bmod": r"\;\mathrm{mod}\;",
        r"\mod": r"\quad\mathrm{mod}\;",
        r"\coloneqq": r":\!=",
    }
)

_DROPPED = _words(
    r"""& \displaystyle \textstyle \scriptstyle \scriptscriptstyle \limits \nolimits \nonumber \notag \mathop \mathrel
    \mathbin \mathord \mathopen \mathclose \mathinner \big \Big \bigg \Bigg \bigl \Bigl \biggl \Biggl \bigr \Bigr \biggr
    \Biggr \bigm \Bigm \biggm \Biggm"""
)
_FRACTIONS = _words(r"\frac \dfrac \tfrac \cfrac")
_TEXTS = _words(r"\text \textrm \textnormal \textup \textmd \mbox \hbox")
_ONE_ARGUMENT = _words(
    r"""\overline \underline \phantom \llap \rlap \boldsymbol \hat \breve \bar \grave \acute \tilde \dot \ddot \dddot
    \ddddot \vec \overrightarrow \overleftarrow \mathring \widehat \widetilde \widebar \mathrm \mathit \mathbf \mathcal
    \mathtt \mathsf \mathbb \mathfrak \mathscr \mathbfit \mathnormal \mathregular \mathdefault"""
)
_TWO_ARGUMENTS = _words(r"\binom \overset \underset")
_NAMED = MappingProxyType({r"\argmin": r"arg\,min", r"\argmax": r"arg\,max", r"\sgn": "sgn"})
_LARGE = _words(r"\sum \prod \coprod \int \oint \iint \iiint")
_SPACES = _words(r"\, \: \; \! \> \/ ~ \quad \qquad \enspace \thinspace") | {"\\ "}
_FUNCTIONS = _words(
    r"""\arccos \csc \ker \min \arcsin \deg \lg \Pr \arctan \det \lim \sec \arg \dim \liminf \sin \cos \exp \limsup
    \sinh \cosh \gcd \ln \sup \cot \hom \log \tan \coth \inf \max \tanh"""
)
_RELATIONS = _words(r"= < > : \leq \geq \le \ge \lt \gt \neq \ne \equiv \approx \sim \simeq \to \in \mapsto \ll \gg")
_OPERATORS = _words(r"+ - * / \cdot \times \pm \mp \div")
_OPENING = _words(r"( [ \{ \lfloor \lceil \langle , ;")
_TALL = (
    _words(r"\sum \prod \coprod \int \oint \iint \iiint \bigcap \bigcup \binom \sqrt \substack \genfrac") | _FRACTIONS
)
_BEFORE_A_TERM = _RELATIONS | _OPERATORS | _OPENING | _FUNCTIONS | _LARGE
_PLAIN_DELIMITERS = _words(r"( ) [ ] | \{ \} \| \lvert \rvert \vert")


class _Style(Enum):
    """Where a part of a formula stands, for it decides how large a fraction is and how wide an operator."""

    DISPLAY = 0
    FRACTION = 1
    SCRIPT = 2


def _lines(latex: str) -> list[list[str]]:
    """Return the formula's lines as tokens of LaTeX."""
    if len(latex) > MAX_CHARACTERS:
        raise InputError(
            f"the formula has {len(latex):,} characters; at most {MAX_CHARACTERS:,} are accepted: {shorten(latex)}"
        )
    for character in latex:
        if not (character.isprintable() or character in "\n\t\r"):
            raise InputError(f"the formula contains {shorten(character)}, which is not a letter that can be drawn")
    tokens = _TOKEN.findall(_unwrapped(latex.strip()))
    if any(token == "\\" for token in tokens):
        raise InputError("the formula ends in a lone backslash; a command's name should follow it")
    lines: list[list[str]] = [[]]
    depth = position = 0
    while position < len(tokens):
        token = tokens[position]
        depth += (token in ("{", r"\left")) - (token in ("}", r"\right"))
        position += 1
        if depth == 0 and token in ("\\\\", r"\newline", r"\cr"):
            lines.append([])
            position = _after_line_skip(tokens, position)
        else:
            lines[-1].append(token)
    lines = [line for line in lines if any(not token.isspace() for token in line)]
    if not lines:
        raise InputError("the formula is empty; write one in LaTeX, for example 'x^2 + 3 y^2'")
    return lines


def _unwrapped(latex: str) -> str:
    for left, right in (("$$", "$$"), ("$", "$"), ("\\[", "\\]"), ("\\(", "\\)")):
        if latex.startswith(left) and latex.endswith(right) and len(latex) >= len(left + right):
            return latex[len(left) : -len(right)]
    return latex


def _after_line_skip(tokens: Sequence[str], position: int) -> int:
    r"""Return the position after the `[4pt]` of `\\[4pt]`, if it is there."""
    skip = re.match(r"\[\s*-?[\d.]+\s*(pt|em|ex|mm|cm)\s*\]", "".join(tokens[position : position + 20]))
    return position + len(skip[0]) if skip else position


@dataclass
class _Reader:
    """Translates LaTeX to mathtext, from the first token to the last."""

    tokens: Sequence[str]
    position: int = 0
    depth: int = 0

    def everything(self) -> str:
        return self._sequence(None, _Style.DISPLAY)

    def _peek(self) -> str | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def _next(self) -> str:
        self.position += 1
        return self.tokens[self.position - 1]

    def _skip_space(self) -> str | None:
        while (token := self._peek()) is not None and token.isspace():
            self.position += 1
        return self._peek()

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise InputError(f"the formula is nested more than {MAX_DEPTH} levels deep; write it more simply")
        yield
        self.depth -= 1

    def _sequence(self, until: str | None, style: _Style, *, breaks: bool = False) -> str:
        """Translate up to `until`, which is read too."""
        parts: list[str] = []
        before: str | None = None
        while (token := self._peek()) is not None:
            if token == until:
                self.position += 1
                return "".join(parts)
            if breaks and token == "\\\\":
                parts.append(self._next())
                before = None
                continue
            parts.append(self._item(style, before))
            if not token.isspace() and token not in _DROPPED | _SPACES:
                before = next(each for each in reversed(self.tokens[: self.position]) if not each.isspace())
        if until is not None:
            raise InputError(f"the formula has an opening {_PARTNER[until]} without its closing {until}")
        return "".join(parts)

    def _item(self, style: _Style, before: str | None) -> str:  # noqa: PLR0911, PLR0912
        """Translate the next token, with its arguments; `before` is the token that it follows."""
        token = self._next()
        if token.isspace():
            return " "
        if token in _DROPPED:
            return ""
        if token == "{":
            with self._deeper():
                return "{" + self._sequence("}", style) + "}"
        if token in ("^", "_"):
            return token + self._argument(token, _Style.SCRIPT)
        if token in ("+", "-"):
            return self._sign(token, style, before)
        if token in ("=", "<", ">") and style is _Style.SCRIPT:
            return rf"\!{token}\!"
        if token in _FRACTIONS:
            return self._fraction(token, style)
        if token == r"\sqrt":
            return self._root(style)
        if token == r"\left":
            return self._delimited(style)
        if token == r"\middle":
            return rf"\middle{self._delimiter(token)}"
        if token in _TEXTS:
            return r"\text{" + self._text(token) + "}"
        if token in (r"\textbf", r"\textit"):
            return rf"\math{token[-2:]}{{" + self._text(token).replace(" ", r"\ ") + "}"
        if token in _FUNCTIONS or token in _NAMED or token.rstrip("*") == r"\operatorname":
            beside = before is not None and before not in _BEFORE_A_TERM | {"|"}
            return (r"\," if beside else "") + self._function(token, style)
        if token in _LARGE:
            return token + self._scripts(style) + r"\,"
        if token == r"\hspace":
            return r"\hspace{" + self._text(token) + "}"
        if token == r"\pmod":
            return r"\quad(\mathrm{mod}\;" + self._argument(token, style) + ")"
        if token == r"\substack":
            return token + self._argument(token, style, breaks=True)
        return self._command(token, style)

    def _command(self, token: str, style: _Style) -> str:
        if token in _REFUSED:
            raise InputError(f"the formula contains {_quoted(token)}: {_REFUSED[token]}")
        token = _RENAMED.get(token, token)
        if token in _ONE_ARGUMENT:
            return token + self._argument(token, style)
        if token in _TWO_ARGUMENTS:
            return token + self._argument(token, style) + self._argument(token, style)
        # A command's name ends where a letter does not follow: that has to stay so.
        return f"{token} " if token[-1].isalpha() and token[0] == "\\" else token

    def _argument(self, command: str, style: _Style, *, breaks: bool = False) -> str:
        """Translate a command's argument, braces and all; TeX does without them if it is a single token."""
        token = self._skip_space()
        if token is None or token in ("}", r"\right", "&"):
            raise InputError(f"the formula's {command} should be followed by {{...}}")
        with self._deeper():
            if token == "{":
                self.position += 1
                return "{" + self._sequence("}", style, breaks=breaks) + "}"
            return "{" + self._item(style, None) + "}"

    def _text(self, command: str) -> str:
        """Return an argument that is not mathematics."""
        if self._skip_space() != "{":
            raise InputError(f"the formula's {command} should be followed by {{...}}")
        self.position += 1
        parts: list[str] = []
        while (token := self._peek()) not in (None, "}"):
            assert token is not None
            if token in ("{", "$") or (token[0] == "\\" and (len(token) != 2 or token[1].isalpha())):
                raise InputError(
                    f"the formula's {command}{{...}} contains {_quoted(token)}; only plain text can be there"
                )
            parts.append(" " if token.isspace() else token)
            self.position += 1
        if self._peek() is None:
            raise InputError("the formula has an opening { without its closing }")
        self.position += 1
        return "".join(parts)

    @staticmethod
    def _sign(token: str, style: _Style, before: str | None) -> str:
        """Set a sign close to what it belongs to; between two terms, mathtext sets it as wide as TeX does."""
        unary = before is None or before in _BEFORE_A_TERM
        return f"{{{token}}}" if unary or style is _Style.SCRIPT else token

    def _fraction(self, token: str, style: _Style) -> str:
        large = token in (r"\dfrac", r"\cfrac") or (token == r"\frac" and style is _Style.DISPLAY)
        inner = style if style is _Style.SCRIPT else _Style.FRACTION
        parts = self._argument(token, inner) + self._argument(token, inner)
        return (r"\dfrac" if large else r"\frac") + parts

    def _root(self, style: _Style) -> str:
        index = ""
        if self._skip_space() == "[":
            self.position += 1
            with self._deeper():
                index = "[" + self._sequence("]", _Style.SCRIPT) + "]"
        return rf"\sqrt{index}" + self._argument(r"\sqrt", style)

    def _delimiter(self, command: str) -> str:
        delimiter = self._skip_space()
        if delimiter is None or delimiter.isalnum() or delimiter in ("{", "}"):
            raise InputError(
                rf"the formula's {command} should be followed by a bracket, such as {command}( or {command}|"
            )
        return _RENAMED.get(self._next(), delimiter)

    def _delimited(self, style: _Style) -> str:
        r"""Translate `\left( ... \right)`; what is no higher than a letter gets plain brackets.

        mathtext would fit them to the letters exactly, and draw neighbouring brackets unequal.
        """
        left = self._delimiter(r"\left")
        start = self.position
        with self._deeper():
            inner = self._sequence(r"\right", style).strip()
        inside = self.tokens[start : self.position]
        right = self._delimiter(r"\right")
        plain = {left, right} <= _PLAIN_DELIMITERS and not _TALL.intersection(inside) and r"\middle" not in inside
        return f"{left}{inner}{right}" if plain else rf"\left{left} {inner}\right{right}"

    def _function(self, token: str, style: _Style) -> str:
        """Translate a function's name with its exponent, and the bracket that follows without a gap."""
        if token in _FUNCTIONS:
            name, gap, close = token, "", r"\!"
        else:  # mathtext misplaces the scripts of an \operatorname with spaces in it
            name = _NAMED.get(token, "")
            name = rf"\mathrm{{{name}}}" if name else r"\mathrm" + self._argument(token, style)
            gap, close = r"\,", ""
        below = token in (r"\argmin", r"\argmax", r"\operatorname*") and self._skip_space() == "_"
        if below:
            self.position += 1
            name = rf"\underset{self._argument('_', _Style.SCRIPT)}{{{name}}}"
        scripts = self._scripts(style)
        if self._peek() not in ("(", "[", r"\{", r"\left", "|"):
            return f"{name}{scripts}{gap} "
        bracket = self._item(style, token)
        apart = bool(scripts) or bracket.startswith("\\")
        return f"{name}{scripts}{close if apart else ''}{bracket}"

    def _scripts(self, style: _Style) -> str:
        scripts = ""
        while self._skip_space() in ("^", "_"):
            scripts += self._item(style, None)
        return scripts


_PARTNER = MappingProxyType({"}": "{", "]": "[", r"\right": r"\left"})

_REFUSED = MappingProxyType(
    {
        "}": "it closes nothing",
        "$": "it may stand around the whole formula, but not inside",
        "#": "it means nothing here",
        "%": r"write \% for a percent sign",
        '"': "it means nothing here",
        r"\right": r"there is no \left before it",
        "\\\\": "a new line can only start outside braces and brackets",
        r"\begin": r"environments cannot be drawn; lines are separated with \\",
        r"\end": r"environments cannot be drawn; lines are separated with \\",
    }
)


def _quoted(token: str) -> str:
    return f"'{token}'" if len(token) < 40 else f"'{token[:36]} ...'"


def _translated(tokens: Sequence[str]) -> str:
    return _Reader(tokens).everything()


# Drawing


class _Complaints(logging.Handler):
    """Collects what matplotlib would print as a warning."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())

    def missing_glyph(self) -> str | None:
        """Return the first character that no font has."""
        for message in self.messages:
            if found := re.search(r"not have a glyph for .*\[U\+([0-9a-fA-F]+)\]", message):
                return chr(int(found[1], 16))
        return None


@contextmanager
def _drawing() -> Iterator[_Complaints]:
    """Let one thread at a time draw, and keep matplotlib's warnings from the screen."""
    complaints = _Complaints()
    logger = logging.getLogger("matplotlib")
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        propagate = logger.propagate
        logger.addHandler(complaints)
        logger.propagate = False
        try:
            yield complaints
        finally:
            logger.propagate = propagate
            logger.removeHandler(complaints)


def _ink(color: str) -> tuple[int, int, int]:
    from matplotlib import colors

    text = color.strip().lower()
    if not (re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", text) or text in colors.get_named_colors_mapping()):
        raise InputError(f"a formula's color is a name, such as white or darkred, or #rrggbb, not {shorten(color)}")
    red, green, blue = (round(255 * part) for part in colors.to_rgb(text))
    return red, green, blue


class _Typesetter:
    """Lays out one line: mathtext with Computer Modern at a given size, whatever the user's matplotlib settings are."""

    def __init__(self, size: float) -> None:
        from matplotlib.font_manager import FontProperties
        from matplotlib.textpath import TextToPath

        self._font = FontProperties(
            family="DejaVu Sans",
            style="normal",
            variant="normal",
            weight="normal",
            stretch="normal",
            size=size,
            math_fontfamily="cm",
        )
        self._layout = TextToPath()

    def width(self, tokens: Sequence[str]) -> float:
        """Return how far a line advances, in pixels."""
        text = self._text(tokens)
        with _parsing():
            return float(self._layout.get_text_width_height_descent(text, self._font, True)[0])

    def outline(self, tokens: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        """Return a line's outlines in pixels, y upwards from the baseline, and matplotlib's codes for them."""
        text = self._text(tokens)
        with _parsing():
            vertices, codes = self._layout.get_text_path(self._font, text, True)
        # get_text_path gives sizes that go with its own FONT_SCALE
        size = self._font.get_size_in_points()
        points = np.asarray(vertices, dtype=np.float64).reshape(-1, 2) * size / self._layout.FONT_SCALE
        _thin_bars(points, np.asarray(codes), size)
        return points, np.asarray(codes, dtype=np.uint8)

    @staticmethod
    def _text(tokens: Sequence[str]) -> str:
        return rf"$\normal {_translated(tokens)}$"


def _thin_bars(points: NDArray[np.float64], codes: NDArray[np.uint8], size: float) -> None:
    r"""Give the tall bars of `\left|...\right|` the width of a plain `|`; mathtext thickens them as it stretches."""
    starts = np.flatnonzero(codes == 1)
    for start, end in pairwise([*starts, len(codes)]):
        part = points[start:end][codes[start:end] != 79]
        low, high = part.min(axis=0), part.max(axis=0)
        width, height = high - low
        if height > 1.02 * size and width < 0.07 * height:
            middle = (low[0] + high[0]) / 2
            points[start:end, 0] = middle + (points[start:end, 0] - middle) * size / height


@contextmanager
def _parsing() -> Iterator[None]:
    """Turn what mathtext says about a formula into one sentence."""
    try:
        yield
    except RecursionError:
        _forget_failure()
        raise InputError(_TOO_DEEP) from None
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RuntimeError) as error:
        _forget_failure()
        raise InputError(_sentence(str(error))) from error


def _forget_failure() -> None:
    """Bring the parser back to its first state: a formula that fails leaves the spacing of its last operator behind."""
    from matplotlib.mathtext import MathTextParser

    MathTextParser("path").parse("$x$")


def _sentence(message: str) -> str:
    if found := re.search(r"Unknown symbol: (\S+?),? ", message + " "):
        return f"the formula contains {_quoted(found[1])}, which gdviz cannot draw"
    if found := re.search(r"Double (sub|super)script", message):
        return f"the formula has two {found[1]}scripts at one place; put braces around what belongs together"
    if found := re.search(r"Expected (\\\w+(?:\{\w+\})*)", message):
        written = found[1].replace(r"\dfrac", r"\frac")
        return f"the formula's {written.split('{')[0]} is not complete; it is written {written}"
    if found := re.search(r"Expected .*, found ('.*?'|end of text)\s+\(at char (\d+)\)", message.replace("\n", " ")):
        place = "at its end" if found[1] == "end of text" else f"at {found[1]}"
        return f"the formula is not LaTeX that gdviz can draw; it cannot be read on {place}"
    return "the formula is not LaTeX that gdviz can draw"


@dataclass(frozen=True)
class _Drawing:
    """A formula's outlines: y upwards, the ink's lower left corner at the origin, in pixels at scale 1."""

    points: NDArray[np.float64]
    codes: NDArray[np.uint8] = field(repr=False)

    @staticmethod
    def of(lines: Sequence[Sequence[str]], size: float) -> _Drawing:
        """Lay out lines of LaTeX below each other."""
        typesetter = _Typesetter(size)
        outlines, codes = [], []
        baseline, depth = 0.0, None
        after_relation = _after_relation(lines[0])
        for number, line in enumerate(lines):
            points, line_codes = typesetter.outline(line if number == 0 else ["{", "}", *line])
            if not len(points):
                continue
            if not np.isfinite(points).all():
                raise InputError("the formula is too large to be drawn")
            low, high = points[:, 1].min(), points[:, 1].max()
            if depth is not None:
                baseline -= max(1.5 * size, high - depth + 0.4 * size)
            depth = low
            indent = _indent(typesetter, lines[0], after_relation, line, size) if number else 0.0
            outlines.append(points + (indent, baseline))
            codes.append(line_codes)
        if not outlines:
            raise InputError("the formula draws nothing; write one in LaTeX, for example 'x^2 + 3 y^2'")
        joined = np.concatenate(outlines)
        return _Drawing(joined - joined.min(axis=0), np.concatenate(codes))

    @property
    def extent(self) -> tuple[int, int]:
        """The image's width and height at scale 1."""
        width, height = np.ceil(self.points.max(axis=0) + 2 * PADDING)
        return int(width), int(height)

    def pixels(self, scale: float) -> tuple[int, int]:
        """Return the image's width and height in pixels, or say that it is too large."""
        width, height = (max(1, round(side * scale)) for side in self.extent)
        if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
            raise InputError(
                f"the formula's image would be {width:,} x {height:,} pixels; at most {MAX_SIDE:,} a side "
                f"and {MAX_PIXELS // 1_000_000} million in all are drawn"
            )
        return width, height

    def coverage(self, width: int, height: int, scale: float) -> NDArray[np.uint8]:
        """Return how much of every pixel is ink, from 0 to 255."""
        from matplotlib.backends.backend_agg import RendererAgg
        from matplotlib.path import Path as Outline
        from matplotlib.transforms import Affine2D

        new_renderer: Any = RendererAgg  # untyped
        renderer = new_renderer(width, height, 72)
        style = renderer.new_gc()
        style.set_linewidth(0)
        style.set_antialiased(True)
        style.set_snap(False)
        left, bottom = (np.array([width, height]) - self.points.max(axis=0) * scale) / 2
        place = Affine2D().scale(scale).translate(left, bottom)
        renderer.draw_path(style, Outline(self.points, self.codes), place, (0.0, 0.0, 0.0))
        return np.asarray(renderer.buffer_rgba())[..., 3].copy()

    def svg(self, ink: tuple[int, int, int], scale: float, label: str) -> str:
        """Return an SVG document of one path."""
        width, height = self.extent
        points = np.array([0.0, height]) + (self.points - self.points.max(axis=0) / 2) * (1, -1)
        points += np.array([width, -height]) / 2
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_short(width * scale)}" '
            f'height="{_short(height * scale)}" viewBox="0 0 {width} {height}" '
            f'role="img" aria-label={quoteattr(" ".join(label.split()))}>\n'
            f'<path fill="#{ink[0]:02x}{ink[1]:02x}{ink[2]:02x}" d="{_path_data(points, self.codes)}"/>\n'
            "</svg>\n"
        )


def _after_relation(tokens: Sequence[str]) -> int | None:
    """Return the position after a line's first `=` outside braces and brackets."""
    depth = 0
    for position, token in enumerate(tokens):
        depth += (token in ("{", "(", r"\left")) - (token in ("}", ")", r"\right"))
        if depth == 0 and token == "=":
            return position + 1
    return None


def _indent(
    typesetter: _Typesetter, first: Sequence[str], after: int | None, line: Sequence[str], size: float
) -> float:
    """Return where a line after the first begins: `=` below `=`, or else what it is below what follows the `=`."""
    if after is None:
        return size
    own = _after_relation(line)
    if own is not None:
        return typesetter.width(first[: after - 1]) - typesetter.width(line[: own - 1])
    begins = next(token for token in line if not token.isspace() and token not in _DROPPED)
    return typesetter.width(first[: after - 1] if begins in _RELATIONS else first[:after])


def _write_png(path: Path, ink: tuple[int, int, int], coverage: NDArray[np.uint8]) -> None:
    from PIL import Image

    pixels = np.empty((*coverage.shape, 4), dtype=np.uint8)
    pixels[..., :3] = ink
    pixels[..., 3] = coverage
    Image.fromarray(pixels).save(path, format="PNG", optimize=True)


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


# matplotlib's codes for a move, a line, a quadratic and a cubic curve: the letter in SVG, and how many points it takes.
_SEGMENTS = MappingProxyType({1: ("M", 1), 2: ("L", 1), 3: ("Q", 2), 4: ("C", 3), 79: ("Z", 1)})


def _path_data(points: NDArray[np.float64], codes: NDArray[np.uint8]) -> str:
    parts: list[str] = []
    position = 0
    while position < len(codes):
        letter, count = _SEGMENTS[int(codes[position])]
        numbers = "" if letter == "Z" else " ".join(_short(value) for value in points[position : position + count].flat)
        parts.append(letter + numbers)
        position += count
    return "".join(parts)


# A function's formula, from what sympy prints to what a textbook prints

_SYMPY_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+\.?\d*(?:e[+-]?\d+)?|\s+|.")

_SYMPY_NAMES = MappingProxyType(
    {"asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan", "sign": r"\operatorname{sgn}", "log": r"\ln"}
)


def _closing(tokens: Sequence[str], position: int) -> int:
    r"""Return where the `}` or `\right` is that belongs to the `{` or `\left` at `position`."""
    depth = 0
    for index in range(position, len(tokens)):
        depth += (tokens[index] in ("{", r"\left")) - (tokens[index] in ("}", r"\right"))
        if depth == 0:
            return index
    raise AssertionError("sympy printed an unbalanced formula")


def _strip(tokens: Sequence[str]) -> list[str]:
    return list(_TOKEN_SPACES.sub("", "\0".join(tokens)).split("\0")) if tokens else []


_TOKEN_SPACES = re.compile(r"^(?:\s+\0)+|(?:\0\s+)+$")


def _tidy(tokens: Sequence[str], *, script: bool = False) -> list[str]:
    """Return a printed formula without what no textbook would print."""
    out: list[str] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        before = next((each for each in reversed(out) if not each.isspace()), None)
        if token == "{":
            end = _closing(tokens, position)
            raised = before in ("^", "_")
            out += ["{", *_tidy(_strip(tokens[position + 1 : end]), script=script or raised), "}"]
            position = end + 1
        elif token == r"\left":
            end = _closing(tokens, position)
            out += _bracketed(tokens[position + 1], tokens[position + 2 : end], tokens[end + 1], script=script)
            position = end + 2
        elif token in _FUNCTIONS or token == r"\operatorname":
            position = _call(tokens, position, out, script=script)
        elif token == "e" and not script and list(tokens[position + 1 : position + 3]) == ["^", "{"]:
            end = _closing(tokens, position + 2)
            exponent = tokens[position + 3 : end]
            if _TALL.intersection(exponent):
                out += [r"\exp", *_bracketed("(", exponent, ")", script=False)]
            else:
                out += ["e", "^", "{", *_tidy(_strip(exponent), script=True), "}"]
            position = end + 1
        elif token[0].isdigit():
            position = _number(tokens, position, out, before)
        else:
            out.append(token)
            position += 1
            if token == "-" and (before is None or before in _OPENING or before == "|"):
                position += position < len(tokens) and tokens[position].isspace()
    return out


def _bracketed(left: str, inside: Sequence[str], right: str, *, script: bool) -> list[str]:
    inner = _strip(inside)
    if inner and inner[0] == "{" and _closing(inner, 0) == len(inner) - 1:
        inner = inner[1:-1]
    inner = _tidy(_strip(inner), script=script)
    if left == "(" and not _TALL.intersection(inner):
        return ["(", *inner, ")"]
    return [r"\left", left, *inner, r"\right", right]


def _call(tokens: Sequence[str], position: int, out: list[str], *, script: bool) -> int:
    r"""Add `\sin^{2}{\left(x \right)}` as `\sin^{2}(x)`, and say where it ends."""
    name, position = tokens[position], position + 1
    if name == r"\operatorname":
        end = _closing(tokens, position)
        printed = "".join(tokens[position + 1 : end])
        name, position = _SYMPY_NAMES.get(printed, rf"\operatorname{{{printed}}}"), end + 1
    name = _SYMPY_NAMES.get(name[1:], name)
    exponent: list[str] = []
    if position < len(tokens) and tokens[position] == "^":
        position = _exponent(tokens, position, exponent)
    if position >= len(tokens) or tokens[position] != "{":
        out += [*_TOKEN.findall(name), *exponent]
        return position
    end = _closing(tokens, position)
    inner = _strip(tokens[position + 1 : end])
    position = end + 1
    if position < len(tokens) and tokens[position] == "^" and not exponent:
        position = _exponent(tokens, position, exponent)
    out += [*_TOKEN.findall(name), *exponent, *_tidy(inner, script=script)]
    return position


def _exponent(tokens: Sequence[str], position: int, exponent: list[str]) -> int:
    end = _closing(tokens, position + 1)
    exponent += ["^", "{", *_tidy(_strip(tokens[position + 2 : end]), script=True), "}"]
    return end + 1


def _number(tokens: Sequence[str], position: int, out: list[str], before: str | None) -> int:
    """Add a number: with a dot before it if it follows a factor, and not at all if it is a factor of 1."""
    text, position = tokens[position], position + 1
    spaced = position < len(tokens) and tokens[position].isspace()
    after = tokens[position + spaced] if position + spaced < len(tokens) else ""
    starts = before is None or before in _OPENING or before in ("+", "-", "|")
    factor_follows = spaced and (after.isalpha() or after == r"\left" or after in _FUNCTIONS | _TALL or after == r"\pi")
    if text == "1" and starts and factor_follows:
        return position + 1
    if before is not None and (before[-1].isalnum() or before in ("}", ")")) and before not in _OPERATORS:
        out += [r"\cdot", " "]
    shown = _shown(text)
    if after == "^" and "^" in shown:
        shown = f"({shown})"
    out += _SYMPY_TOKEN.findall(shown)
    return position


def _shown(text: str) -> str:
    """Return a number as it is printed: at most eight digits, and powers of ten written out."""
    digits, _, power = text.partition("e")
    if "." in digits and len(digits.replace(".", "").lstrip("0")) > 8:
        digits = f"{float(digits):.7g}"
    if not power:
        return digits
    ten = f"10^{{{int(power)}}}"
    return ten if float(digits) == 1 else rf"{digits} \cdot {ten}"


def _broken(head: str, body: Sequence[str]) -> list[str]:
    """Return an equation as lines that are not too wide, as far as it has places to break it at."""
    text = head + "".join(body)
    if len(text) < 60:
        return [text]
    with _drawing():
        typesetter = _Typesetter(1.0)
        places = _places(body)
        cuts = [0, *places, len(body)]
        pieces = [body[start:end] for start, end in pairwise(cuts)]
        widths = [typesetter.width(["{", "}", *piece]) for piece in pieces]
        room = LINE_WIDTH - typesetter.width(_TOKEN.findall(head))
    ranks = [0, *places.values()]
    lines: list[str] = []
    start = 0
    while start < len(pieces):
        end = _line_end(start, widths, ranks, room)
        line = "".join("".join(piece) for piece in pieces[start:end]).strip()
        between_factors = bool(lines) and ranks[start] % 2 == 1
        inside = r"\quad " if lines and ranks[start] > 1 else ""
        lines.append(f"{inside}\\times {line}" if between_factors else f"{inside}{line}")
        start = end
    return [head + lines[0], *lines[1:]]


def _line_end(start: int, widths: Sequence[float], ranks: Sequence[int], room: float) -> int:
    """Return before which piece to break: the last one of the lowest rank that still fits."""
    if sum(widths[start:]) <= room:
        return len(widths)
    best = start + 1
    for end in range(start + 1, len(widths)):
        if sum(widths[start:end]) > room:
            break
        if ranks[end] <= ranks[best]:
            best = end
    return best


_FACTOR_STARTS = _FUNCTIONS | {"(", r"\left"}


def _places(body: Sequence[str]) -> dict[int, int]:
    """Return where a formula may be broken, and with what rank: the lower, the better.

    Before a sign the rank is twice the number of brackets around it, between two factors it is one more.
    """
    places: dict[int, int] = {}
    braces = brackets = 0
    before: list[str] = []
    applied = False  # whether the last token was a function's name or its exponent
    for position, token in enumerate(body):
        if token.isspace():
            continue
        last = before[-1] if before else None
        if braces == 0:
            if token in ("+", "-") and last is not None and last not in _OPENING | _OPERATORS:
                places[position] = 2 * brackets
            elif token in _FACTOR_STARTS and last in (")", "}") and not applied:
                places[position] = 2 * brackets + 1
            applied = token in _FUNCTIONS or (applied and token in ("^", "{"))
        elif not (token == "}" and braces == 1):
            applied = applied and braces > 0
        braces += (token in ("{", r"\left")) - (token in ("}", r"\right"))
        if braces == 0:
            brackets += (token == "(") - (token == ")")
        before.append(token)
    return places
