"""Starts the servers that pools fork their processes from, also ahead of the pool."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from gdviz.errors import RenderError
from gdviz.runtime.launch import PythonProcess, start_python
from gdviz.runtime.resources import usable_cores

EVERY_FILM = "gdviz.segments"  # the module that draws any film


def start_server() -> PythonProcess:
    """Start a server for a pool."""
    return start_python("gdviz.runtime.server:serve")


@contextmanager
def server_ahead(jobs: int | None) -> Iterator[PythonProcess | None]:
    """Yield a server that has begun to import what drawing any film needs; None if only one process is to draw.

    At the end of the block it is killed if it still runs.
    """
    server = None
    if (jobs or usable_cores()) > 1:
        with suppress(RenderError):  # a pool will start one, and fail in its own time
            server = start_server()
    if server is None:
        yield None
        return
    try:
        with suppress(ConnectionError):
            server.connection.send(("import", (EVERY_FILM,)))
        yield server
    finally:
        server.kill()
