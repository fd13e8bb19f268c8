"""`python -m gdviz`, and where the command begins: streams, signals, and what is said at the very end."""

import os
import sys


def main() -> None:
    """Run the command line, and end with its exit code."""
    _forget_working_folder()  # first, since whatever is imported could be found there
    _open_closed_streams()
    from gdviz.cli.progress import write_line
    from gdviz.errors import with_notes
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
    except SystemExit as end:
        code = end.code
    try:
        sys.stdout.flush()
    except OSError as error:
        write_line(sys.stderr, f"gdviz: not all that was printed has arrived: {error.strerror}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python would try once more, and complain
        code = code or 1
    sys.exit(code)  # type: ignore[arg-type]


def _forget_working_folder() -> None:
    """Import nothing from the working folder, nor from the one that the command's script is in.

    Python puts one of them in front of its path, and takes an empty entry of PYTHONPATH for the working folder.
    """
    script = sys.argv[0]
    folders = (os.path.dirname(each) for each in (script, _real(script)))  # noqa: PTH120  # pathlib is not imported yet
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
    """Put nothing in the place of a closed stream, or the next file that is opened would be taken for it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number that is free: this one
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w", closefd=False))
        else:
            if name != "stdin":
                getattr(sys, name).reconfigure(errors="replace")  # a terminal that lacks a letter is no failure


if __name__ == "__main__":
    main()
