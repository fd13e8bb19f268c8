"""What gdviz finds on this machine, what it lacks, and what to do about that.

Little is imported here, and every check is guarded: a doctor must not fall ill of what the patient has. What draws,
draws in a child, which a broken OpenGL may crash or hang.
"""

from __future__ import annotations

import os
import platform
import re
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

import gdviz
from gdviz.child import ChildError, in_child
from gdviz.errors import EncodeError, GdvizError, RenderError
from gdviz.machine import machine_bytes, usable_cores

if TYPE_CHECKING:
    from gdviz.stage.probe import Drawing

PATIENCE = 90.0  # seconds that a child may take: the first start of a slow machine reads a gigabyte
SHOW = "type: GDVIZ_DEBUG=1 gdviz render sphere --size 64x64; it shows where that happens"
RENEW = "make a new virtual environment, and install gdviz in it with pip"
FFMPEG_VARIABLE = "IMAGEIO_FFMPEG_EXE"
OPENGL_VARIABLES = (
    *("VTK_DEFAULT_OPENGL_WINDOW", "__EGL_VENDOR_LIBRARY_DIRS", "__EGL_VENDOR_LIBRARY_FILENAMES"),
    *("LIBGL_DRIVERS_PATH", "GALLIUM_DRIVER", "MESA_LOADER_DRIVER_OVERRIDE", "MESA_GL_VERSION_OVERRIDE"),
)
FILM: dict[str, Any] = {
    "function": "sphere",
    "starts": {"grid": 2},
    "size": [64, 64],
    "fps": 10,
    "timing": {"approach": 0.1, "hold": 0.1, "descent": 0.4, "finish": 0.1},
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    name
        What was looked at.
    found
        What was found in its place.
    ok
        Whether gdviz can work with that.
    remedy
        What to do about it; None if there is nothing to do, or if the remedy is another finding's.

    """

    name: str
    found: str
    ok: bool = True
    remedy: str | None = None


def examine(patience: float = PATIENCE) -> list[Finding]:
    """Look at everything that gdviz needs, and at last make a small film.

    Parameters
    ----------
    patience
        How many seconds drawing may take, and making the film.

    Returns
    -------
    What was found. Nothing is raised: what goes wrong is a finding.

    """
    findings = [
        *_guarded("packages", _packages),
        *_guarded("machine", _machine),
        *_guarded("ffmpeg", _ffmpeg),
        *_guarded("OpenGL", lambda: _opengl(patience)),
    ]
    wanting = [each.name for each in findings if each.name in ("ffmpeg", "OpenGL") and not each.ok]
    if wanting:
        return [*findings, Finding("film", f"not tried, for want of {' and '.join(wanting)}", ok=False)]
    return [*findings, *_guarded("film", lambda: _film(patience))]


def findings_data(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return findings as data."""
    return {"ok": all(each.ok for each in findings), "findings": [asdict(each) for each in findings]}


def findings_shown(findings: Sequence[Finding]) -> list[str | Table]:
    """Return findings for a person: a table, and below it the remedies, which are to be copied."""
    table = Table("", "", "found")
    for each in findings:
        table.add_row("ok" if each.ok else "no", each.name, Text(each.found))
    table.columns[1].no_wrap = True
    table.columns[2].overflow = "fold"  # a path is of no use with its end cut off
    return [table, *(f"{each.name}: {each.remedy}" for each in findings if each.remedy)]


def _guarded(name: str, check: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return check()
    except GdvizError as error:
        return [Finding(name, str(error), ok=False, remedy=SHOW)]
    except Exception as error:  # whatever it is, the other checks are still of use
        remedy = RENEW if isinstance(error, ImportError) else SHOW
        return [Finding(name, f"{type(error).__name__}: {error}", ok=False, remedy=remedy)]


def _pip(*packages: str) -> str:
    """Return the command that installs packages where this Python finds them."""
    return f"type: {shlex.quote(sys.executable)} -m pip install --force-reinstall {' '.join(packages)}"


def _packages() -> list[Finding]:
    findings = [
        Finding("Python", f"{platform.python_version()} ({sys.executable}) on {platform.platform()}"),
        Finding("gdviz", f"{gdviz.__version__} ({Path(gdviz.__file__).parent})"),
    ]
    try:
        needed = [each for each in requires("gdviz") or [] if "extra ==" not in each]
    except PackageNotFoundError:
        return [*findings, Finding("packages", "gdviz runs without being installed", ok=False, remedy=RENEW)]
    names = sorted({"vtk", *(re.split(r"[^\w.-]", each, maxsplit=1)[0] for each in needed)})
    return [*findings, *map(_package, names)]


def _package(name: str) -> Finding:
    try:
        return Finding(name, version(name))
    except PackageNotFoundError:
        return Finding(name, "not installed", ok=False, remedy=_pip(name))


def _machine() -> list[Finding]:
    return [
        Finding("cores", f"{usable_cores()} usable of {os.cpu_count()}"),
        Finding("memory", f"{machine_bytes() / 1e9:.1f} GB"),
    ]


def _ffmpeg() -> list[Finding]:
    from gdviz.movie.ability import ability, needed_encoders

    named = FFMPEG_VARIABLE in os.environ
    reinstall = _pip("imageio-ffmpeg")
    remedy = f"unset {FFMPEG_VARIABLE}, or let it name a whole ffmpeg; without it, {reinstall}" if named else reinstall
    try:
        able = ability()
    except EncodeError as error:
        found = f"{error}, as {FFMPEG_VARIABLE} has it" if named else str(error)
        return [Finding("ffmpeg", found, ok=False, remedy=remedy)]
    found = f"{able.version} ({able.path}{f', by {FFMPEG_VARIABLE}' if named else ''})"
    needed = needed_encoders()
    lacking = [f"{name} (for {', '.join(films)})" for name, films in needed.items() if name not in able.encoders]
    if lacking:
        encoders = Finding("encoders", f"missing: {', '.join(lacking)}", ok=False, remedy=remedy)
    else:
        encoders = Finding("encoders", ", ".join(needed))
    return [Finding("ffmpeg", found), encoders]


def _opengl(patience: float) -> list[Finding]:
    from gdviz.stage.opengl import REMEDY

    try:
        drawing = in_child("drawing", _draw, seconds=patience)
    except (ChildError, RenderError) as error:
        steering = [f"{name}={shlex.quote(os.environ[name])}" for name in OPENGL_VARIABLES if name in os.environ]
        unset = f"do without {' '.join(steering)} in the environment; or, " if steering else ""
        return [Finding("OpenGL", str(error), ok=False, remedy=unset + REMEDY)]
    return [
        Finding("OpenGL", f"{drawing.version}, by {drawing.vendor}"),
        Finding("renderer", drawing.renderer),
        Finding("window", drawing.window),
    ]


def _draw() -> Drawing:
    from gdviz.stage.probe import draw_once

    return draw_once()


def _film(patience: float) -> list[Finding]:
    with TemporaryDirectory() as folder:
        start = time.monotonic()
        told = in_child("a film", _make_film, Path(folder) / "film.mp4", seconds=patience)
        return [Finding("film", f"{told}, in {time.monotonic() - start:.1f} s")]


def _make_film(path: Path) -> str:
    animation = gdviz.Animation.from_data(FILM)
    (film,) = gdviz.render(animation, [path], jobs=1)
    if film.frames != animation.frames or film.bytes != path.stat().st_size:
        raise RenderError(f"a film of {animation.frames} frames became one of {film.frames}")
    return f"{'x'.join(map(str, film.size))}, {film.frames} frames, {film.bytes} bytes"
