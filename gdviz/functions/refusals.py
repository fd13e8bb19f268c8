"""The errors of a text that cannot be read: what is wrong, where, and what to write instead."""

from __future__ import annotations

import re

from gdviz.errors import ExpressionError, shorten


def refused(text: str, at: int, reason: str, cure: str = "") -> ExpressionError:
    """Return the error of a text that cannot be read at a place."""
    return ExpressionError(f"{shorten(text)} is not an expression: {reason}", text, at, cure)


def not_called(text: str, at: int, function: str) -> ExpressionError:
    """Return the error of a function without an argument."""
    return refused(text, at, f"{function} is a function", f"call it, as in '{function}(x)'")


def inverse(text: str, at: int, function: str) -> ExpressionError:
    """Return the error of a function to the power of -1."""
    reason = f"{function}^-1 is the inverse to some and 1/{function} to others"
    return refused(text, at, reason, f"write a{function}(x) or 1/{function}(x)")


def equation(text: str, at: int) -> ExpressionError:
    """Return the error of a = that neither compares nor stands behind f(x, y)."""
    left, right = text[:at].strip(), text[at + 1 :].strip()
    cure = "write == to compare; an equation has no height"
    if left in ("y", "Y", "w") and re.search("[xX]", right) and len(right) < 60:
        cure = f"write what is on its right alone, '{right}'"
    return refused(text, at, "it contains '='", cure)


def misplaced_comma(text: str, at: int, *, between_numbers: bool) -> ExpressionError:
    """Return the error of a comma outside of a call."""
    cure = "it stands only inside a call"
    if between_numbers:
        cure = "write a decimal point as '.', and thousands without a mark"
    return refused(text, at, "there is a comma where none can be", cure)
