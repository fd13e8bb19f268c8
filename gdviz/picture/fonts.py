"""Chooses the fonts of a text: one font for the whole text if any has all of its letters.

Fonts that come with gdviz are tried first, so that a text looks the same everywhere; the system's fonts are searched
only for letters that these lack.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any
from unicodedata import category, normalize

from gdviz.errors import GdvizWarning
from gdviz.letters import clusters, composed, is_emoji, is_seen, needs_shaping
from gdviz.runtime.library_defaults import importing_matplotlib, log_kept_off_stderr

Parts = frozenset[str]

# Words in a file's name that a plain, upright, sans-serif typeface does not have.
_FANCY = re.compile(
    "bold|italic|oblique|light|thin|black|medium|heavy|extra|semi|condensed|mono|serif|slab|script|display|ui|looped|"
    "unjoined|kufi|nastaliq|rashi|unifont|lastresort",
    re.IGNORECASE,
)
# Patterns are compiled when they are first used: that takes longer than all else here, and no Latin text needs them.
_KANA = "[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]"
_HANGUL = "[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]"
_EAST_ASIAN = (
    "[\u1100-\u11ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)

# Letters that are visible in no font, but that HarfBuzz draws boxes for where a font lacks them.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\U0001bca0\U0001bca1\U0001bca2\U0001bca3")


@dataclass(frozen=True)
class Face:
    """One typeface in a font file.

    Attributes
    ----------
    path
        The font file.
    index
        The number of the typeface in the file.
    colored
        Whether the letters have colours of their own.
    strike
        The typeface's only size in pixels if its letters are bitmaps; 0 if they are outlines.
    variable
        Whether the weight can be chosen.
    shaped
        Whether letters may be joined, reordered or moved, depending on their neighbours.

    """

    path: str
    index: int = 0
    colored: bool = False
    strike: int = 0
    variable: bool = False
    shaped: bool = True


@dataclass(frozen=True)
class Run:
    """Adjacent letters in one typeface."""

    text: str
    face: Face


def faces_for(text: str) -> tuple[Face, ...]:
    """Return the typefaces for a text, preferred ones first: one for its letters, if any has all, and one for emoji."""
    text = composed(text)
    if text.isascii():
        return own_faces()[:1]
    parts = frozenset(clusters(text))
    region = "JP" if re.search(_KANA, text) else "KR" if re.search(_HANGUL, text) else "SC"
    colored = _colored(frozenset(part for part in parts if is_emoji(part)))
    drawn = frozenset(part for part in parts for face in colored if is_emoji(part) and _has(face, part))
    return _plain(parts - drawn, region) + colored


def runs(text: str, faces: Sequence[Face]) -> list[Run]:
    """Split a text into runs, each in one typeface, in the order of reading.

    A letter that no face has goes to the first, which draws a box for it.
    """
    parts = clusters(composed(text))
    chosen: list[Face] = []
    for part in parts:
        # Spaces are in the typeface of the letters before them, except after emoji, whose spaces are wide.
        stays = chosen and not chosen[-1].colored and not any(map(is_seen, part))
        chosen.append(chosen[-1] if stays else _face_of(part, faces))
    pieces = groupby(zip(parts, chosen, strict=True), key=lambda pair: pair[1])
    return [Run(_drawable("".join(part for part, _ in group), face), face) for face, group in pieces]


def missing_letters(text: str) -> list[str]:
    """Return the letters of a text that no font on this machine has, each once."""
    faces, parts = faces_for(text), clusters(composed(text))
    return list(dict.fromkeys(part for part in parts if not any(_has(face, part) for face in faces)))


def warnings_about(texts: Iterable[str]) -> list[str]:
    """Return a sentence with a remedy for each problem that keeps texts from being written correctly."""
    sentences = []
    wanted = [text for text in texts if not text.isascii()]
    missing = dict.fromkeys(letter for text in wanted for letter in missing_letters(text))
    if missing:
        packages = " ".join(sorted({_package(letter) for letter in missing} - {""}))
        remedy = f"; on Debian or Ubuntu, type: sudo apt-get install {packages}" if packages else ""
        sentences.append(f"no font on this machine has {''.join(missing)}, so boxes are drawn instead{remedy}")
    if any(map(needs_shaping, wanted)) and not can_shape():
        sentences.append(
            "this Pillow lacks Raqm, so letters are not joined and accents are misplaced; install Pillow from PyPI"
        )
    return sentences


def warn_of_letters(texts: Iterable[str]) -> None:
    """Issue a GdvizWarning for each problem that keeps texts from being written correctly."""
    for sentence in warnings_about(texts):
        warnings.warn(sentence, GdvizWarning, stacklevel=3)


def identity(texts: Iterable[str]) -> str:
    """Return the system's fonts that texts are written in, each with a digest of its file.

    Empty if gdviz's own fonts are used: because they have all letters, or no font has those that are missing.
    """
    used = sorted({face.path for text in texts for face in faces_for(text)} - {face.path for face in own_faces()})
    return " ".join(f"{Path(path).name} {hashlib.sha256(Path(path).read_bytes()).hexdigest()}" for path in used)


def can_shape() -> bool:
    """Return whether Pillow can join letters, write from right to left and place accents."""
    from PIL import features

    return bool(features.check("raqm"))


@lru_cache(maxsize=1)
def own_faces() -> tuple[Face, Face]:
    """Return the typefaces that come with gdviz, in order of preference.

    Aileron, by S. Sagano (CC0), has the letters of Western Europe. DejaVu Sans, from matplotlib, has Latin, Greek,
    Cyrillic, Hebrew, Arabic and mathematics.
    """
    spec = importlib.util.find_spec("matplotlib")
    assert spec is not None  # matplotlib is a dependency,
    assert spec.origin is not None  # and a regular package
    dejavu = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    aileron = Path(__file__).parent / "typefaces" / "Aileron-Regular.ttf"
    return Face(str(aileron), shaped=False), Face(str(dejavu))


# Choosing


def _drawable(text: str, face: Face) -> str:
    """Return a text without the blank letters that the face lacks; HarfBuzz would draw boxes for them."""
    return "".join(letter for letter in text if letter not in _BLANK or ord(letter) in _letters(face))


def _face_of(part: str, faces: Sequence[Face]) -> Face:
    having = [face for face in faces if _has(face, part) and (is_emoji(part) or not face.colored)]
    return max(having, key=lambda face: face.colored, default=faces[0])


@lru_cache(maxsize=64)
def _plain(parts: Parts, region: str) -> tuple[Face, ...]:
    """Return one face that has all these letters or, if there is none, few faces that together have the most."""
    for face in own_faces():
        if all(_has(face, part) for part in parts):
            return (face,)
    own = max(own_faces(), key=lambda face: sum(_has(face, part) for part in parts))
    left = frozenset(part for part in parts if not _has(own, part))
    found: dict[Face, Parts] = {}
    for face in _system_faces(region):
        if not face.colored and (has := frozenset(part for part in parts if _has(face, part))):
            if has == parts:
                return (face,)
            found[face] = has
    chosen = [own]
    while left and found:
        best = max(found, key=lambda face: len(found[face] & left))
        if not found[best] & left:
            break
        left -= found.pop(best)
        chosen.append(best)
    # If letters are left, DejaVu Sans comes first, since it draws boxes for them.
    return (own_faces()[-1], *chosen[1:]) if left else tuple(chosen)


@lru_cache(maxsize=64)
def _colored(parts: Parts) -> tuple[Face, ...]:
    """Return the first coloured face that has all of these emoji, or else the face with the most of them, if any."""
    found: dict[Face, int] = {}
    for face in _system_faces("") if parts else ():
        if face.colored and (count := sum(_has(face, part) for part in parts)):
            if count == len(parts):
                return (face,)
            found[face] = count
    return (max(found, key=lambda face: found[face]),) if found else ()


def _has(face: Face, part: str) -> bool:
    """Return whether a face has all visible letters of a cluster; accented letters may be composed of their parts."""
    if part.isascii() and face in own_faces():
        return True  # known without reading the font, for which much would be imported
    letters = _letters(face)
    return all(
        ord(letter) in letters or (len(apart := normalize("NFD", letter)) > 1 and letters.issuperset(map(ord, apart)))
        for letter in part
        if is_seen(letter)
    )


def _package(part: str) -> str:
    """Return the Debian package of a font that has a letter, guessed from Unicode; empty for an unassigned letter."""
    if is_emoji(part):
        return "fonts-noto-color-emoji"
    if category(part[0]) in ("Co", "Cn"):
        return ""
    return "fonts-noto-cjk" if re.match(_EAST_ASIAN, part) else "fonts-noto-core"


# What the system has


def _system_faces(region: str) -> Iterator[Face]:
    """Yield a typeface of each of the system's font files, plain ones first: of several, the region's own."""
    for path in _system_files():
        if faces := _faces_in(path):
            yield min(faces, key=lambda pair: not pair[1].endswith(region))[0]


@lru_cache(maxsize=1)
def _system_files() -> tuple[str, ...]:
    with importing_matplotlib():
        from matplotlib.font_manager import findSystemFonts

        paths = findSystemFonts()

    def plainness(path: str) -> tuple[int, bool, str, str]:
        stem = Path(path).stem
        return len(_FANCY.findall(stem)), not re.search("sans|emoji", stem, re.IGNORECASE), stem, path

    return tuple(sorted(paths, key=plainness))


@cache
def _faces_in(path: str) -> tuple[tuple[Face, str], ...]:
    """Return the typefaces in a file that Pillow can draw, with the names of their families."""
    from PIL import ImageFont

    faces = []
    try:
        with _opened(path) as fonts:
            for index, font in enumerate(fonts):
                face = _described(path, index, font)
                if face is not None:
                    ImageFont.truetype(face.path, face.strike or 16, face.index)
                    faces.append((face, font["name"].getBestFamilyName() or ""))
    except Exception:  # a damaged font can raise anything, and is left out
        return ()
    return tuple(faces)


def _described(path: str, index: int, font: Any) -> Face | None:
    """Return a Face for an opened typeface; None if Pillow cannot draw its kind."""
    if "CBLC" in font or "sbix" in font:
        sizes = (
            [strike.bitmapSizeTable.ppemY for strike in font["CBLC"].strikes]
            if "CBLC" in font
            else font["sbix"].strikes
        )
        return Face(path, index, colored=True, strike=max(sizes))
    if "COLR" in font:
        return Face(path, index, colored=True) if font["COLR"].version == 0 else None
    outlined = bool({"glyf", "CFF ", "CFF2"} & set(font.keys()))
    return Face(path, index, variable="fvar" in font) if outlined else None


@lru_cache(maxsize=16)
def _letters(face: Face) -> frozenset[int]:
    with _opened(face.path) as fonts:
        return frozenset(fonts[face.index].getBestCmap() or ())


@contextmanager
def _opened(path: str) -> Iterator[list[Any]]:
    """Yield the typefaces in a file, which are read only as far as they are used."""
    from fontTools.ttLib import TTCollection, TTFont

    # fontTools gets a file and not its path: it would not close a damaged font.
    with log_kept_off_stderr("fontTools"), Path(path).open("rb") as file:
        if file.read(4) == b"ttcf":
            yield TTCollection(file, lazy=True).fonts
        else:
            yield [TTFont(file, lazy=True)]
