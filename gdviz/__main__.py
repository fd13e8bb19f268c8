"""`python -m gdviz`, and the entry point of the command: sets up streams and signals, and reports their errors."""

import atexit
import gc
import os
import sys


def main() -> None:
    """Run the command line, and end with its exit code."""
    end = _End()
    atexit.register(end.leave)  # before anything else registers: it comes last
    _forget_working_folder()  # early, since any import could find a file there
    _open_closed_streams()
    gc.set_threshold(500_000)  # more than is imported, which is no garbage: to look for some takes 0.05 s each time
    from gdviz.errors import with_notes
    from gdviz.progress import write_line
    from gdviz.runtime.library_defaults import use_library_defaults
    from gdviz.runtime.signals import Interrupted, raise_on_signals

    raise_on_signals()
    use_library_defaults()
    code: object = 0
    try:
        from gdviz.cli.commands import app

        app(prog_name="gdviz")
    except Interrupted as error:
        write_line(sys.stderr, f"gdviz: {with_notes(str(error), error)}")
        code = error.code
    except SystemExit as told:
        code = told.code
    try:
        sys.stdout.flush()
    except OSError as error:
        write_line(sys.stderr, f"gdviz: the output could not be written completely: {error.strerror}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python would flush again at its end, and print an error
        code = code or 1
    end.code = code
    sys.exit(code)  # type: ignore[arg-type]  # the code of any SystemExit is passed on


class _End:
    """The end of the process, once its exit code is known."""

    code: object = ""

    def leave(self) -> None:
        """End at once: Python and VTK would put away each thing that they hold, which takes 0.1 s."""
        from contextlib import suppress  # not earlier: the working folder could have a file of that name

        if self.code is None or isinstance(self.code, int):
            for stream in filter(None, (sys.stdout, sys.stderr)):
                with suppress(OSError, ValueError):  # it is closed, or what it leads to is
                    stream.flush()
            os._exit(self.code or 0)


def _forget_working_folder() -> None:
    """Remove the working folder and the folder of the command's script from Python's path.

    Python puts one of them at the front of its path, and reads an empty entry of PYTHONPATH as the working folder.
    """
    script = sys.argv[0]
    folders = (os.path.dirname(each) for each in (script, _real(script)))  # noqa: PTH120  # too early to import pathlib
    if not sys.flags.safe_path and _real(sys.path[0]) in {_real(folder) for folder in ("", *folders)}:
        del sys.path[0]
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if len(named) > 1 and "" in named and _real("") not in {_real(folder) for folder in named if folder}:
        sys.path[:] = [folder for folder in sys.path if _real(folder) != _real("")]


def _real(path: str) -> str:
    try:
        return os.path.realpath(path)
    except OSError:  # the working folder is gone
        return path


def _open_closed_streams() -> None:
    """Open /dev/null for closed standard streams; otherwise the next file that is opened would get their number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # gets the lowest free number, which is this one
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w", closefd=False))
        else:
            if name != "stdin":
                getattr(sys, name).reconfigure(errors="replace")  # print ? for characters that the terminal lacks


if __name__ == "__main__":
    main()
