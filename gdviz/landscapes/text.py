"""Reads numbers from text: `.csv`, `.tsv`, `.txt` and `.dat` files, also when compressed by gzip."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import TypeVar

import numpy as np

from gdviz.errors import InputError, shorten
from gdviz.extent import FloatArray
from gdviz.landscapes.grid import Found
from gdviz.landscapes.limits import MAX_BYTES, MAX_CELLS, check_bytes
from gdviz.landscapes.table import grid_of_rows, value_column

_Read = TypeVar("_Read")

COMMENT = ("#", "%")
MISSING = frozenset({"", "na", "n/a", "#n/a", "null", "none", "-", "--", "."})  # and nan, which is a number
_WITH_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(e[+-]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Style:
    """How a text writes its numbers.

    Attributes
    ----------
    separator
        What stands between two fields; None for blanks.
    decimal_comma
        Whether the decimal mark is a comma.
    names
        The names of the columns; empty if there are none.

    """

    separator: str | None
    decimal_comma: bool
    names: tuple[str, ...]

    def fields(self, line: str) -> list[str]:
        """Return the fields of a line, without blanks and quotes around them."""
        if self.separator is None:
            return [field.strip("\"'") for field in line.split()]
        try:
            fields = next(csv.reader([line], delimiter=self.separator, skipinitialspace=True))
        except csv.Error:
            raise InputError(f"has a field that is too long: {shorten(line)} is not a line of numbers") from None
        return [field.strip() for field in fields]

    def number(self, field: str) -> float:
        """Return the number in a field; NaN if it is missing, a ValueError if it is something else."""
        if field.lower() in MISSING:
            return float("nan")
        if "_" in field:  # which Python allows in a number
            raise ValueError
        return float(field.replace(",", ".") if self.decimal_comma else field)

    def is_number(self, field: str) -> bool:
        """Return whether a field holds a number, or is missing."""
        try:
            self.number(field)
        except ValueError:
            return False
        return True


def read_text_file(file: BufferedReader, key: str | None) -> Found:
    """Read rows of x, y and f in any order, with or without a line of names; or a bare matrix."""
    return _found(file, key)


def read_gzip(file: BufferedReader, key: str | None) -> Found:
    """Read the same from a file that is compressed by gzip."""
    return unpacked(lambda content: _found(content, key), file)


def read_rows(file: io.BufferedIOBase | gzip.GzipFile) -> tuple[tuple[str, ...], FloatArray]:
    """Read the names of the columns, none if they have none, and rows of numbers, shape (rows, columns).

    Raises
    ------
    InputError
        If the text holds something else.

    """
    content = _content(file)
    first, style = _style(content)
    rows = _numbers(content, first, style)
    if rows.shape[1] > 1 and np.isnan(rows[:, -1]).all() and not style.names:
        rows = rows[:, :-1]  # a separator at the end of each line
    if style.names and len(style.names) != rows.shape[1]:
        raise InputError(f"names {len(style.names)} columns, and its rows have {rows.shape[1]} numbers")
    return style.names, rows


def unpacked(read: Callable[[gzip.GzipFile], _Read], file: BufferedReader) -> _Read:
    """Read a file that is compressed by gzip."""
    try:
        with gzip.GzipFile(fileobj=file) as content:
            return read(content)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError("is not a whole gzip file; compress it again") from error


def _found(file: io.BufferedIOBase | gzip.GzipFile, key: str | None) -> Found:
    names, rows = read_rows(file)
    if names or rows.shape[1] == 3:
        x, y, f, notes = value_column(names, key)
        return grid_of_rows(rows[:, x], rows[:, y], rows[:, f], notes)
    if key is not None:
        raise InputError("its columns have no names, so there is no landscape_key to choose; leave it out")
    if rows.shape[1] < 3:
        raise InputError(f"has {rows.shape[1]} column(s); rows of x, y and f are needed, or a matrix of f")
    if _is_framed(rows):
        told = "its first line and its first column are taken for x and y, since the field in their corner is missing"
        return Found(rows[1:, 1:], rows[0, 1:], rows[1:, 0], notes=(told,))
    return Found(rows)


def _is_framed(rows: FloatArray) -> bool:
    """Return whether a matrix has its coordinates above and beside it, as a table with an index is written."""
    axes = (rows[0, 1:], rows[1:, 0])
    if min(map(len, axes)) < 2 or not np.isnan(rows[0, 0]) or not all(np.isfinite(axis).all() for axis in axes):
        return False
    return all((steps > 0).all() or (steps < 0).all() for steps in map(np.diff, axes))


def _content(file: io.BufferedIOBase | gzip.GzipFile) -> bytes:
    content = file.read(MAX_BYTES + 1)
    check_bytes("has", len(content))
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError("is UTF-16 text; save it as UTF-8")
    if b"\0" in content[:1000]:
        raise InputError("is not text, but holds other data; its suffix says what gdviz takes it for")
    content = content.removeprefix(codecs.BOM_UTF8)
    return content if b"\n" in content else content.replace(b"\r", b"\n")


def _lines(content: bytes) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not empty, with their numbers."""
    for number, line in enumerate(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", errors="replace"), start=1):
        if text := line.strip(" \r\n\x0b\x0c"):
            yield number, text


def _style(content: bytes) -> tuple[int, Style]:
    """Return the number of the first line with numbers, and how they are written."""
    comment, first = "", None
    for number, line in _lines(content):
        if line.startswith(COMMENT) and not line.lower().startswith("#n/a"):
            comment = line
        elif first is None:
            first = (number, line)
            style, names = _style_of(line, comment)
            if not names:
                return number, style
        else:
            # Below names, the first line of numbers tells what they are written with.
            style, more = _style_of(line, "")
            if more:
                raise InputError(f"line {number} holds no numbers, nor does line {first[0]} above it")
            names = tuple(Style(style.separator, False, ()).fields(first[1]))
            return number, Style(style.separator, style.decimal_comma, names)
    raise InputError("is empty" if first is None else "has a line of names, and no numbers")


def _style_of(line: str, comment: str) -> tuple[Style, tuple[str, ...]]:
    """Return how a line is written, and its fields if they are names."""
    separator = next((each for each in ";\t," if each in line), None)
    style = Style(separator, False, ())
    fields = style.fields(line)
    if separator in (";", "\t") and any(map(_WITH_DECIMAL_COMMA.fullmatch, fields)):
        style = Style(separator, True, ())
    if not any(map(style.is_number, filter(None, fields))) and any(fields):
        return style, tuple(fields)
    told = tuple(re.split(r"[\s,;]+", comment.lstrip("#% ").strip()))
    if len(told) == len(fields) and {"x", "y"} <= {name.lower() for name in told}:
        style = Style(style.separator, style.decimal_comma, told)
    return style, ()


def _numbers(content: bytes, first: int, style: Style) -> FloatArray:
    """Return the numbers from a line on, shape (rows, columns)."""

    def lines() -> Iterator[str]:
        for number, line in _lines(content):
            if number >= first and not line.startswith(COMMENT):
                yield line.replace(",", ".") if style.decimal_comma else line

    columns = len(style.fields(next(lines())))
    most = MAX_CELLS if columns == 3 or style.names else MAX_CELLS // columns
    try:
        found = np.loadtxt(lines(), delimiter=style.separator, quotechar='"', comments=None, ndmin=2, max_rows=most + 1)
    except ValueError:  # a field that is missing, or no number
        found = _one_by_one(content, first, style, columns, most)
    if len(found) > most:
        raise InputError(f"has more than {most:,} rows of {columns:,} numbers; at most {MAX_CELLS:,} cells are read")
    if found.shape[1] != columns:
        raise InputError(f"its rows have {found.shape[1]} and {columns} numbers; all need as many")
    return found


def _one_by_one(content: bytes, first: int, style: Style, columns: int, most: int) -> FloatArray:
    """Do the same field by field, and say which one is wrong."""
    numbers = array("d")
    for number, line in _lines(content):
        if number < first or line.startswith(COMMENT):
            continue
        fields = style.fields(line)
        if len(fields) != columns:
            raise InputError(f"line {number} has {len(fields)} fields, and line {first} has {columns}")
        for field in fields:
            try:
                numbers.append(style.number(field))
            except ValueError:
                raise InputError(f"line {number}: {shorten(field)} is not a number") from None
        if len(numbers) > most * columns:
            break
    return np.array(numbers).reshape(-1, columns)
