"""A dask cluster draws: the same film, from files that were sent, by the same tools alone; and what is wrong is said.

`.ci/cluster.py` tries what takes minutes: workers and schedulers that die in the middle of a film.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import gdviz
from gdviz.cli.commands import app
from gdviz.errors import InputError, RenderError
from gdviz.runtime.cluster import dask_executor, what_dask_lost

CURVE = gdviz.Animation(function="x^2", size=(64, 64), fps=5).lasting(1)
needs_dask = pytest.mark.skipif(
    not os.environ.get("CI") and find_spec("distributed") is None,
    reason="dask.distributed is not installed; pip install 'gdviz[dask]'",
)


@needs_dask
def test_a_cluster_draws_the_same_film_from_a_file_that_was_sent_to_it(tmp_path: Path):
    x, y = np.meshgrid(np.linspace(-1, 1, 12), np.linspace(-1, 1, 12))
    path = tmp_path / "bowl.npz"
    np.savez(path, f=x**2 + y**2, x=x[0], y=y[:, 0])
    animation = gdviz.Animation(landscape=str(path), starts={"grid": 2}, size=(64, 64), fps=4).lasting(1)
    gdviz.render(animation, [tmp_path / "here.mp4"], jobs=1)
    told = []

    def remove(progress: gdviz.Progress) -> None:
        told.append(progress.frames_done)
        path.unlink(missing_ok=True)  # the first time after it was sent, and before anything is drawn

    with dask_executor("local:1") as executor:
        gdviz.render(animation, [tmp_path / "there.mp4"], executor=executor, progress=remove)
    with pytest.raises(RenderError, match="the cluster's scheduler is gone"):  # for the next film of a batch
        gdviz.render(CURVE, [tmp_path / "next.mp4"], executor=executor)
    assert told == [0, 4]
    assert (tmp_path / "there.mp4").read_bytes() == (tmp_path / "here.mp4").read_bytes()


class Elsewhere(Executor):
    """An executor whose machine has other tools, from the task with a number on."""

    def __init__(self, first: int, **tools: str) -> None:
        self._first, self._tools, self._number = first, tools, 0

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        made = work(*given, **named)
        other = self._tools if self._number >= self._first else {}
        self._number += 1
        future.set_result(replace(made, tools={**made.tools, **other}))
        return future


def test_parts_by_other_tools_are_refused(tmp_path: Path):
    told = f"drawn with numpy 1.0, and others with numpy {np.__version__}: they do not join"
    with pytest.raises(RenderError, match=told):
        gdviz.render(CURVE, [tmp_path / "a.mp4"], executor=Elsewhere(0, numpy="1.0"))
    surface = gdviz.Animation(function="sphere", starts={"grid": 2}, size=(64, 64), fps=48).lasting(1)
    with pytest.raises(RenderError, match=r"OpenGL .*, and others with OpenGL .*: they do not join") as caught:
        gdviz.render(surface, [tmp_path / "a.mp4"], executor=Elsewhere(2, OpenGL="9.9"))
    assert "OpenGL 9.9" in str(caught.value)
    (note,) = caught.value.__notes__
    assert note.endswith("of 48 frames are kept, and the same command goes on from there")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["render", "sphere", "--dask", "local:0"],
            "--dask local:N takes a number of processes from 1 to 1024, not '0'",
        ),
        (["render", "sphere", "--dask", ""], "--dask takes a scheduler's address or local:N, not ''"),
        (["render", "sphere", "--dask", "local:2", "--jobs", "2"], "it cannot be combined with --dask"),
        (["batch", "sphere", "-d", ".", "--check", "--dask", "local:2"], "it cannot be combined with --dask"),
    ],
)
def test_what_is_no_cluster_is_told(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(app, arguments)
    assert (ended.exit_code, ended.stderr.count("\n")) == (2, 1)
    assert sentence in ended.stderr
    assert not list(tmp_path.iterdir())


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'gdviz\[dask\]'"), dask_executor("local:1"):
        pass


@needs_dask
def test_what_dask_loses_is_told():
    import distributed

    nowhere = dask_executor("tcp://127.0.0.1:9", patience=0.2)
    with pytest.raises(RenderError, match=r"no dask scheduler answers at tcp://127\.0\.0\.1:9"), nowhere:
        pass
    last: Any = SimpleNamespace(address="tcp://node7:1")
    killed = distributed.KilledWorker("a task", last, 3)
    assert "4 workers died while they drew the same segment, the last of them at tcp://node7:1" in str(
        what_dask_lost(killed)
    )
    assert "a worker has no gdviz" in str(what_dask_lost(ModuleNotFoundError("?", name="gdviz.segments")))
    assert what_dask_lost(ValueError("another")) is None
