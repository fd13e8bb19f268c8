"""Runs in a description: what they may say, what they are called, and when a film of them is still right."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.limits import MAX_RUNS
from gdviz.description.resolve import resolve, resolved_from_json
from gdviz.description.resolved import Resolved
from gdviz.description.run_settings import RunSettings
from gdviz.errors import InputError

TOP = 'function = "sphere"\nstarts = { points = [[1, 2]] }\nmax_iterations = 50\n'


def resolved(text: str) -> Resolved:
    return resolve(Animation.from_data(tomllib.loads(TOP + text), "mine.toml"))


def labels(text: str) -> list[str]:
    return [run.label for run in resolved(text).runs]


def tables(*runs: str) -> str:
    return "".join(f"[[runs]]\n{run}\n" for run in runs)


ADAM, GD = 'optimizer = "adam"\nlearning_rate = 0.1', 'optimizer = "gd"\nlearning_rate = 0.1'


# What a run takes from the top


def settings_of(text: str) -> list[RunSettings]:
    """Return the settings of runs that descend."""
    return [run for run in resolved(text).runs if isinstance(run, RunSettings)]


def test_a_run_takes_from_the_top_what_its_optimizer_has_and_it_does_not_say_itself():
    plain, adam, newton = settings_of(
        'learning_rate = 0.1\nbeta1 = 0.5\nbeta2 = 0.6\nwarmup = 4\nschedule = "step"\n'
        + tables("", 'optimizer = "adam"\nbeta1 = 0.7', 'optimizer = "newton"')
    )
    assert (plain.optimizer.name, plain.learning_rate, plain.schedule.name, plain.schedule.warmup) == (
        "gd", 0.1, "step", 4,
    )  # fmt: skip
    assert adam.optimizer.hyperparameters == {"beta1": 0.7, "beta2": 0.6, "eps": 1e-8}
    assert (newton.learning_rate, newton.schedule.name, newton.schedule.warmup) == (None, "constant", 0)


def test_the_optimizer_at_the_top_is_that_of_runs_that_name_none():
    made = settings_of('optimizer = "nag"\n' + tables("learning_rate = 0.1", "learning_rate = 0.2"))
    assert [run.optimizer.name for run in made] == ["nesterov", "nesterov"]


def test_without_tables_the_top_is_the_one_run():
    (run,) = settings_of('optimizer = "adam"\nlearning_rate = 0.3\nnoise = 0.5\nnoise_seed = 7\nbeta1 = 0.8')
    assert (run.optimizer.hyperparameters["beta1"], run.learning_rate) == (0.8, 0.3)
    assert (run.noise.deviation, run.noise.seed) == (0.5, 7)
    assert len(resolved("runs = []").runs) == 1


def test_a_race_has_panels_and_a_legend_and_one_start_unless_told():
    race = resolve(Animation.from_data({"function": "sphere", "runs": [{"learning_rate": 0.1}, {"optimizer": "adam"}]}))
    assert (race.panels, race.legend, race.starts.count) == (("loss", "map"), True, 1)
    plain = resolve(
        Animation.from_data({"function": "sphere", "panels": [], "runs": race.runs and [{"warmup": 1}, {}]})
    )
    assert plain.panels == ()


# Labels


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ((ADAM, GD), ["Adam", "gradient descent"]),
        ((ADAM, 'optimizer = "newton"'), ["Adam", "Newton"]),
        (("learning_rate = 0.1", "learning_rate = 0.02"), ["learning rate 0.1", "learning rate 0.02"]),
        ((ADAM, f"{ADAM}\nbeta1 = 0.5"), ["beta1 0.9", "beta1 0.5"]),
        ((ADAM, f"{ADAM}\nbeta1 = 0.5", GD), ["Adam, beta1 0.9", "Adam, beta1 0.5", "gradient descent"]),
        ((GD, f'{GD}\nschedule = "cosine"'), ["constant", "cosine"]),
        (
            (f'{GD}\nschedule = "step"', f'{GD}\nschedule = {{ name = "step", every = 5 }}', GD),
            ["step", "step every 5", "constant"],
        ),
        ((GD, f"{GD}\nwarmup = 5"), ["warmup 0", "warmup 5"]),
        ((GD, f"{GD}\nnoise = 0.5"), ["noise 0", "noise 0.5"]),
        ((GD, f"{GD}\nnoise = 0.5", ADAM), ["gradient descent, noise 0", "gradient descent, noise 0.5", "Adam"]),
        ((GD, f'{ADAM}\nlabel = "Adam, eager"'), ["gradient descent", "Adam, eager"]),
        (("learning_rate = 0.1", "learning_rate = 0.10000001"), ["learning rate 0.1", "learning rate 0.10000001"]),
    ],
)  # fmt: skip
def test_a_run_is_called_what_tells_it_from_the_others(runs: tuple[str, ...], expected: list[str]):
    assert labels(tables(*runs)) == expected


def test_labels_are_in_the_films_language():
    words = '[labels]\n"gradient descent" = "Abstieg"\n"learning rate" = "Lernrate"\n'
    assert labels(tables(GD, ADAM) + words) == ["Abstieg", "Adam"]
    assert labels(tables("learning_rate = 0.1", "learning_rate = 0.2") + words) == ["Lernrate 0.1", "Lernrate 0.2"]


def test_a_word_that_is_empty_leaves_no_run_without_a_name():
    made = resolved('learning_rate = 0.1\n[labels]\n"gradient descent" = " "\n')
    assert made.runs[0].label == "Gradient descent"
    assert resolved_from_json(made.canonical_json) == made


def test_letters_of_labels_are_looked_for_in_fonts_where_they_are_drawn():
    text = tables(f'{GD}\nlabel = "下降"', ADAM)
    assert "下降" in resolved(text).texts
    assert "下降" not in resolved("legend = false\n" + text).texts
    assert "下降" in resolved('legend = false\npoint_color = "basin"\n' + text).texts  # above the loss


# What is wrong

SAME = "runs 1 and 2 are the same; leave one out"
WRONG = {
    'optimizer = "adm"': "optimizer: there is no optimizer 'adm'; did you mean adam?",
    tables('optimizer = "adm"'): "runs.0.optimizer: there is no optimizer 'adm'; did you mean adam?",
    "optimizer = 3": "optimizer: must be a text, not '3'",
    "beta1 = 0.5": "gd has no hyper-parameter 'beta1'; it has none",
    tables(f"{ADAM}\nmomentum = 0.5"): "adam has no hyper-parameter 'momentum'; it has beta1, beta2, eps",
    f"momentum = 0.5\n{tables(ADAM, GD)}": "none of adam, gd has a hyper-parameter 'momentum'",
    tables(f"{ADAM}\nbeta1 = 1.5"): "beta1 of adam must be at least 0 and less than 1, not 1.5",
    tables(f"{ADAM}\nbeta1 = nan"): "runs.0.beta1: must be a finite number",
    tables(f"{ADAM}\neps = true"): "runs.0.eps: must be a number, not 'true'",
    tables(f"{ADAM}\neps = [1]"): "runs.0.eps: must be a number",
    'optimizer = "momentum"\nmomentum = -1': "momentum of momentum must be at least 0 and less than 1, not -1",
    "learning_rate = true": "learning_rate: must be a number, not 'true'",
    "warmup = true": "warmup: must be a number, not 'true'",
    "warmup = -1": "warmup: must be greater than or equal to 0",
    "noise = inf": "noise: must be a finite number",
    "noise = -1": "noise: must be greater than or equal to 0",
    'optimizer = "bfgs"\nnoise = 1': "bfgs looks at f itself, and only the gradient has noise; leave out one",
    "noise = 1\n" + tables(ADAM, 'optimizer = "newton"'): "newton looks at f itself, and only the gradient",
    'optimizer = "newton"\nlearning_rate = 1': "newton finds the length of its steps itself; leave out learning",
    tables('optimizer = "bfgs"\nwarmup = 3'): "bfgs finds the length of its steps itself; leave out warmup",
    'schedule = "stp"': "schedule: there is no schedule 'stp'; did you mean step?",
    "schedule = 3": "schedule: must be the name of a schedule, or a table with its name and parameters, not '3'",
    'schedule = { name = "step", decay = 1 }': "schedule: the schedule step has no parameter 'decay'; it has",
    'schedule = { name = "step", every = 2.5 }': "schedule.every: must be a whole number, not '2.5'",
    'schedule = { name = "step", every = 0 }': "schedule: every of step must be a whole number, at least 1",
    'schedule = { name = "step", every = 1e30 }': "schedule.every: must be a smaller number",
    'schedule = { name = "step", every = true }': "schedule.every: must be a number, not 'true'",
    'schedule = { name = "step", evry = 5 }': "'schedule.evry' is not a key of an animation; did you mean 'every'",
    "runs = 5": "runs: must be a list, not '5'",
    "runs = [5]": "runs.0: must be a table with keys, not '5'",
    tables('optimiser = "adam"'): "'runs.0.optimiser' is not a key of an animation; did you mean 'optimizer'?",
    tables("runs = [{}]"): "'runs.0.runs' is not a key of an animation; known here are optimizer,",
    tables(*(f"learning_rate = 0.{n}" for n in range(1, 31))): f"runs: must have at most {MAX_RUNS} entries",
    tables(f'{GD}\nlabel = "a"', f'{ADAM}\nlabel = "a"'): "two runs have the label 'a'; give each one of its own",
    tables(GD, GD): SAME,
    tables(GD, 'optimizer = "sgd"\nlearning_rate = 0.1'): SAME,
    tables(ADAM, f"{ADAM}\nbeta1 = 0.9"): SAME,
    tables(GD, f'{GD}\nschedule = "constant"\nwarmup = 0\nnoise = 0'): SAME,
    tables(f'{GD}\nschedule = "step"', f'{GD}\nschedule = {{ name = "step", every = 100 }}'): SAME,
    tables(f'{GD}\nlabel = ""'): "runs.0.label: must have a letter that can be seen, not be ''",
    tables(f'{GD}\nlabel = " \\u200b"'): "runs.0.label: must have a letter that can be seen, not be ",
    tables(f'{GD}\nlabel = "a\\nb"'): "runs.0.label: must be one line without line breaks, not 'a\\nb'",
    tables(f'{GD}\nlabel = "{"x" * 81}"'): "runs.0.label: must have at most 80 characters, not 'xxx",
    tables(f"{GD}\nlabel = 3"): "runs.0.label: must be a text, not '3'",
    f'view = "slices"\n{tables(GD, ADAM)}': "the slices view follows one point, and there are 2 runs",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_wrong_runs_get_one_sentence(text: str):
    with pytest.raises(InputError) as caught:
        resolved(text)
    assert str(caught.value).startswith(f"mine.toml: {WRONG[text]}")
    assert "\n" not in str(caught.value)


def test_a_label_that_is_what_another_run_would_be_called_is_refused():
    with pytest.raises(InputError, match=r"^two runs would be called 'Adam'; give each a label of its own$"):
        resolved(tables(f'{GD}\nlabel = "Adam"', ADAM))


def test_most_runs_are_as_many_as_the_limit():
    assert len(resolved(tables(*(f"learning_rate = 0.{n + 1}" for n in range(MAX_RUNS)))).runs) == MAX_RUNS


# Fingerprints

RACE = tables(GD, 'optimizer = "adam"')


@pytest.mark.parametrize(
    "spelt",
    [
        tables(GD.replace("gd", "sgd"), 'optimizer = "adam"'),
        tables("learning_rate = 0.1", 'optimizer = "Adam"'),
        tables(GD, 'optimizer = "adam"\nbeta1 = 0.9\neps = 1e-8'),
        tables(f'{GD}\nschedule = "constant"\nwarmup = 0\nnoise = 0', 'optimizer = "adam"'),
        tables(GD, 'optimizer = "adam"\nlabel = "Adam"'),
        f'clock = "iterations"\nnoise_seed = 5\n{RACE}',
        f'optimizer = "gd"\nbeta1 = 0.9\n{RACE}',
        f'panels = ["loss", "map"]\nlegend = true\npoint_color = "run"\n{RACE}',
    ],
)
def test_a_default_that_is_spelt_out_changes_no_fingerprint(spelt: str):
    assert resolved(spelt).fingerprint == resolved(RACE).fingerprint


def test_a_rate_that_is_spelt_out_changes_no_fingerprint():
    race = resolved(RACE)
    spelt = tables(GD, f'optimizer = "adam"\nlearning_rate = {race.runs[1].learning_rate!r}')
    assert resolved(spelt).fingerprint == race.fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        tables(GD, 'optimizer = "adam"\nbeta1 = 0.8'),
        tables(GD, 'optimizer = "adam"\nlabel = "ADAM"'),
        tables(f"{GD}\nwarmup = 1", 'optimizer = "adam"'),
        tables(f'{GD}\nschedule = "step"', 'optimizer = "adam"'),
        tables(f"{GD}\nnoise = 0.1", 'optimizer = "adam"'),
        tables('optimizer = "adam"', GD),
        f'clock = "evaluations"\n{RACE}',
        tables(GD),
    ],
)
def test_all_else_changes_the_fingerprint(changed: str):
    assert resolved(changed).fingerprint != resolved(RACE).fingerprint


def test_the_seed_of_noise_counts_where_there_is_noise():
    noisy = tables(f"{GD}\nnoise = 0.5", ADAM)
    assert resolved(f"noise_seed = 1\n{noisy}").fingerprint != resolved(noisy).fingerprint


@pytest.mark.parametrize(
    "text", [RACE, tables(f'{GD}\nschedule = {{ name = "step", every = 7 }}\nnoise = 1', ADAM, f"{ADAM}\nbeta1 = 0.5")]
)
def test_runs_are_the_same_after_they_were_sent_as_json(text: str):
    made = resolved(text)
    assert resolved_from_json(made.canonical_json) == made


def test_a_films_race_is_current_until_one_hyperparameter_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    small = "size = [64, 64]\nfps = 2\npanels = []\ntiming = { approach = 0, hold = 0, descent = 1, finish = 0 }\n"

    def batch(runs: str, *flags: str) -> Any:
        Path("race.toml").write_text(TOP + small + runs)
        result = CliRunner().invoke(app, ["batch", "race.toml", "-d", "media", "--json", *flags])
        return json.loads(result.stdout)

    def state(runs: str) -> str:
        (found,) = batch(runs, "--check")["films"]
        return found["state"]

    batch(tables(GD, ADAM))
    assert state(tables(GD, ADAM)) == "current"
    assert state(tables("learning_rate = 0.1", f"{ADAM}\nbeta1 = 0.9\nwarmup = 0")) == "current"
    assert state(tables(GD, f"{ADAM}\nbeta1 = 0.91")) == "stale"
