"""Gathers the pages of the site, whose places are not those that they have in the repository."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from generator.illustrated import illustrated
from generator.pictures import Pictures

OWN = re.compile(r"docs/(index|cookbook|how-it-works|tutorial/[\w-]+)\.md")  # which keep their places
MOVED: Mapping[str, str] = MappingProxyType(
    {
        "README.md": "manual.md",
        "CONTRIBUTING.md": "project/contributing.md",
        "CHANGELOG.md": "project/changelog.md",
        "docs/performance.md": "project/performance.md",
        "docs/tests.md": "project/tests.md",
    }
)
"""Where pages stand in the site that stand elsewhere in the repository; any other of `docs/` is a guide."""

_LINK = re.compile(r"(?<!`)\[([^\]]*)\]\(([^)\s]+)\)")
_FENCED = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)


def written(repository: Path, pictures: Pictures) -> dict[str, bytes]:
    """Return the pages that people wrote, with pictures where they show commands, and the files that they link to.

    Raises
    ------
    ValueError
        If a page links to a file that is not there.
    RuntimeError
        If a page shows a command that fails.

    """
    site: dict[str, bytes] = {}
    places = _places(repository)
    for path, place in places.items():
        text = _text(repository / path)
        if path == "README.md":
            text = re.sub(r"\A# gdviz$", "# Manual", text, flags=re.MULTILINE)
        if OWN.fullmatch(path) and path != "docs/index.md":  # which has films
            text = illustrated(text, pictures)
        linked = _Links(repository, path, places)
        text = linked.changed(text)
        if path.endswith(".ipynb"):
            text += f"\n[The notebook itself](../files/{path})\n"
            linked.files.add(path)
        site[place] = text.encode()
        site |= {f"files/{each}": (repository / each).read_bytes() for each in linked.files}
    return site


def write(site: Mapping[str, bytes], target: Path) -> None:
    """Write files to a folder, and remove any other from it.

    A file that stays the same is not written again, so that Sphinx reads only what has changed.
    """
    for name, content in site.items():
        path = target / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for path in [path for path in target.rglob("*") if path.is_file()]:
        if path.relative_to(target).as_posix() not in site:
            path.unlink()


def _places(repository: Path) -> dict[str, str]:
    """Return the pages that people wrote, by their paths in the repository, and where they stand in the site."""
    pages = [*(repository / "docs").glob("*.md"), *(repository / "docs").glob("tutorial/*.md")]
    pages += (repository / "docs").glob("*.ipynb")
    found = sorted(path.relative_to(repository).as_posix() for path in pages)
    roots = [path for path in MOVED if "/" not in path and (repository / path).is_file()]
    return {path: _place(path) for path in (*roots, *found)}


def _place(path: str) -> str:
    if path in MOVED:
        return MOVED[path]
    if OWN.fullmatch(path):
        return path.removeprefix("docs/")
    return f"guides/{Path(path).stem}.md"


def _text(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return notebook_page(text) if path.suffix == ".ipynb" else text


def notebook_page(text: str) -> str:
    """Return a notebook as a page: its words, its code, and what it prints."""
    parts = []
    for cell in json.loads(text)["cells"]:
        source = "".join(cell["source"]).strip()
        if cell["cell_type"] == "markdown":
            parts.append(source)
        elif source:
            parts.append(f"```python\n{source}\n```")
            printed = "".join("".join(each.get("text", [])) for each in cell.get("outputs", []))
            parts += [f"```text\n{printed.rstrip()}\n```"] if printed.strip() else []
    return "\n\n".join([*parts, ""])


class _Links:
    """The links of a page: those to pages lead to their places in the site, those to other files to copies of them.

    Attributes
    ----------
    files
        The paths of the other files.

    """

    def __init__(self, repository: Path, path: str, places: Mapping[str, str]) -> None:
        self._repository = repository
        self._path = path
        self._places = places
        self.files: set[str] = set()

    def changed(self, text: str) -> str:
        """Return a page's text with its links changed, but for those in fenced blocks."""
        parts = _FENCED.split(text)
        return "".join(part if number % 2 else _LINK.sub(self._link, part) for number, part in enumerate(parts))

    def _link(self, found: re.Match[str]) -> str:
        words, target = found[1], found[2]
        path, mark, anchor = target.partition("#")
        if not path or "://" in target or target.startswith(("mailto:", "/")):
            return found[0]
        linked = posixpath.normpath(posixpath.join(posixpath.dirname(self._path), path))
        if linked in self._places:
            return f"[{words}]({self._from_here(self._places[linked])}{mark}{anchor})"
        if (self._repository / linked).is_dir():
            return words
        if linked.startswith("docs/reference/"):  # which is made, not written
            return f"[{words}]({self._from_here(linked.removeprefix('docs/'))}{mark}{anchor})"
        if not (self._repository / linked).is_file():
            raise ValueError(f"{self._path} links to {target}, which is not there")
        self.files.add(linked)
        return f"[{words}]({self._from_here(f'files/{linked}')})"

    def _from_here(self, place: str) -> str:
        return posixpath.relpath(place, posixpath.dirname(self._places[self._path]) or ".")
