"""The processes that gdviz starts, and the one that it is: what they import, what they share, and how they end."""

from __future__ import annotations

import importlib.metadata
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from processes import PATIENCE, digest, is_running, wait_until
from vtkmodules.vtkCommonCore import vtkWeakReference

from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.errors import RenderError
from gdviz.formula import write_formula
from gdviz.rendering import render, still
from gdviz.runtime.launch import PythonProcess
from gdviz.runtime.servers import server_ahead, start_server
from gdviz.runtime.workers import Pool
from gdviz.stage.offscreen import Offscreen
from gdviz.tools import opengl_of

FRAMES = {"size": [64, 64], "fps": 10, "timing": {"approach": 1, "hold": 0.5, "descent": 3, "finish": 0.5}}
SURFACE = Animation.from_data({"function": "himmelblau", "starts": {"grid": 2}, **FRAMES})
OTHER = Animation.from_data({"function": "sphere", "starts": {"grid": 2}, **FRAMES})
CURVE = Animation.from_data({"function": "x**2", **FRAMES})
# What a notebook, a broken set-up or a stranger's folder brings along.
HOSTILE = {
    "MPLBACKEND": "module://nowhere.backend",
    "PYVISTA_PLOT_THEME": "nowhere.theme:Theme",
    "HOME": "/nowhere",
    "XDG_CONFIG_HOME": "/nowhere",
    "XDG_CACHE_HOME": "/nowhere",
}
OPTIONAL = {"colorcet", "cmocean", "gmpy2", "flint", "IPython", "trame", "meshio", "tqdm", "psutil", "orjson", "gdviz"}
EVERY_MODULE = {
    *sys.stdlib_module_names,
    *importlib.metadata.packages_distributions(),
    *OPTIONAL,
    *("sitecustomize", "usercustomize", "matplotlib_inline"),
}


def put_modules(folder: Path, names: set[str]) -> None:
    """Put a file for each module that, where it is imported, leaves a trace and ends the process."""
    for name in filter(str.isidentifier, names):
        trace = folder / f"{name}.imported"
        (folder / f"{name}.py").write_text(f"open({str(trace)!r}, 'w').close()\nraise SystemExit(77)\n")


def imported(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("*.imported")]


def shell(
    folder: Path, *command: str, typed: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | environment,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the script that pip makes of the command, in a folder with modules beside it."""
    folder = tmp_path_factory.mktemp("bin")
    put_modules(folder, {"pyvista", "sympy", "numpy", "PIL", *OPTIONAL} - {"gdviz"})
    script = folder / "gdviz"
    script.write_text(f"#!{sys.executable}\nimport sys\nfrom gdviz.__main__ import main\nsys.exit(main())\n")
    script.chmod(0o755)
    return str(script)


@pytest.fixture(scope="session")
def strange_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a file for every module, and settings that are not sound."""
    folder = tmp_path_factory.mktemp("strange")
    put_modules(folder, EVERY_MODULE)
    (folder / "encodings").mkdir()
    put_modules(folder / "encodings", {"__init__", "utf_8", "aliases"})
    (folder / "pyvenv.cfg").write_text("home = /nowhere\n")
    (folder / "matplotlibrc").write_bytes(b"backend: module://nowhere\npath.sketch: 9, 9, 9\nno such key\n\xff\xfe")
    (folder / "film.toml").write_text(SURFACE_TOML)
    return folder


SURFACE_TOML = """function = "himmelblau"
starts = { grid = 2 }
size = [64, 64]
fps = 10
timing = { approach = 1, hold = 0.5, descent = 3, finish = 0.5 }
"""


@pytest.mark.parametrize(
    "command",
    [
        ("render", "film.toml", "--jobs", "2", "--quiet", "-o", "film.mp4"),
        ("batch", "film.toml", "--jobs", "1", "--quiet", "-d", "films"),
        ("formula", "sphere", "--quiet", "-o", "sphere.svg"),
        ("descend", "sphere", "--quiet"),
        ("doctor",),
    ],
    ids=lambda command: command[0],
)
def test_nothing_is_imported_from_the_working_folder_nor_the_scripts(
    strange_folder: Path, script: str, command: tuple[str, ...]
):
    ended = shell(strange_folder, script, *command, **HOSTILE)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert imported(strange_folder) == imported(strange_folder / "encodings") == imported(Path(script).parent) == []


def test_settings_change_no_formula(strange_folder: Path, tmp_path: Path, script: str):
    write_formula("x^2", tmp_path / "here.svg")
    ended = shell(strange_folder, script, "formula", "--latex", "x^2", "-q", "-o", str(tmp_path / "a.svg"), **HOSTILE)
    assert ended.stderr == ""
    assert digest(tmp_path / "a.svg") == digest(tmp_path / "here.svg")


@pytest.mark.parametrize("path", [":{}", "{}:"])
def test_an_empty_entry_of_pythonpath_is_not_the_working_folder(tmp_path: Path, script: str, path: str):
    put_modules(tmp_path, {"pyvista", *OPTIONAL} - {"gdviz"})
    given = path.format(os.environ.get("PYTHONPATH", "/nowhere"))
    film = ("--size", "64x64", "--fps", "5", "--jobs", "2", "--grid", "2", "-q", "-o", "film.mp4")
    command = ("render", *film, "--seconds", "10", "sphere") if path.endswith(":") else ("still", "sphere", "-q")
    ended = shell(tmp_path, script, *command, PYTHONPATH=given)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert imported(tmp_path) == []


def test_the_module_as_a_command_imports_nothing_from_there_either(tmp_path: Path):
    """As far as it can: `python -m` itself imports what it needs to find gdviz before gdviz has a say."""
    needed = shell(tmp_path, sys.executable, "-c", "import runpy, sys; print(*sys.modules)").stdout.split()
    put_modules(tmp_path, EVERY_MODULE - {"gdviz", *(name.partition(".")[0] for name in needed)})
    ended = shell(tmp_path, sys.executable, "-m", "gdviz", "still", "sphere", "--size", "64x64", "-q", "-o", "a.png")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert imported(tmp_path) == []


# A user's program

PROGRAM = f"""
import gdviz
print("once", flush=True)
animation = gdviz.Animation.from_data({CURVE.model_dump(mode="json")})
print(gdviz.render(animation, ["film.mp4"], jobs=2)[0].frames)
"""


@pytest.fixture(scope="session")
def curve_digest(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("curve") / "film.mp4"
    render(CURVE, [path], jobs=1)
    return digest(path)


@pytest.mark.parametrize(
    ("command", "typed"),
    [
        (["program.py"], None),
        (["-"], PROGRAM),
        (["-c", PROGRAM], None),
        (["-m", "program"], None),
        (["-i", "-q"], PROGRAM),  # as a notebook does, the process goes on after its main module
    ],
    ids=["script", "stdin", "text", "module", "session"],
)
def test_a_program_needs_no_guard_and_runs_once(
    tmp_path: Path, curve_digest: str, command: list[str], typed: str | None
):
    (tmp_path / "program.py").write_text(PROGRAM)
    ended = shell(tmp_path, sys.executable, *command, typed=typed)
    assert (ended.returncode, ended.stdout) == (0, f"once\n{CURVE.frames}\n")
    assert "Traceback" not in ended.stderr
    assert digest(tmp_path / "film.mp4") == curve_digest


def test_threads_of_a_program_in_a_folder_that_is_gone(tmp_path: Path):
    """Two films at once, a process with threads, no working folder; and a module beside the program stays there."""
    put_modules(tmp_path, {"pyvista"})
    (tmp_path / "program.py").write_text(f"""
import os, sys
from concurrent.futures import ThreadPoolExecutor
import gdviz
films, gone = sys.argv[1:]
os.chdir(gone)
os.rmdir(gone)
described = [{CURVE.model_dump(mode="json")}, {SURFACE.model_dump(mode="json")}]
def one(number):
    gdviz.render(gdviz.Animation.from_data(described[number]), [f"{{films}}/{{number}}.mp4"], jobs=2)
with ThreadPoolExecutor(2) as pool:
    list(pool.map(one, [0, 1]))
""")
    films, gone = tmp_path / "films", tmp_path / "gone"
    films.mkdir()
    gone.mkdir()
    ended = shell(tmp_path, sys.executable, "program.py", str(films), str(gone))
    assert (ended.returncode, ended.stderr, imported(tmp_path)) == (0, "", [])
    render(SURFACE, [tmp_path / "surface.mp4"], jobs=1)
    assert digest(films / "1.mp4") == digest(tmp_path / "surface.mp4")
    assert sorted(path.name for path in films.iterdir()) == ["0.mp4", "1.mp4"]


def test_a_programs_own_backend_is_left_to_it(tmp_path: Path):
    program = (
        "import gdviz, os\n"
        "from pathlib import Path\n"
        "from gdviz.formula import write_formula\n"
        f"gdviz.still(gdviz.Animation.from_data({OTHER.model_dump(mode='json')}), 'a.png', 0)\n"
        "write_formula('x', Path('x.png'))\n"
        "import matplotlib.pyplot as plt\n"
        "print(os.environ['MPLBACKEND'], plt.get_backend())\n"
    )
    ended = shell(tmp_path, sys.executable, "-c", program, MPLBACKEND="svg")
    assert (ended.stdout, ended.stderr) == ("svg svg\n", "")
    ended = shell(tmp_path, sys.executable, "-c", program, MPLBACKEND="module://nowhere.backend")
    assert ended.stdout.startswith("module://nowhere.backend ")


# Threads


def test_a_thread_has_one_window_and_closes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    windows: list[vtkWeakReference] = []
    opened_by: dict[Offscreen, int] = {}
    elsewhere: list[int] = []
    opens, closes = Offscreen.__init__, Offscreen.close

    def open_window(self: Offscreen, *given: Any, **named: Any) -> None:
        opens(self, *given, **named)
        windows.append(vtkWeakReference())
        window = self.plotter.render_window
        assert window is not None
        windows[-1].Set(window)
        opened_by[self] = threading.get_ident()

    def close_window(self: Offscreen) -> None:
        if opened_by.pop(self, threading.get_ident()) != threading.get_ident():
            elsewhere.append(threading.get_ident())
        closes(self)

    def open_windows() -> int:
        return sum(window.Get() is not None for window in windows)

    opengl_of(resolve(SURFACE))  # asks once, in a window of its own
    monkeypatch.setattr(Offscreen, "__init__", open_window)
    monkeypatch.setattr(Offscreen, "close", close_window)
    with ThreadPoolExecutor(2) as executor:
        for number, animation in enumerate((SURFACE, OTHER)):
            render(animation, [tmp_path / f"{number}.mp4"], executor=executor)
            assert len(windows) <= 2 * (number + 1)
            assert open_windows() <= 2
    wait_until(lambda: open_windows() == 0)
    assert elsewhere == []


def test_threads_that_draw_first_at_the_same_time(tmp_path: Path):
    program = (
        "import gdviz\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        f"animation = gdviz.Animation.from_data({OTHER.model_dump(mode='json')})\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    list(pool.map(lambda number: gdviz.still(animation, f'{number}.png', 3), range(4)))\n"
    )
    ended = shell(tmp_path, sys.executable, "-c", program)
    assert (ended.returncode, ended.stderr) == (0, "")
    still(OTHER, tmp_path / "here.png", 3)
    assert {digest(path) for path in tmp_path.glob("*.png")} == {digest(tmp_path / "here.png")}


# The pool


def test_what_a_task_raises_is_raised_here_with_where_it_was():
    with (
        pytest.raises(ValueError, match="invalid literal for int") as caught,
        Pool(2, []) as pool,
        pool.workload() as work,
    ):
        list(work.results(int, [("1",), ("x",)]))
    assert "gdviz/runtime/server.py" in str(caught.value.__cause__)


def test_what_the_preparation_leaves_is_in_every_process():
    with Pool(2, ["os"]) as pool, pool.workload() as work:
        assert work.prepare(os.umask, 0o123) != 0o123
        assert dict(work.results(os.umask, [(0o123,)] * 5)) == dict.fromkeys(range(5), 0o123)


@pytest.mark.parametrize(
    ("end", "arguments", "how"),
    [
        (os._exit, (3,), "with code 3"),
        (os.abort, (), "by signal 6"),
        (signal.raise_signal, (signal.SIGKILL,), "killed, perhaps because memory ran out"),
    ],
)
def test_a_process_that_ends_again_is_told_of(end: Callable[..., object], arguments: tuple[object, ...], how: str):
    with (
        pytest.raises(RenderError, match=f"ended unexpectedly: {how}, then {how}; "),
        Pool(2, []) as pool,
        pool.workload() as work,
    ):
        list(work.results(end, [arguments]))


def test_a_process_that_ends_while_it_prepares_is_replaced_once():
    with Pool(2, []) as pool:
        with pool.workload() as work, pytest.raises(RenderError, match="with code 4, then with code 4"):
            work.prepare(os._exit, 4)
        with pool.workload() as work:  # nothing else comes to harm
            assert sorted(work.results(abs, [(-1,), (-2,)])) == [(0, 1), (1, 2)]


def test_a_server_is_started_ahead_unless_one_process_is_to_draw():
    with server_ahead(1) as none, server_ahead(2) as server:
        assert none is None
        assert server is not None
        with Pool(2, [], server) as pool, pool.workload() as work:
            assert work.prepare(os.getppid) == server.process.pid
        assert not is_running(server.process.pid)


def test_a_server_that_was_started_ahead_in_vain_is_gone():
    with pytest.raises(KeyboardInterrupt), server_ahead(2) as server:
        raise KeyboardInterrupt
    assert server is not None
    assert not is_running(server.process.pid)


@pytest.mark.parametrize(
    ("flags", "servers"), [("--jobs 2", 1), ("--jobs 1", 0), ("--help", 0), ("-o a.html -o b.HTML", 0)]
)
def test_a_server_is_started_before_flags_are_read_and_ends_if_one_is_wrong(
    monkeypatch: pytest.MonkeyPatch, flags: str, servers: int
):
    started: list[PythonProcess] = []

    def start(*given: Any) -> PythonProcess:
        started.append(start_server(*given))
        return started[-1]

    monkeypatch.setattr("gdviz.runtime.servers.start_server", start)
    with pytest.raises(SystemExit):
        app(["render", "himmelblau", "--random", "x", *flags.split()], prog_name="gdviz")
    assert [server.process.returncode for server in started] == [-signal.SIGKILL] * servers


def test_processes_end_with_the_last_task_while_other_work_goes_on():
    with Pool(2, []) as pool, pool.workload() as work:
        numbers = {number for _, number in work.results(os.getpid, [()] * 2, last=True)}
        wait_until(lambda: not any(map(is_running, numbers)))


def test_few_workloads_are_begun_at_a_time_and_the_next_when_one_has_ended():
    asks, begun = threading.Event(), threading.Event()

    def third() -> None:
        asks.set()
        with pool.workload():
            begun.set()

    with Pool(2, []) as pool, pool.workload() as first:
        with pool.workload() as second:
            second.prepare(abs, 1)
            thread = threading.Thread(target=third)
            thread.start()
            assert asks.wait(PATIENCE)
            list(first.results(abs, [(number,) for number in range(200)]))
            assert not begun.is_set()
        assert begun.wait(PATIENCE)
        thread.join()


def test_a_pool_that_was_left_has_no_process():
    with pytest.raises(KeyboardInterrupt), Pool(2, []) as pool, pool.workload() as work:
        numbers = {number for _, number in work.results(os.getpid, [()] * 2)}
        raise KeyboardInterrupt
    assert len(numbers) == 2
    wait_until(lambda: not any(map(is_running, numbers)))  # they end at once, but not in an instant


def test_no_shared_memory_is_needed(tmp_path: Path):
    command = 'mount -t tmpfs -o ro tmpfs /dev/shm && exec "$@"'
    if os.geteuid() != 0 or shell(tmp_path, "unshare", "-m", "sh", "-c", command, "sh", "true").returncode:
        pytest.skip("mounting needs root")
    gdviz = (sys.executable, "-m", "gdviz", "render", "x**2", "--size", "64x64", "--seconds", "2", "--jobs", "2", "-q")
    ended = shell(tmp_path, "unshare", "-m", "sh", "-c", command, "sh", *gdviz, "-o", "film.mp4")
    assert (ended.returncode, ended.stderr) == (0, "")
