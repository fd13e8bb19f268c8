"""Starts the servers that pools fork their processes from, also ahead of the pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from gdviz.errors import RenderError
from gdviz.runtime.launch import PythonProcess, start_python
from gdviz.runtime.resources import usable_cores

EVERY_FILM = "gdviz.segments"  # the module that draws any film


def start_server(modules: Sequence[str] = ()) -> PythonProcess:
    """Start a server for a pool, which begins to import modules."""
    server = start_python("gdviz.runtime.server:serve")
    with suppress(OSError):  # it has ended: the pool will notice
        server.connection.send(("import", tuple(modules)))
    return server


@contextmanager
def server_ahead(jobs: int | None) -> Iterator[PythonProcess | None]:
    """Yield a server that has begun to import what drawing any film needs; None if only one process is to draw.

    At the end of the block it is killed if it still runs.
    """
    server = None
    if (jobs or usable_cores()) > 1:
        with suppress(RenderError):  # a pool will start one, and fail in its own time
            server = start_server([EVERY_FILM])
    try:
        yield server
    finally:
        if server is not None:
            server.kill()
