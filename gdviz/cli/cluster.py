"""What `--dask` asks for: a cluster that draws in place of processes of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gdviz.errors import InputError

if TYPE_CHECKING:
    from gdviz.runtime.cluster import DaskExecutor


@contextmanager
def executor_for(dask: str | None, jobs: int | None) -> Iterator[DaskExecutor | None]:
    """Yield the executor of the cluster that is asked for; None if there is none.

    Raises
    ------
    InputError, RenderError
        If it cannot be had, or `--jobs` is given as well.

    """
    if dask is None:
        yield None
        return
    if jobs is not None:
        raise InputError("--jobs is for processes of this machine, so it cannot be combined with --dask")
    from gdviz.runtime.cluster import dask_executor

    with dask_executor(dask) as executor:
        yield executor
