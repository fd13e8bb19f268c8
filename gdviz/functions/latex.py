"""A checked expression in LaTeX, its terms and factors in the order in which they were written."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gdviz.functions.syntax import VARIABLES

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
        ast.Pow: operator.pow,
    }
)
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = MappingProxyType(
    {ast.USub: operator.neg, ast.UAdd: operator.pos}
)
_HEADS: Mapping[str, str] = MappingProxyType({"abs": "Abs"})  # as sympy spells them


def latex(tree: ast.expr) -> str:
    """Return the LaTeX of a checked tree.

    What a function is of, and an exponent that varies, are set on their own and then stand in for themselves: before it
    prints a power, sympy may try to simplify all that is within it, which can take minutes.
    """
    import sympy

    shown: dict[Any, str] = {}
    with sympy.evaluate(False):
        built = _flat(_build(tree, shown))
    return str(sympy.latex(built, order="none", symbol_names=shown))


def _build(node: ast.expr, shown: dict[Any, str]) -> Any:
    """Return the sympy tree of a checked syntax tree; note how the symbols in it are shown."""
    match node:
        case ast.Name() | ast.Constant():
            return _atom(node)
        case ast.UnaryOp(op=sign, operand=operand):
            return _UNARY[type(sign)](_build(operand, shown))
        case ast.BinOp(left=left, op=ast.Pow(), right=right) if _varies(right):
            return _build(left, shown) ** _set(right, shown)
        case ast.BinOp(left=left, op=operation, right=right):
            return _BINARY[type(operation)](_build(left, shown), _build(right, shown))
        case ast.Call(func=ast.Name(id=name), args=args):
            return _call(name, args, shown)
    raise AssertionError(f"unchecked node {ast.dump(node)}")


def _atom(node: ast.Name | ast.Constant) -> Any:
    import sympy

    match node:
        case ast.Name(id=name):
            return {"pi": sympy.pi, "e": sympy.E}.get(name) or sympy.Symbol(name, real=True)
        case ast.Constant(value=int(value) | float(value)):
            whole = float(value).is_integer() and abs(value) < 2**53
            return sympy.Integer(int(value)) if whole else sympy.Symbol(repr(float(value)))
    raise AssertionError(f"unchecked node {ast.dump(node)}")


def _call(name: str, args: list[ast.expr], shown: dict[Any, str]) -> Any:
    import sympy

    if name in ("min", "max"):  # sympy would sort what they are of
        return _symbol(rf"\{name}\left({', '.join(map(latex, args))}\right)", shown)
    return getattr(sympy, _HEADS.get(name, name))(*(_set(each, shown) for each in args))


def _set(tree: ast.expr, shown: dict[Any, str]) -> Any:
    """Return a symbol that is shown as a tree's LaTeX; of a name or a number, the symbol or number that it is."""
    return _atom(tree) if isinstance(tree, ast.Name | ast.Constant) else _symbol(latex(tree), shown)


def _symbol(text: str, shown: dict[Any, str]) -> Any:
    import sympy

    symbol = sympy.Dummy()
    shown[symbol] = text
    return symbol


def _varies(tree: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id in VARIABLES for node in ast.walk(tree))


def _flat(tree: Any) -> Any:
    """Merge a sum within a sum and a product within a product, which would be printed with needless brackets."""
    import sympy

    if not tree.args:
        return tree
    parts: list[Any] = []
    for part in map(_flat, tree.args):
        parts += part.args if isinstance(tree, sympy.Add | sympy.Mul) and part.func is tree.func else [part]
    return tree.func(*parts)
