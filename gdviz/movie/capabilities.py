"""Which ffmpeg was found, and what it can do."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from gdviz.errors import EncodeError
from gdviz.movie.encoder import executable
from gdviz.movie.formats import FORMATS, PARTS
from gdviz.movie.transparent import TRANSPARENT

PATIENCE = 20.0  # seconds to wait for an answer of ffmpeg's


@dataclass(frozen=True)
class Ability:
    """What an ffmpeg reports about itself.

    Attributes
    ----------
    path
        The path of the program.
    version
        Its version, such as "7.0.2-static".
    encoders
        The names of its video encoders.

    """

    path: str
    version: str
    encoders: frozenset[str]


def ability() -> Ability:
    """Return what the ffmpeg that gdviz uses can do.

    Raises
    ------
    EncodeError
        If none is found, or what is found cannot be run or is not an ffmpeg.

    """
    path = executable()
    version = version_of(path)
    encoders = re.findall(r"^ V[.\w]{5} (\w\S*)", _ask(path, "-encoders"), flags=re.MULTILINE)
    return Ability(path, version, frozenset(encoders))


def version_of(path: str) -> str:
    """Return the version of the ffmpeg at a path.

    Raises
    ------
    EncodeError
        If what is there cannot be run or is not an ffmpeg.

    """
    version = re.match(r"ffmpeg version (\S+)", _ask(path, "-version"))
    if not version:
        raise EncodeError(f"{path} is not an ffmpeg")
    return version[1]


def needed_encoders() -> Mapping[str, list[str]]:
    """Return the encoders that gdviz uses, each with the suffixes of the formats that need it."""
    needed: dict[str, list[str]] = {}
    for suffix, style in [*FORMATS.items(), *TRANSPARENT.items()]:
        encoding = [word for part in style.parts for word in PARTS[part].encode]
        for flag, name in pairwise([*encoding, *style.encode]):
            if flag == "-c:v" and suffix not in needed.get(name, []):
                needed.setdefault(name, []).append(suffix)
    return needed


def _ask(path: str, question: str) -> str:
    try:
        answer = subprocess.run(
            [path, "-hide_banner", question],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except OSError as error:
        raise EncodeError(f"ffmpeg cannot be started ({error.strerror}: {path})") from error
    except subprocess.TimeoutExpired as error:
        raise EncodeError(f"ffmpeg did not answer for {PATIENCE:g} seconds ({path})") from error
    if answer.returncode != 0:
        how = f"with code {answer.returncode}" if answer.returncode > 0 else f"by signal {-answer.returncode}"
        raise EncodeError(f"ffmpeg ended {how} when asked for its {question.lstrip('-')} ({path})")
    return answer.stdout
