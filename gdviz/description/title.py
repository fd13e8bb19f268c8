"""The pieces of a title: text, exponents, and mathematics between dollar signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from gdviz.letters import RAISED

_EXPONENT = re.compile(r"([^^]+|\^(?=\D|$))(?:\^(-?\d+))?")
_DOLLAR = re.compile(r"(?<!\\)\$")


class Kind(Enum):
    """How a piece of a title is written."""

    TEXT = "text"
    EXPONENT = "exponent"
    MATHEMATICS = "mathematics"


@dataclass(frozen=True)
class Piece:
    """A piece of a title: text, an exponent, or LaTeX without its dollar signs."""

    kind: Kind
    text: str


def title_pieces(title: str, *, flat: bool = False) -> list[Piece]:
    r"""Return the pieces of a title: mathematics between dollar signs, and text with exponents (`x^2`).

    As in matplotlib, `\$` is a dollar sign; if the number of `$` is odd, all are dollar signs. With `flat`, exponents
    are raised letters in the text: where text runs from right to left, the font must place them.
    """
    parts = _DOLLAR.split(title)
    if len(parts) % 2 == 0:
        parts = [title]
    pieces = []
    for number, part in enumerate(parts):
        if number % 2:
            pieces.append(Piece(Kind.MATHEMATICS, part))
            continue
        for text, exponent in _EXPONENT.findall(part.replace(r"\$", "$")):
            pieces.append(Piece(Kind.TEXT, text + exponent.translate(RAISED) if flat else text))
            pieces += [Piece(Kind.EXPONENT, exponent)] if exponent and not flat else []
    return pieces


def check_formulas(title: str) -> None:
    """Lay out the formulas in a title.

    Raises
    ------
    InputError
        If one is not LaTeX that can be drawn within a line.

    """
    for piece in title_pieces(title):
        if piece.kind is Kind.MATHEMATICS:
            from gdviz.formula import inline_mask  # imported here since it takes time

            inline_mask(piece.text, 10.0)


def title_text(title: str) -> str:
    """Return a title without its mathematics: the letters that fonts must have."""
    return "".join(piece.text for piece in title_pieces(title) if piece.kind is not Kind.MATHEMATICS)
