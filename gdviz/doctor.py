"""Checks that this machine has what gdviz needs, and says what to do about what is missing.

Little is imported here, and every check is guarded, so that a broken library cannot break the doctor. Drawing is tried
in a process of its own, since it may crash or hang.
"""

from __future__ import annotations

import errno
import fcntl
import os
import platform
import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

import gdviz
from gdviz.errors import EncodeError, GdvizError, RenderError, in_words, naming
from gdviz.runtime.files import publish
from gdviz.runtime.isolated import ChildError, in_child
from gdviz.runtime.resources import machine_bytes, usable_cores
from gdviz.versions import packages_needed, versions_of

if TYPE_CHECKING:
    from gdviz.stage.probe import Drawing

PATIENCE = 90.0  # seconds to wait for a child process: at the first start it reads a gigabyte from the disk
RENEW = "make a new virtual environment, and install gdviz in it with pip"
SPACE = "delete what is no longer needed; to see how full it is, type: df -h {folder}"
ELSEWHERE = "go to a folder in which you may write, such as your own (type: cd), or name one with --output"
LOCAL = "write films to a folder on a local disk, with --output; this folder's file system lacks what they need"
FILE_REMEDIES: Mapping[int | None, str] = {
    errno.ENOSPC: SPACE,
    errno.EDQUOT: SPACE,
    errno.EFBIG: SPACE,
    errno.EACCES: ELSEWHERE,
    errno.EPERM: ELSEWHERE,
    errno.EROFS: ELSEWHERE,
    errno.ENOENT: ELSEWHERE,
}
NEEDED = ("temporary files", "ffmpeg", "OpenGL")  # findings without which no film can be made
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
    """The result of one check.

    Attributes
    ----------
    name
        What was checked.
    found
        What was found.
    ok
        Whether gdviz can work with what was found.
    remedy
        What to do about it; None if there is nothing to do, or another finding has the remedy.

    """

    name: str
    found: str
    ok: bool = True
    remedy: str | None = None


def examine(patience: float = PATIENCE) -> list[Finding]:
    """Check everything that gdviz needs, and make a small film at the end.

    Parameters
    ----------
    patience
        How many seconds each check in a child process may take.

    Returns
    -------
    The findings. Nothing is raised: an error is a finding.

    """
    draws = _pip("numpy", "pillow", "pyvista", "vtk")
    findings = [
        *guarded("packages", RENEW, _packages),
        *guarded("machine", RENEW, _machine),
        *guarded("folder", ELSEWHERE, check_folder),
        *guarded("temporary files", "choose a folder for them; type: export TMPDIR=FOLDER", _temporary_files),
        *guarded("ffmpeg", _pip("imageio-ffmpeg"), _ffmpeg),
        *guarded("fonts", _pip("matplotlib", "pillow"), lambda: _fonts(patience)),
        *guarded("formula", _pip("matplotlib"), lambda: _formula(patience)),
        *guarded("processes", "draw in one process: add --jobs 1 to your commands", lambda: _processes(patience)),
        *guarded("OpenGL", draws, lambda: _opengl(patience)),
    ]
    missing = [each.name for each in findings if each.name in NEEDED and not each.ok]
    if missing:
        return [*findings, Finding("film", f"not tried, since it needs {' and '.join(missing)}", ok=False)]
    return [*findings, *guarded("film", draws, lambda: _film(patience))]


