"""Compares the pictures that trees draw: their bytes, and how similar they are to what 16 samples a pixel show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from figures import HERE, REFERENCE, Effort
from measure import measure
from sample import rounded
from similarity import Picture, similarity
from trees import Tree

USUAL, MANY = 2, 4  # samples a pixel in each direction

Pictures = Mapping[str, Picture]


def drawn(tree: Tree, effort: Effort, folder: Path, samples: int) -> Pictures:
    """Return the pictures that a tree draws, each (height, width, 3), by name."""
    folder.mkdir()
    presets = [tree.folder / "presets" / f"{name}.toml" for name in effort.pictures]
    paths = [REFERENCE, *(str(path) for path in presets if path.exists())]
    script = (str(HERE / "in_tree.py"), "pictures", str(folder), str(samples), effort.changes)
    measure(tree.python(*script, *paths), tree.environment, folder)
    return {path.stem: np.load(path) for path in sorted(folder.glob("*.npy"))}


def compared(trees: Sequence[Tree], effort: Effort, folder: Path) -> Iterator[str]:
    """Yield the lines of a table: how similar each tree's pictures are to the first one's with 16 samples a pixel."""
    usual = [drawn(tree, effort, folder / f"usual-{number}", USUAL) for number, tree in enumerate(trees)]
    many = [drawn(tree, effort, folder / f"many-{number}", MANY) for number, tree in enumerate(trees)]
    beside = len(trees) > 1
    titles = [f"{tree.name}, to its own" for tree in trees]
    if beside:
        titles += [f"{trees[1].name}, to the {trees[0].name}'s", "bytes"]
    yield f"| picture, similarity to 16 samples a pixel | {' | '.join(titles)} |"
    yield "| --- |" + " --- |" * len(titles)
    names = [name for name in usual[-1] if all(name in each for each in usual)]
    same = 0
    lowest = [1.0] * len(trees)
    for name in names:
        own = [similarity(each[name], finer[name]) for each, finer in zip(usual, many, strict=True)]
        lowest = [min(pair) for pair in zip(lowest, own, strict=True)]
        cells = [f"{value:.4f}" for value in own]
        if beside:
            cells += [f"{similarity(usual[1][name], many[0][name]):.4f}", _difference(usual[0][name], usual[1][name])]
            same += np.array_equal(usual[0][name], usual[1][name])
        yield f"| {name} | {' | '.join(cells)} |"
    yield f"| lowest | {' | '.join([f'{value:.4f}' for value in lowest] + [''] * (2 * beside))} |"
    if beside:
        yield f"\n{same} of {len(names)} pictures are the same bytes in both trees."


def _difference(one: Picture, other: Picture) -> str:
    if one.shape != other.shape:
        return "of another size"
    apart = np.abs(one.astype(int) - other)
    if not apart.any():
        return "the same"
    return f"up to {apart.max()} levels apart, {rounded(100 * float(apart.any(axis=2).mean()), 2)} % of the pixels"
