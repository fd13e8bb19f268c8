"""Which fonts a text is written in: one for the whole text if any has all of its letters.

The first choices are fonts that come with gdviz, so that a text looks the same everywhere; the system's are looked
through only for letters that they lack.
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

# Words in a file's name that make it less of a plain, upright, sans-serif typeface.
_FANCY = re.compile(
    "bold|italic|oblique|light|thin|black|medium|heavy|extra|semi|condensed|mono|serif|slab|script|display|ui|looped|"
    "unjoined|kufi|nastaliq|rashi|unifont|lastresort",
    re.IGNORECASE,
)
_KANA = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")
_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)

_BLANK = frozenset("\u115f\u1160\u3164\uffa0\U0001bca0\U0001bca1\U0001bca2\U0001bca3")


@dataclass(frozen=True)
class Face:
    """One typeface of a font's file.

    Attributes
    ----------
    path
        The file.
    index
        Which of the typefaces in it.
    coloured
        Whether its letters have colours of their own.
    strike
        The only size that it has, in pixels, where its letters are pictures; 0 if they are outlines.
    variable
        Whether its weight can be chosen.
    shaped
        Whether its letters may be joined, reordered or moved by those beside them.

    """

    path: str
    index: int = 0
    colored: bool = False
    strike: int = 0
    variable: bool = False
    shaped: bool = True


@dataclass(frozen=True)
class Run:
    """Letters beside each other that are written in one typeface."""

    text: str
    face: Face


def faces_for(text: str) -> tuple[Face, ...]:
    """Return the typefaces for a text, in order of choice: one for its letters, if any has all, and one for emoji."""
    text = composed(text)
    if text.isascii():
        return own_faces()[:1]
    parts = frozenset(clusters(text))
    region = "JP" if _KANA.search(text) else "KR" if _HANGUL.search(text) else "SC"
    colored = _colored(frozenset(part for part in parts if is_emoji(part)))
    drawn = frozenset(part for part in parts for face in colored if is_emoji(part) and _has(face, part))
    return _plain(parts - drawn, region) + colored


def runs(text: str, faces: Sequence[Face]) -> list[Run]:
    """Return a text as what stands beside each other in it, each in one typeface, in the order of reading.

    A letter that none of the faces has is in the first, which draws a box for it.
    """
    parts = clusters(composed(text))
    chosen: list[Face] = []
    for part in parts:
        # A space is that of the letters before it, but not that of emoji, which is wide.
        stays = chosen and not chosen[-1].colored and not any(map(is_seen, part))
        chosen.append(chosen[-1] if stays else _face_of(part, faces))
    pieces = groupby(zip(parts, chosen, strict=True), key=lambda pair: pair[1])
    return [Run(_drawable("".join(part for part, _ in group), face), face) for face, group in pieces]


def missing_letters(text: str) -> list[str]:
    """Return the letters, each once, that no font on this machine has."""
    faces, parts = faces_for(text), clusters(composed(text))
    return list(dict.fromkeys(part for part in parts if not any(_has(face, part) for face in faces)))


def warnings_about(texts: Iterable[str]) -> list[str]:
    """Return a sentence for each thing that keeps texts from being written as they should be, with a remedy."""
    sentences = []
    wanted = [text for text in texts if not text.isascii()]
    missing = dict.fromkeys(letter for text in wanted for letter in missing_letters(text))
    if missing:
        packages = " ".join(sorted({_package(letter) for letter in missing} - {""}))
        remedy = f"; on Debian or Ubuntu, type: sudo apt-get install {packages}" if packages else ""
        sentences.append(f"no font on this machine has {''.join(missing)}, and boxes are drawn instead{remedy}")
    if any(map(needs_shaping, wanted)) and not can_shape():
        sentences.append(
            "this Pillow lacks Raqm, so that letters are not joined, and accents not placed, as they should be; "
            "install the Pillow of PyPI, which has it"
        )
    return sentences


def warn_of_letters(texts: Iterable[str]) -> None:
    """Issue a GdvizWarning for each thing that keeps texts from being written as they should be."""
    for sentence in warnings_about(texts):
        warnings.warn(sentence, GdvizWarning, stacklevel=3)


def identity(texts: Iterable[str]) -> str:
    """Return which of the system's fonts texts are written in, each with a digest of its file.

    Empty where a font that comes with gdviz has all letters, and where none has and no other has them either.
    """
    used = sorted({face.path for text in texts for face in faces_for(text)} - {face.path for face in own_faces()})
    return " ".join(f"{Path(path).name} {hashlib.sha256(Path(path).read_bytes()).hexdigest()}" for path in used)


def can_shape() -> bool:
    """Return whether Pillow can join letters, write from right to left and place accents."""
    from PIL import features

    return bool(features.check("raqm"))


@lru_cache(maxsize=1)
def own_faces() -> tuple[Face, Face]:
    """Return the typefaces that come with gdviz, in order of choice.

    Aileron, by S. Sagano (CC0): the letters of Western Europe. DejaVu Sans, as matplotlib brings it: Latin, Greek,
    Cyrillic, Hebrew, Arabic and mathematics.
    """
    spec = importlib.util.find_spec("matplotlib")
    assert spec is not None  # it is required
    assert spec.origin is not None
    dejavu = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    aileron = Path(__file__).parent / "typefaces" / "Aileron-Regular.ttf"
    return Face(str(aileron), shaped=False), Face(str(dejavu))


# Choosing


def _drawable(text: str, face: Face) -> str:
    """Leave out what is blank, if the face lacks it: HarfBuzz, which sees to all else, would draw a box."""
    return "".join(letter for letter in text if letter not in _BLANK or ord(letter) in _letters(face))


def _face_of(part: str, faces: Sequence[Face]) -> Face:
    having = [face for face in faces if _has(face, part) and (is_emoji(part) or not face.colored)]
    return max(having, key=lambda face: face.colored, default=faces[0])


@lru_cache(maxsize=64)
def _plain(parts: Parts, region: str) -> tuple[Face, ...]:
    """Return one face that has all these letters; if there is none, as few as have all that any has."""
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
    return (own_faces()[-1], *chosen[1:]) if left else tuple(chosen)  # which draws a box for what none has


@lru_cache(maxsize=64)
def _colored(parts: Parts) -> tuple[Face, ...]:
    """Return the first coloured face that has all of these emoji, or else the one that has the most, if any has one."""
    found: dict[Face, int] = {}
    for face in _system_faces("") if parts else ():
        if face.colored and (count := sum(_has(face, part) for part in parts)):
            if count == len(parts):
                return (face,)
            found[face] = count
    return (max(found, key=lambda face: found[face]),) if found else ()


def _has(face: Face, part: str) -> bool:
    """Return whether a face has all that is seen of a cluster; an accented letter may be put together of its parts."""
    letters = _letters(face)
    return all(
        ord(letter) in letters or (len(apart := normalize("NFD", letter)) > 1 and letters.issuperset(map(ord, apart)))
        for letter in part
        if is_seen(letter)
    )


def _package(part: str) -> str:
    """Return the Debian package of a font that has a letter, by its place in Unicode; empty for one of no script."""
    if is_emoji(part):
        return "fonts-noto-color-emoji"
    if category(part[0]) in ("Co", "Cn"):
        return ""
    return "fonts-noto-cjk" if _EAST_ASIAN.match(part) else "fonts-noto-core"


# What the system has


def _system_faces(region: str) -> Iterator[Face]:
    """Yield a typeface of each of the system's files, plain ones first; where a file has several, the region's own."""
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
    """Return the typefaces in a file that can be drawn, with the names of their families."""
    from PIL import ImageFont

    faces = []
    try:
        with _opened(path) as fonts:
            for index, font in enumerate(fonts):
                face = _described(path, index, font)
                if face is not None:
                    ImageFont.truetype(face.path, face.strike or 16, face.index)
                    faces.append((face, font["name"].getBestFamilyName() or ""))
    except Exception:  # a font that is damaged, in whatever way, is one that this machine does not have
        return ()
    return tuple(faces)


def _described(path: str, index: int, font: Any) -> Face | None:
    """Return what is to be known of an opened typeface; None if Pillow cannot draw its kind."""
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
    """Give the typefaces in a file, of which little is read before it is asked for."""
    from fontTools.ttLib import TTCollection, TTFont

    with (
        log_kept_off_stderr("fontTools"),
        Path(path).open("rb") as file,
    ):  # not the path, which it leaves open where the font is damaged
        if file.read(4) == b"ttcf":
            yield TTCollection(file, lazy=True).fonts
        else:
            yield [TTFont(file, lazy=True)]