def findings_data(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return findings as data."""
    return {"ok": all(each.ok for each in findings), "findings": [asdict(each) for each in findings]}


def findings_shown(findings: Sequence[Finding]) -> list[str | Table]:
    """Return findings for a person: a table, and below it the remedies as lines that can be copied."""
    table = Table("", "", "found")
    for each in findings:
        table.add_row("ok" if each.ok else "no", each.name, Text(each.found))
    table.columns[1].no_wrap = True
    table.columns[2].overflow = "fold"  # paths must not be cut
    return [table, *(f"{each.name}: {each.remedy}" for each in findings if each.remedy)]


def guarded(name: str, remedy: str, check: Callable[[], list[Finding]]) -> list[Finding]:
    """Return the findings of a check; if it raises an error, a finding with the error and the remedy."""
    try:
        return check()
    except (GdvizError, OSError) as error:
        return [Finding(name, in_words(error), ok=False, remedy=remedy)]
    except Exception as error:  # the other checks are still of use
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
        names = packages_needed(requires("gdviz") or [])
    except PackageNotFoundError:
        return [*findings, Finding("packages", "gdviz runs without being installed", ok=False, remedy=RENEW)]
    return [*findings, *(_package(*each) for each in versions_of(names).items())]


def _package(name: str, version: str | None) -> Finding:
    return Finding(name, version) if version else Finding(name, "not installed", ok=False, remedy=_pip(name))


def _machine() -> list[Finding]:
    return [
        Finding("cores", f"{usable_cores()} usable of {os.cpu_count()}"),
        Finding("memory", f"{machine_bytes() / 1e9:.1f} GB"),
    ]


def check_folder() -> list[Finding]:
    """Do in the working folder what a render does: write, lock and sync a file, and replace another by it."""
    with naming("the working folder"):
        here = Path.cwd()
    try:
        with TemporaryDirectory(prefix=".gdviz-", dir=here) as folder:
            written, film = Path(folder) / "written", Path(folder) / "film"
            film.write_bytes(b"the film before")
            with naming(written), written.open("wb") as file:
                file.write(bytes(100_000))
                file.flush()
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            publish(written, film)
    except OSError as error:
        remedy = FILE_REMEDIES.get(error.errno, LOCAL).format(folder=shlex.quote(str(here)))
        return [Finding("folder", f"no film can be written to {here}: {in_words(error)}", ok=False, remedy=remedy)]
    return [Finding("folder", f"films can be written to {here}")]


def _temporary_files() -> list[Finding]:
    folder = gettempdir()
    with TemporaryDirectory(prefix="gdviz-", dir=folder) as made:
        path = Path(made) / "written"
        with naming(path):
            path.write_bytes(bytes(100_000))
    return [Finding("temporary files", folder)]


def _ffmpeg() -> list[Finding]:
    from gdviz.movie.capabilities import ability, needed_encoders

    named = FFMPEG_VARIABLE in os.environ
    reinstall = _pip("imageio-ffmpeg")
    remedy = f"unset {FFMPEG_VARIABLE}, or set it to a full ffmpeg; without it, {reinstall}" if named else reinstall
    try:
        able = ability()
    except EncodeError as error:
        found = f"{error}, set by {FFMPEG_VARIABLE}" if named else str(error)
        return [Finding("ffmpeg", found, ok=False, remedy=remedy)]
    found = f"{able.version} ({able.path}{f', set by {FFMPEG_VARIABLE}' if named else ''})"
    needed = needed_encoders()
    lacking = [f"{name} (for {', '.join(films)})" for name, films in needed.items() if name not in able.encoders]
    if lacking:
        encoders = Finding("encoders", f"missing: {', '.join(lacking)}", ok=False, remedy=remedy)
    else:
        encoders = Finding("encoders", ", ".join(needed))
    return [Finding("ffmpeg", found), encoders]


def _fonts(patience: float) -> list[Finding]:
    return [Finding("fonts", in_child("writing letters", _write_letters, seconds=patience))]


def _write_letters() -> str:
    """Draw a curve, which needs no OpenGL, with a title and without; return FreeType's version."""
    from PIL import ImageChops, features

    from gdviz.description.resolve import resolve
    from gdviz.segments import draw_frame

    data = {"function": "x**2", "title": "Über π", "size": [320, 180]}
    titled, bare = (
        draw_frame(resolve(gdviz.Animation.from_data({**data, "caption": caption})).canonical_json, 0)
        for caption in (True, False)
    )
    if ImageChops.difference(titled, bare).getbbox() is None:
        raise RenderError("a title was drawn, but cannot be seen in the picture")
    return f"FreeType {features.version('freetype2')}"


def _formula(patience: float) -> list[Finding]:
    with TemporaryDirectory() as folder:
        size = in_child("a formula", _write_formula, Path(folder) / "formula.png", seconds=patience)
    return [Finding("formula", f"drawn, {size} bytes")]


def _write_formula(path: Path) -> int:
    from gdviz.formula import write_formula

    return write_formula(r"f(x) = \frac{x^2}{2}", path).stat().st_size


def _processes(patience: float) -> list[Finding]:
    numbers = in_child("a pool of processes", _ask_processes, seconds=patience)
    return [Finding("processes", f"{len(numbers)} started, to draw at the same time")]


def _ask_processes() -> set[int]:
    from gdviz.runtime.workers import Pool

    with Pool(2, ["numpy"]) as pool, pool.workload() as workload:
        return {number for _, number in workload.results(os.getpid, [(), ()])}


def _opengl(patience: float) -> list[Finding]:
    from gdviz.stage.opengl import REMEDY

    try:
        drawing = in_child("drawing", _draw, seconds=patience)
    except (ChildError, RenderError) as error:
        steering = [f"{name}={shlex.quote(os.environ[name])}" for name in OPENGL_VARIABLES if name in os.environ]
        unset = f"remove {' '.join(steering)} from the environment; or, " if steering else ""
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
        raise RenderError(f"a film of {animation.frames} frames was written with {film.frames}")
    return f"{'x'.join(map(str, film.size))}, {film.frames} frames, {film.bytes} bytes"
