"""Stand-ins for modules, which are imported when something in them is used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdviz.runtime.deferred import deferred_modules

TABLE = "class Table(dict):\n    size = 3\n\nROWS = Table(a=1)\ndef first():\n    return 1\n"


@pytest.fixture
def _packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Offer a package, which imports a module of its own, and a module beside it."""
    (tmp_path / "slow_package").mkdir()
    (tmp_path / "slow_package" / "__init__.py").write_text("from slow_package import inner\n")
    (tmp_path / "slow_package" / "inner.py").write_text("class Kind: pass\n")
    (tmp_path / "slow_table.py").write_text(TABLE)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield
    for name in ("slow_package.inner", "slow_package", "slow_table"):
        sys.modules.pop(name, None)


def is_there(name: str) -> bool:
    return hasattr(sys.modules.get(name), "__file__")


@pytest.mark.usefixtures("_packages")
def test_taking_names_imports_nothing_and_using_them_does():
    with deferred_modules(["slow_table"]):
        from slow_table import ROWS, Table, first  # type: ignore[import-not-found]  # the test writes it

        _ = int | Table, ROWS["a"], Table.size
        assert not isinstance({}, (int, Table))
    assert not is_there("slow_table")
    assert first() == 1
    assert is_there("slow_table")
    assert isinstance(Table(), Table)
    assert not isinstance({}, Table)
    assert (ROWS["a"], list(ROWS), len(ROWS), "a" in ROWS, Table.size) == (1, ["a"], 1, True, 3)
    assert ROWS == {"a": 1}
    assert ROWS | {"b": 2} == {"a": 1, "b": 2}
    assert {"b": 2} | ROWS == {"a": 1, "b": 2}

    class Own(Table):  # type: ignore[misc]  # its class is not known to mypy
        """A kind of what is deferred."""

    import slow_table

    assert Own.__mro__[1] is slow_table.Table


@pytest.mark.usefixtures("_packages")
def test_a_subclass_imports_at_once():
    with deferred_modules(["slow_table"]):
        from slow_table import Table

        class Own(Table):  # type: ignore[misc]  # its class is not known to mypy
            """A kind of what is deferred."""

    assert is_there("slow_table")
    assert issubclass(Own, dict)


@pytest.mark.usefixtures("_packages")
def test_a_module_of_a_deferred_package_is_imported_once_and_with_it():
    with deferred_modules(["slow_package"]):
        import slow_package  # type: ignore[import-not-found]  # the test writes it

        assert not is_there("slow_package")
        import slow_package.inner  # type: ignore[import-not-found]  # the test writes it

    package = sys.modules["slow_package"]
    assert package.inner is sys.modules["slow_package.inner"]
    assert slow_package.inner.Kind is package.inner.Kind


@pytest.mark.usefixtures("_packages")
def test_what_is_missing_is_missing():
    with deferred_modules(["slow_table", "slow_nowhere"]):
        import slow_nowhere  # type: ignore[import-not-found]  # the test writes it
        import slow_table

        taken = slow_table.nowhere
    with pytest.raises(ModuleNotFoundError, match="slow_nowhere"):
        _ = slow_nowhere.thing
    with pytest.raises(ImportError):
        taken()
