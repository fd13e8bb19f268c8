"""Keeps the user's settings for matplotlib and PyVista away from gdviz's processes, and intact in the user's own.

PyVista imports `matplotlib.pyplot`, which reads the environment and the first `matplotlibrc` that it finds, in the
working folder or the user's configuration. A broken file or backend would fail a render that needs neither.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from gdviz.runtime.deferred import deferred_modules

_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "1")


def use_library_defaults() -> None:
    """Let matplotlib, PyVista and pydantic, when they are imported, use their own defaults and warn of nothing.

    NumPy's algebra uses one thread: gdviz runs one process a core, and a process with threads cannot be forked safely.
    """
    os.environ.update(_ONE_THREAD)
    os.environ["MPLBACKEND"] = "agg"
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # looking for some takes longer than it takes to make a model
    os.environ.pop("PYVISTA_PLOT_THEME", None)
    logging.getLogger("matplotlib").addHandler(logging.NullHandler())  # without a handler, warnings go to stderr
    sys.meta_path.insert(0, _Finder())


@contextmanager
def importing_matplotlib() -> Iterator[None]:
    """Import from matplotlib in the block without its log on stderr; the process may be the user's.

    MPLBACKEND is used if that backend is installed, and ignored if not: a notebook sets it for all its processes, and
    matplotlib would refuse to be imported.
    """
    with log_kept_off_stderr("matplotlib"):
        if "matplotlib" not in sys.modules:
            backend = os.environ.pop("MPLBACKEND", None)
            try:
                import matplotlib as mpl
            finally:
                if backend is not None:
                    os.environ["MPLBACKEND"] = backend
            if backend:
                with suppress(ValueError):  # it is not installed
                    mpl.rcParams["backend"] = backend
        yield


@contextmanager
def importing_pyvista() -> Iterator[None]:
    """Import PyVista in the block; in gdviz's own processes without what gdviz does not use of it.

    That would take a quarter of a second of each process. It is there all the same if it is asked for.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        with importing_matplotlib():
            yield
        return
    with log_kept_off_stderr("matplotlib"), deferred_modules(_UNUSED), _without(_FOR_TYPES):
        yield


@contextmanager
def log_kept_off_stderr(package: str) -> Iterator[None]:
    """Keep a package's log off stderr, such as matplotlib's warning that its cache folder is not writable.

    A program that has configured logging still receives it.
    """
    logger, handler = logging.getLogger(package), logging.NullHandler()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


# Modules that PyVista imports for colormaps, charts, files, solids, axes and the mouse. One that a version of PyVista
# does not have is never asked for.
_UNUSED = (
    "matplotlib",
    "matplotlib.colors",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "pooch",
    "pyvista.core.utilities.geometric_sources",
    "pyvista.core.utilities.image_sources",
    "pyvista.core.utilities.reader",
    "pyvista.plotting.axes",
    "pyvista.plotting.axes_actor",
    "pyvista.plotting.axes_assembly",
    "pyvista.plotting.charts",
    "pyvista.plotting.render_window_interactor",
    "xml.etree.ElementTree",
)
# What PyVista imports for its own types where it is installed.
_FOR_TYPES = "mypy"


@contextmanager
def _without(package: str) -> Iterator[None]:
    """Let imports in the block find that a package is not installed, unless it is imported already."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # what importing takes for that
    try:
        yield
    finally:
        del sys.modules[package]


class _Finder(MetaPathFinder):
    """Finds matplotlib with the other finders, and loads it in the folder of its own `matplotlibrc`."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != "matplotlib":
            return None
        others = (finder.find_spec(name, path, target) for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, others), None)
        if spec is not None and spec.loader is not None and spec.submodule_search_locations:
            spec.loader = _Loader(spec.loader, f"{spec.submodule_search_locations[0]}/mpl-data")
        return spec


class _Loader(Loader):
    """Loads a module with a given folder as the working folder."""

    def __init__(self, loader: Loader, folder: str) -> None:
        self._loader, self._folder = loader, folder

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        with _working_in(self._folder):
            self._loader.exec_module(module)


@contextmanager
def _working_in(folder: str) -> Iterator[None]:
    """Change the working folder for the block, unless there would be no way back to the current one."""
    here = None
    with suppress(OSError):
        here = os.open(os.curdir, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        os.chdir(folder)
    try:
        yield
    finally:
        if here is not None:
            os.fchdir(here)
            os.close(here)
