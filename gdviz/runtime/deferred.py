"""Stand-ins for modules that take long to import: each imports its module when something in it is used.

While a package is imported it may take names from such a module, subscript them, name them in types, and ask whether
something is an instance of them. None of that needs the module; all else imports it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType
from typing import Any, Union


@contextmanager
def deferred_modules(names: Iterable[str]) -> Iterator[None]:
    """Let imports in the block find stand-ins for modules that are not imported yet, and the modules afterwards."""
    waiting = [_Module(name) for name in names if name not in sys.modules]
    finder = _Finder()
    sys.modules.update({module.__name__: module for module in waiting})
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for module in waiting:
            module.step_aside()


class _Module(ModuleType):
    """Stands for a module or a package."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []  # it may be a package
        self.is_waiting = True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # importing asks for some
            raise AttributeError(name)
        inner = sys.modules.get(f"{self.__name__}.{name}") if self.is_waiting else None
        return inner or self.taken(lambda: self._found(name))

    def taken(self, find: Callable[[], Any]) -> Any:
        """Return what `find` finds in the module, or a stand-in while the module waits."""
        return _Thing(self, find) if self.is_waiting else find()

    def step_aside(self) -> None:
        """Let the module itself be imported from now on."""
        self.is_waiting = False
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]

    def real(self) -> ModuleType:
        """Return the module; it is imported if that is not done yet."""
        package = sys.modules.get(self.__name__.rpartition(".")[0])
        if isinstance(package, _Module):
            package.real()
        self.step_aside()
        return importlib.import_module(self.__name__)

    @property
    def is_imported(self) -> bool:
        """Whether the module itself has been imported."""
        return sys.modules.get(self.__name__, self) is not self

    def _found(self, name: str) -> Any:
        module = self.real()
        try:
            return getattr(module, name)
        except AttributeError:
            if name.startswith("_"):
                raise
        return importlib.import_module(f"{self.__name__}.{name}")


class _Thing:
    """Stands for what is in a module."""

    def __init__(self, module: _Module, find: Callable[[], Any]) -> None:
        self._module = module
        self._find = find

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # decorators ask for some
            raise AttributeError(name)
        return self._module.taken(lambda: getattr(self._find(), name))

    def __getitem__(self, key: Any) -> Any:
        return self._module.taken(lambda: self._find()[key])

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self._find()(*given, **named)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._find())

    def __len__(self) -> int:
        return len(self._find())

    def __contains__(self, thing: Any) -> bool:
        return thing in self._find()

    def __instancecheck__(self, thing: Any) -> bool:
        return self._module.is_imported and isinstance(thing, self._find())  # or there is none yet

    def __subclasscheck__(self, kind: type) -> bool:
        return self._module.is_imported and issubclass(kind, self._find())

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (self._find(),)

    def __eq__(self, other: object) -> bool:
        return self is other or (not self._module.is_waiting and bool(self._find() == other))

    def __hash__(self) -> int:
        return id(self)

    def __or__(self, other: Any) -> Any:
        return Union[self, other] if self._module.is_waiting else self._find() | other  # noqa: UP007  # as for types

    def __ror__(self, other: Any) -> Any:
        return Union[other, self] if self._module.is_waiting else other | self._find()  # noqa: UP007  # likewise


class _Finder(MetaPathFinder):
    """Finds modules of a package that waits, which is imported for them."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:  # noqa: ARG002  # importing gives them
        package = sys.modules.get(name.rpartition(".")[0])
        if not isinstance(package, _Module):
            return None
        package.real()  # which may import the module, too: it must not be imported twice
        return spec_from_loader(name, _Loader(importlib.import_module(name)))


class _Loader(Loader):
    """Loads a module that is imported already."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # noqa: ARG002  # importing gives it
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec
