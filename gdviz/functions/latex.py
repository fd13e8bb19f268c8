"""A checked expression in LaTeX, its terms and factors in the order in which they were written.

A general printer of symbolic algebra, such as sympy's, rearranges what it prints, and can take minutes over nested
powers; this one goes over the syntax tree once.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import NamedTuple

from gdviz.functions.plain import number_text

_HEADS: Mapping[str, str] = MappingProxyType(
    {
        **{name: rf"\{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
        **{
            name: rf"\operatorname{{{name}}}"
            for name in ("asin", "acos", "atan", "sign", "sigmoid", "relu", "softplus", "erf")
        },
    }
)
"""Functions with which an exponent stands before the argument: sin^2(x)."""

_GREEK: Mapping[str, str] = MappingProxyType({"pi": r"\pi", "tau": r"\tau"})
_ENCLOSED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "abs": (r"\left|{", r"}\right|"),
        "floor": (r"\left\lfloor{", r"}\right\rfloor"),
        "ceil": (r"\left\lceil{", r"}\right\rceil"),
        "log10": (r"\log_{10}{\left(", r" \right)}"),
        "log2": (r"\log_{2}{\left(", r" \right)}"),
        "min": (r"\min\left(", r"\right)"),
        "max": (r"\max\left(", r"\right)"),
        "hypot": (r"\operatorname{hypot}\left(", r"\right)"),
    }
)
_COMPARED: Mapping[type[ast.cmpop], str] = MappingProxyType(
    {ast.Lt: "<", ast.LtE: r"\leq", ast.Gt: ">", ast.GtE: r"\geq", ast.Eq: "=", ast.NotEq: r"\neq"}
)


class _Binding(IntEnum):
    CONDITION = 0
    SUM = 1
    PRODUCT = 2
    POWER = 3
    ATOM = 4


class _Piece(NamedTuple):
    """A part of a formula, and what holds it together."""

    text: str
    binding: _Binding

    def within(self, binding: _Binding) -> str:
        """Return the text, in brackets if it is held together less than is needed."""
        return self.text if self.binding >= binding else rf"\left({self.text}\right)"


def latex(tree: ast.expr) -> str:
    """Return the LaTeX of a checked syntax tree."""
    return _piece(tree).text


def _piece(node: ast.expr) -> _Piece:  # noqa: PLR0911  # one for each kind of node
    match node:
        case ast.Constant() | ast.Name():
            return _Piece(_atom(node), _Binding.ATOM)
        case ast.Call(func=ast.Name(id="where" | "piecewise"), args=args):
            return _cases(args)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _cases([test, body, orelse])
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            return _Piece(_condition(node), _Binding.CONDITION)
        case ast.Call(func=ast.Name(id="mod"), args=[one, other]):
            divided, divisor = _piece(one).within(_Binding.PRODUCT), _piece(other).within(_Binding.POWER)
            if re.fullmatch(r"[\d.]+e.*", divisor):
                divisor = rf"\left({divisor}\right)"  # a textbook makes a product of it
            return _Piece(rf"\left({divided} \;\mathrm{{mod}}\; {divisor}\right)", _Binding.ATOM)
        case ast.Call(func=ast.Name(id=name), args=args):
            return _call(name, [latex(each) for each in args])
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _piece(operand)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return _Piece(_sum(node), _Binding.SUM)
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent) if _below(node) is None:
            return _power(base, latex(exponent))
    return _Piece(_product(node), _Binding.PRODUCT)


def _atom(node: ast.Constant | ast.Name) -> str:
    match node:
        case ast.Name(id=name):
            return _GREEK.get(name, name)
        case ast.Constant(value=int(value) | float(value)):
            return number_text(value)
    raise AssertionError(f"unchecked node {ast.dump(node)}")


def _call(name: str, arguments: list[str]) -> _Piece:
    inside = ", ".join(arguments)
    match name:
        case "exp":
            return _Piece(f"e^{{{inside}}}", _Binding.POWER)
        case "sqrt":
            return _Piece(rf"\sqrt{{{inside}}}", _Binding.POWER)
        case "cbrt":
            return _Piece(rf"\sqrt[3]{{{inside}}}", _Binding.POWER)
        case _ if name in _ENCLOSED:
            return _Piece(inside.join(_ENCLOSED[name]), _Binding.ATOM)
    head = _HEADS.get(name, r"\log")
    return _Piece(rf"{head}{{\left({inside} \right)}}", _Binding.ATOM)


def _cases(parts: list[ast.expr]) -> _Piece:
    """Return conditions and values by turns, and what holds elsewhere, as cases."""
    pairs = zip(parts[:-1:2], parts[1::2], strict=True)
    rows = [rf"{latex(value)} \;\mathrm{{if}}\; {latex(condition)}" for condition, value in pairs]
    row = r"\;\mathrm{else}\; ".join(
        [*rows, latex(parts[-1])]
    )  # cases stand on one line, or nothing here could draw them
    return _Piece(rf"\left({row}\right)", _Binding.ATOM)


def _condition(node: ast.expr) -> str:
    match node:
        case ast.Compare(left=left, ops=ops, comparators=others):
            rest = [
                f"{_COMPARED[type(op)]} {_piece(each).within(_Binding.SUM)}"
                for op, each in zip(ops, others, strict=True)
            ]
            return " ".join([_piece(left).within(_Binding.SUM), *rest])
        case ast.BoolOp(op=op, values=values):
            joint = r" \;\mathrm{and}\; " if isinstance(op, ast.And) else r" \;\mathrm{or}\; "
            return joint.join(
                rf"\left({latex(each)}\right)" if isinstance(each, ast.BoolOp) else latex(each) for each in values
            )
        case ast.UnaryOp(operand=operand):
            return rf"\mathrm{{not}}\; \left({latex(operand)}\right)"
    raise AssertionError(f"unchecked node {ast.dump(node)}")


def _power(base: ast.expr, exponent: str) -> _Piece:
    match base:
        case ast.Call(func=ast.Name(id=name), args=[argument]) if name in _HEADS:
            text = rf"{_HEADS[name]}^{{{exponent}}}{{\left({latex(argument)} \right)}}"
        case _:
            text = f"{_piece(base).within(_Binding.ATOM)}^{{{exponent}}}"
    return _Piece(text, _Binding.POWER)


def _sum(node: ast.expr) -> str:
    first, *others = _terms(node)
    signed = [f" - {each[1:].lstrip()}" if each.startswith("-") else f" + {each}" for each in others]
    return "".join([first, *signed])


def _terms(node: ast.expr) -> list[str]:
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _terms(left) + _terms(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return [*_terms(left), f"- {_factor(right)}"]
    return [latex(node)]


def _factor(node: ast.expr) -> str:
    """Return what may stand after a sign or another factor: a sum in brackets, and what begins with a sign."""
    piece = _piece(node)
    return rf"\left({piece.text}\right)" if piece.text.startswith("-") else piece.within(_Binding.PRODUCT)


def _product(node: ast.expr) -> str:
    above: list[ast.expr] = []
    below: list[ast.expr] = []
    negative = _collect(node, above, below)
    if below:
        text = rf"\frac{{{_row(above or [ast.Constant(1)])}}}{{{_row(below)}}}"
    elif negative and len(above) == 1:
        text = _factor(above[0])
    else:
        text = _row(above)
    if not negative:
        return text
    return f"-{text}" if text.isdigit() else f"- {text}"


def _collect(node: ast.expr, above: list[ast.expr], below: list[ast.expr]) -> bool:
    """Add a product's factors to those above and below its fraction line; return whether it begins with a minus."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.UnaryOp(op=ast.USub()) as operand):
            above.append(operand)
            return True
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return not _collect(operand, above, below)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            negative = _collect(left, above, below)
            if _begins_with_minus(right):
                above.append(right)
            else:
                _collect(right, above, below)
            return negative
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            negative = _collect(left, above, below)
            below.extend(_divisors(right))
            return negative
        case _ if (divisor := _below(node)) is not None:
            below.append(divisor)
            return False
    above.append(node)
    return False


def _begins_with_minus(node: ast.expr) -> bool:
    match node:
        case ast.UnaryOp(op=sign, operand=operand):
            return isinstance(sign, ast.USub) or _begins_with_minus(operand)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div()):
            return _begins_with_minus(left)
    return False


def _divisors(node: ast.expr) -> list[ast.expr]:
    factors: list[ast.expr] = []
    nested: list[ast.expr] = []
    negative = _collect(node, factors, nested)
    return [node] if negative or nested else factors


def _below(node: ast.expr) -> ast.expr | None:
    """Return what a power with a negative whole exponent has below its fraction line."""
    match node:
        case ast.BinOp(
            left=base,
            op=ast.Pow(),
            right=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(power) | float(power))),
        ) if float(power).is_integer():
            return base if power == 1 else ast.BinOp(base, ast.Pow(), ast.Constant(power))
    return None


def _row(factors: list[ast.expr]) -> str:
    """Return factors one after another; a dot keeps a number from what is before it."""
    if len(factors) == 1:
        return latex(factors[0])
    first, *others = map(_factor, factors)
    for each in others:
        apart = each[:1].isdigit()
        first += rf" \cdot {each}" if apart else f" {each}"
    return first
