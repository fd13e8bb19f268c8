"""A resolved animation where its files are: each machine has them in another place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from gdviz.description.resolved import PATH_DIGESTS, Resolved


def files_of(resolved: Resolved) -> tuple[str, ...]:
    """Return the absolute paths of the files that an animation is read from."""
    landscape = [] if resolved.landscape is None else [resolved.landscape.landscape]
    paths = [source for source in resolved.path_digests if Path(source).is_absolute()]
    return tuple(dict.fromkeys([*landscape, *paths]))


def relocated(description: str, places: Mapping[str, str]) -> str:
    """Return an animation given as JSON where its files are in other places: path here -> path there."""
    settings = json.loads(description)
    if "landscape" in settings:
        settings["landscape"] = places.get(settings["landscape"], settings["landscape"])
    for run in settings["runs"]:
        if "path" in run:
            run["path"] = places.get(run["path"], run["path"])
    settings[PATH_DIGESTS] = {places.get(path, path): digest for path, digest in settings[PATH_DIGESTS].items()}
    return json.dumps(settings)
