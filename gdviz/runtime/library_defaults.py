"""Keeps the user's settings for matplotlib and PyVista away from gdviz's processes, and intact in the user's own.

PyVista imports `matplotlib.pyplot`, which reads the environment and the first `matplotlibrc` that it finds, in the
working folder or the user's configuration. A broken file or backend would fail a render that needs neither.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "1")


def use_library_defaults() -> None:
    """Let matplotlib and PyVista, when they are imported, use their own defaults and print no warnings to stderr.

    NumPy's algebra uses one thread: gdviz runs one process a core, and a process with threads cannot be forked safely.
    """
    os.environ.update(_ONE_THREAD)
    os.environ["MPLBACKEND"] = "agg"
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
    """Import PyVista's plotter in the block; in gdviz's own processes without those parts of matplotlib for charts.

    They would take a quarter of a second of each process, and gdviz draws no charts with PyVista.
    """
    with importing_matplotlib():
        own = any(isinstance(finder, _Finder) for finder in sys.meta_path)
        put = [_Later(name, *names) for name, *names in _FOR_CHARTS if own and name not in sys.modules]
        sys.modules.update({module.__name__: module for module in put})
        try:
            yield
        finally:
            for module in put:
                module.step_aside()


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


# Modules that PyVista imports for charts alone, each with what it takes from the module at once.
_FOR_CHARTS = (("matplotlib.pyplot",), ("matplotlib.backends.backend_agg", "FigureCanvasAgg"))


class _Later(ModuleType):
    """Stands for a module, which is imported if something in it is used; `classes` in it, if they are called."""

    def __init__(self, name: str, *classes: str) -> None:
        super().__init__(name)
        self._classes = classes

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # importing asks for some
            raise AttributeError(name)
        if name in self._classes:
            return partial(self._call, name)
        return getattr(self._real(), name)

    def _call(self, name: str, *given: Any, **more: Any) -> Any:
        return getattr(self._real(), name)(*given, **more)

    def step_aside(self) -> None:
        """Let the module itself be imported from now on."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]

    def _real(self) -> ModuleType:
        self.step_aside()
        return importlib.import_module(self.__name__)


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
