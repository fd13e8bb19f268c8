"""Where each Python process that gdviz starts begins. It is run by its path, with the number of a socket.

Python puts no folder in front of its path here (`-P`): what it finds by itself is the standard library, what is
installed, and PYTHONPATH. What the starting process has beside that is added, but for the folders that it has only
because it works there or because its script lies there: nothing in those may pass for a module.
"""

import importlib
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection


def main() -> None:
    """Find modules as the starting process says, and call the function that it names with the socket."""
    for number in (signal.SIGINT, signal.SIGTERM):  # they were held while this process was started
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))
    connection = Connection(int(sys.argv[1]))
    package, offered, barred, module, function = connection.recv()
    sys.path[:] = merged(sys.path, offered, barred)
    _load_package(package)
    importlib.import_module("gdviz.runtime.library_defaults").use_library_defaults()
    getattr(importlib.import_module(module), function)(connection)


def merged(own: Sequence[str], offered: Sequence[str], barred: Sequence[str]) -> list[str]:
    """Return a path in the order of what is offered, without barred folders unless they are this process's own too."""
    unwanted = set(barred) - {os.path.realpath(folder) for folder in own}
    path = [folder for folder in offered if os.path.realpath(folder) not in unwanted]
    return path + [folder for folder in own if folder not in path]


def _load_package(folder: str) -> None:
    """Import gdviz from its folder; what that lies in need not be on the path."""
    spec = importlib.util.spec_from_file_location(
        "gdviz",
        f"{folder}/__init__.py",
        submodule_search_locations=[folder],
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["gdviz"] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    main()
