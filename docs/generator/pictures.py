"""Keeps pictures between builds: each is drawn once, and again only when what it shows, or gdviz, has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from PIL import Image

import gdviz
from gdviz.description.presets import presets

DRAWN_BY = ("numpy", "pyvista", "vtk", "matplotlib", "pillow")


class Pictures:
    """A folder of pictures, each named after what it shows and what drew it.

    Parameters
    ----------
    folder
        Where they are; it is made if it is missing.

    Attributes
    ----------
    drawn
        How many had to be drawn.

    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drawn = 0
        self._used: set[str] = set()
        self._tools = _tools()
        folder.mkdir(parents=True, exist_ok=True)

    def picture(self, shows: Iterable[str], suffix: str, draw: Callable[[Path], object]) -> Path:
        """Return a picture; `draw` is called with the path to write if there is none of what it shows."""
        digest = hashlib.sha256("\0".join([self._tools, *shows]).encode()).hexdigest()[:20]
        path = self.folder / f"{digest}{suffix}"
        self._used.add(path.name)
        if not path.exists():
            unfinished = self.folder / f"unfinished{suffix}"
            draw(unfinished)
            unfinished.replace(path)
            self.drawn += 1
        return path

    def prune(self) -> None:
        """Remove the pictures that nobody asked for."""
        for path in self.folder.iterdir():
            if path.name not in self._used:
                path.unlink()


def image(path: Path, alt: str, *, kind: str = "picture", scale: float = 1) -> str:
    """Return the directive that shows a picture.

    Parameters
    ----------
    path
        The picture.
    alt
        What stands in its place where it cannot be seen.
    kind
        The class of its style: a `picture`, or a `formula`, which is black on nothing.
    scale
        How many of its pixels make one of the page's.

    """
    with Image.open(path) as opened:
        width = round(opened.width / scale)
    words = " ".join(alt.split())
    return f"```{{image}} /pictures/{path.name}\n:alt: {words}\n:width: {width}px\n:class: {kind}\n```\n"


def side_by_side(images: Sequence[str]) -> str:
    """Return the directive that shows images beside each other; one alone stays as it is."""
    return images[0] if len(images) == 1 else f":::{{container}} pictures\n{''.join(images)}:::\n"


def _tools() -> str:
    """Return a digest of gdviz and its presets, and the versions of what it draws with."""
    package = Path(gdviz.__file__).parent
    files = [*(path for path in package.rglob("*") if path.is_file()), *presets().values()]
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in DRAWN_BY).encode())
    for path in sorted(path for path in files if "__pycache__" not in path.parts):
        digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()
