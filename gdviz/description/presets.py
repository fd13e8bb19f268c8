"""The presets: one TOML file for each animation that comes with gdviz."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_PACKED = Path(__file__).parents[1] / "preset_files"  # where an installed wheel has them
_IN_THE_REPOSITORY = Path(__file__).parents[2] / "presets"


def presets() -> Mapping[str, Path]:
    """Return the presets' files by name, in alphabetical order."""
    folder = _PACKED if _PACKED.is_dir() else _IN_THE_REPOSITORY
    return {path.stem: path for path in sorted(folder.glob("*.toml"), key=lambda path: path.stem)}
