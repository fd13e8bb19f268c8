"""What Python does without being told is what the command line does without being told."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import gdviz
from gdviz.cli.commands import app
from gdviz.functions import function

START = {1: "0.7", 2: "0.7,0.4"}


def typed(*arguments: str) -> Any:
    result = CliRunner().invoke(app, [*arguments, "--json"], prog_name="gdviz")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    "target", ["parabola", "himmelblau", "rosenbrock", "goldstein-price", "saddle", "x^2 + 3*y^2", "cos(x) + y^4"]
)
def test_a_descent_ends_where_the_command_lines_ends(target: str):
    begins = START[function(target).dimension]
    (told,) = typed("descend", target, f"--start={begins}")["ends"]
    for objective in (target, function(target)):
        descent = gdviz.descend(objective, [[float(number) for number in begins.split(",")]])
        assert descent.ends.tolist() == [told["end"]]
        assert descent.iterations.tolist() == [told["iterations"]]
        assert [gdviz.Status(status).name.lower() for status in descent.status] == [told["status"]]


def test_whatever_is_named_counts_in_place_of_a_default():
    plain = gdviz.descend("sphere", [[1, 1]])
    slower = gdviz.descend("sphere", [[1, 1]], learning_rate=0.01)
    rougher = gdviz.descend("sphere", [[1, 1]], tolerance=0.1)
    assert slower.iterations[0] > plain.iterations[0] > rougher.iterations[0]
    assert gdviz.descend("sphere", [[1, 1]], max_iterations=3).steps == 3


def test_a_point_may_be_kept_in_another_domain_or_in_none():
    kept = gdviz.descend("saddle", [[1, 0.1]])
    nearer = gdviz.descend("saddle", [[1, 0.1]], domain=(-2, 2, -1, 1))
    free = gdviz.descend("saddle", [[1, 0.1]], domain=(-math.inf, math.inf) * 2, max_iterations=150)
    assert kept.status.tolist() == nearer.status.tolist() == [gdviz.Status.LEFT]
    assert nearer.iterations[0] < kept.iterations[0]
    assert free.status.tolist() == [gdviz.Status.RUNNING]
    assert abs(free.ends[0, 1]) > 5


@pytest.mark.parametrize("domain", [(-1, 1), (1, -1, 1, -1), (0, math.nan, 0, 1), (1, 2, 3)])
def test_a_domain_that_is_none_is_refused(domain: tuple[float, ...]):
    with pytest.raises(gdviz.InputError, match="xmin, xmax, ymin, ymax"):
        gdviz.descend("sphere", [[1, 1]], domain=domain)


def test_a_name_that_is_none_is_refused():
    with pytest.raises(gdviz.InputError, match="did you mean 'himmelblau'"):
        gdviz.descend("himelblau", np.zeros((1, 2)))


def test_a_still_shows_the_moment_that_the_command_lines_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    told = typed("still", "x^2", "--size", "64x64", "--fps", "5", "-o", "told.png")
    animation = gdviz.Animation(function="x^2", size=(64, 64), fps=5)
    assert told["frame"] == animation.frames - 1
    assert gdviz.still(animation, "drawn.png").path.read_bytes() == Path("told.png").read_bytes()
    assert gdviz.still(animation, "other.png", 0).path.read_bytes() != Path("told.png").read_bytes()


def test_an_optimizer_may_be_named_and_its_rate_is_tuned():
    by_name, given = (
        gdviz.descend("himmelblau", [[0.0, 0.0]], learning_rate=0.1, optimizer=rule)
        for rule in ("adam", gdviz.optimizer("adam"))
    )
    assert by_name.ends.tolist() == given.ends.tolist()
    assert by_name.ends[0] == pytest.approx([3, 2], abs=1e-3)
    tuned, same = (
        gdviz.descend("himmelblau", [[0.0, 0.0]], learning_rate=rate, optimizer="adam") for rate in (None, 1.58489)
    )
    assert tuned.points.tolist() == same.points.tolist()
    with pytest.raises(gdviz.InputError, match="the starts of himmelblau must have the shape"):
        gdviz.descend("himmelblau", [[0.0]], optimizer="adam")
    with pytest.raises(gdviz.InputError, match="there is no optimizer"):
        gdviz.descend("himmelblau", [[0.0, 0.0]], optimizer="adem", learning_rate=0.1)
