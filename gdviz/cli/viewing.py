"""`view`: shows a film in a window, in which its camera is chosen."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from gdviz.cli.options import Json, Quiet, output_file
from gdviz.cli.result import Result
from gdviz.cli.target import described_command, file_of, stem_of
from gdviz.errors import InputError, printable
from gdviz.progress import write_line

if TYPE_CHECKING:
    from gdviz.description.animation import Animation
    from gdviz.keyframes_file import KeyframesFile
    from gdviz.viewing import Viewed


@described_command(
    "view", "view himmelblau", "view satellite-view -o from-above.toml", without=("max_size", "web_bundle")
)
def view_command(
    target: str,
    animation: "Animation",
    *,
    output: Annotated[
        Path | None,
        output_file("The .toml file that S saves keyframes to. (the target's own, or one of its name here)"),
    ] = None,
    quiet: Quiet = False,  # noqa: ARG001  # read by `command`
    json_: Json = False,  # noqa: ARG001  # read by `command`
) -> Result:
    """Show a film in a window: turn it, play it, and set keyframes of its camera.

    Drag: turn the ground
    Wheel, right drag: zoom
    Space: play, and stop
    Left, Right: go by a frame, with Shift by ten
    Home, End: go to the first frame, to the last
    K: set a keyframe of the camera at this moment
    Delete: remove the keyframe at this moment
    Tab: go to the next keyframe, with Shift to the one before
    S: save the keyframes
    P: save the picture
    Q, Escape: close the window
    H: hide the help
    """
    from gdviz.description.resolve import resolve
    from gdviz.stage.display import require_display
    from gdviz.viewing import view

    resolved = resolve(animation)
    file = file_for(target, animation, output)
    require_display(os.environ)
    stem = Path(stem_of(target)) if isinstance(file, str) else file.path.with_suffix("")
    viewed = view(resolved, f"gdviz: {printable(target)}", file, stem, _print_unsaved)
    return Result(
        {
            "files": [str(path) for path in viewed.files],
            "unsaved": viewed.unsaved,
            "camera": [key.model_dump() for key in viewed.keyframes],
        },
        (*(printable(path) for path in viewed.files), *_unsaved(viewed)),
    )


def _unsaved(viewed: "Viewed") -> list[str]:
    """Return the lines of TOML that no file has."""
    from gdviz.description.camera_toml import keyframe_lines

    if not viewed.keyframes:
        return ["Not saved: there are no keyframes any more"] if viewed.unsaved else []
    return ["Not saved:", "", *keyframe_lines(viewed.keyframes)] if viewed.unsaved else []


def _print_unsaved(viewed: "Viewed") -> None:
    for line in _unsaved(viewed):
        write_line(sys.stdout, line)


def file_for(target: str, animation: "Animation", output: Path | None) -> "KeyframesFile | str":
    """Return the file that keyframes are saved to, or why there is none: only one that was named must be possible."""
    from gdviz.keyframes_file import keyframes_file

    source = file_of(target)
    if output is not None:
        return keyframes_file(output, animation, source)
    own = source if target.endswith(".toml") else None
    path = own or Path(f"{stem_of(target)}.toml")
    try:
        if own is None and path.exists():
            raise InputError(f"{printable(path)} is there already; name a file with --output")
        return keyframes_file(path, animation, source)
    except InputError as error:
        return f"cannot save: {error}"
