"""What the repository says of its own version: the changelog, the citation and the package agree."""

from __future__ import annotations

import datetime
import re
import tomllib
from pathlib import Path

import pytest

import gdviz
from gdviz.versions import FOR_DEVELOPERS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}  # those of Keep a Changelog


def changelog() -> dict[str, tuple[str, str]]:
    """Return, by version, the date and the text of each entry, in the order of the file."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    parts = re.split(r"^## \[([^\]]+)\](?: - (\S+))?$", text, flags=re.MULTILINE)[1:]
    return {version: (date, body) for version, date, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_the_version_is_the_same_everywhere_and_has_an_entry():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (\S+)$", citation, flags=re.MULTILINE) == [PROJECT["version"]]
    assert gdviz.__version__ == PROJECT["version"]
    assert PROJECT["version"] in changelog()


def test_entries_are_newest_first_with_a_date_and_the_kinds_of_change():
    entries = changelog()
    released = [version for version in entries if version != "Unreleased"]
    assert list(entries) == [each for each in ("Unreleased",) if each in entries] + released
    assert sorted(released, key=numbers, reverse=True) == released
    assert [datetime.date.fromisoformat(entries[version][0]) for version in released]
    for version, (_, body) in entries.items():
        kinds = re.findall(r"^### (.+)$", body, flags=re.MULTILINE)
        assert kinds, version
        assert set(kinds) <= KINDS, version
        assert re.search(r"^- ", body, flags=re.MULTILINE), version


def test_the_citation_has_the_date_of_its_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"date-released: {changelog()[PROJECT['version']][0]}" in citation
    assert all(f"\n{key}:" in f"\n{citation}" for key in ("cff-version", "message", "title", "authors"))


def test_the_classifiers_are_those_that_pypi_knows():
    known = pytest.importorskip("trove_classifiers", reason="trove-classifiers comes with hatchling").classifiers
    assert not set(PROJECT["classifiers"]) - known


def test_every_extra_is_in_the_readme_with_what_it_takes():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| .+ \| (.+) \|$", readme, flags=re.MULTILINE))
    extras = PROJECT["optional-dependencies"].keys()
    assert {each for each in extras if not re.fullmatch(r"\d+ MB more", rows.get(each, ""))} <= FOR_DEVELOPERS
    assert all(f"`{each}`" in readme for each in extras)


def test_every_file_that_contributors_are_sent_to_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:gdviz|tests|docs|\.ci)/[\w./]*\w/?", text))
    assert len(named) > 30
    example = {"gdviz/scene/distance.py"}
    assert {each for each in named if not (ROOT / each).exists()} == example
    rooms = {f"gdviz/{path.parent.name}/" for path in (ROOT / "gdviz").glob("*/__init__.py")}
    table = "".join(line for line in text.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(gdviz/\w+/)`", table)) == rooms
