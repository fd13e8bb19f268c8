"""The script that every Python process started by gdviz runs first; its argument is the number of a socket.

Because of `-P`, Python's path here holds only the standard library, installed packages and PYTHONPATH. The starting
process sends its own path, which is added, except for its working folder and the folder of its script: a file there
must not be imported as a module by accident.
"""

import importlib
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection


def main() -> None:
    """Set the path that the starting process sent, and call the function that it named with the socket."""
    for number in (signal.SIGINT, signal.SIGTERM):  # they were blocked while this process was started
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))
    connection = Connection(int(sys.argv[1]))
    package, offered, barred, module, function = connection.recv()
    sys.path[:] = merged(sys.path, offered, barred)
    _load_package(package)
    importlib.import_module("gdviz.runtime.library_defaults").use_library_defaults()
    getattr(importlib.import_module(module), function)(connection)


def merged(own: Sequence[str], offered: Sequence[str], barred: Sequence[str]) -> list[str]:
    """Return the offered folders, without barred ones that are not in `own`, followed by the rest of `own`."""
    unwanted = set(barred) - {os.path.realpath(folder) for folder in own}
    path = [folder for folder in offered if os.path.realpath(folder) not in unwanted]
    return path + [folder for folder in own if folder not in path]


def _load_package(folder: str) -> None:
    """Import gdviz from its folder, whose parent need not be on the path."""
    spec = importlib.util.spec_from_file_location(
        "gdviz",
        f"{folder}/__init__.py",
        submodule_search_locations=[folder],
    )
    assert spec is not None  # a name that ends in .py always gets a spec
    assert spec.loader is not None  # and that spec a loader
    package = importlib.util.module_from_spec(spec)
    sys.modules["gdviz"] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    main()
