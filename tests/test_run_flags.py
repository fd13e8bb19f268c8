"""`--optimizer` and `--learning-rate`: what they set, what they replace, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.cli.flags import apply_flags
from gdviz.cli.run_flags import runs
from gdviz.description.animation import Animation
from gdviz.errors import InputError

FILE: dict[str, Any] = {
    "function": "sphere",
    "starts": {"points": [[1, 2]]},
    "optimizer": "adam",
    "learning_rate": 0.5,
    "beta1": 0.7,
    "schedule": "cosine",
    "warmup": 3,
    "noise": 0.25,
}
RACE: dict[str, Any] = {
    "function": "sphere",
    "runs": [{"learning_rate": 0.1}, {"optimizer": "adam", "learning_rate": 0.2, "label": "second"}],
}


def animation(data: dict[str, Any], *optimizers: str, rates: tuple[float, ...] = ()) -> Animation:
    data = {**data}
    flags = apply_flags(data, runs(data, list(optimizers), list(rates), []), [])
    return Animation.from_data(data, "mine.toml", flags)


def test_one_optimizer_replaces_the_files_and_all_that_it_says_of_it_but_noise():
    made = animation(FILE, "momentum:momentum=0.5,learning_rate=0.1")
    assert made.runs == ()
    (run,) = made.all_runs
    assert (run.rule.name, run.rule.hyperparameters, run.learning_rate) == ("momentum", {"momentum": 0.5}, 0.1)
    assert (run.schedule, run.warmup, run.noise) == (None, None, 0.25)
    assert FILE["beta1"] == 0.7  # what was given is left alone


def test_one_optimizer_replaces_a_race():
    assert animation(RACE, "adam").runs == ()


def test_several_optimizers_are_a_race_and_a_rate_is_for_those_without_one():
    first, second, third = animation(RACE, "gd", "adam:learning_rate=0.3", "newton", rates=(0.2,)).all_runs
    assert (first.learning_rate, second.learning_rate, third.learning_rate) == (0.2, 0.3, None)
    assert second.rule.hyperparameters["beta1"] == 0.9


def test_several_rates_are_a_race_of_one_optimizer():
    made = animation(FILE, rates=(0.1, 0.2)).all_runs
    assert [(run.optimizer, run.learning_rate, run.beta1) for run in made] == [("adam", 0.1, 0.7), ("adam", 0.2, 0.7)]
    made = animation(FILE, "nag:momentum=0.5", rates=(0.1, 0.2)).all_runs
    assert [(run.optimizer, run.learning_rate, run.momentum) for run in made] == [
        ("nesterov", 0.1, 0.5),
        ("nesterov", 0.2, 0.5),
    ]


def test_one_rate_is_that_of_all_runs_of_a_file():
    one = {**RACE, "runs": [{"optimizer": "gd", "learning_rate": 0.1}, {"optimizer": "adam", "learning_rate": 0.2}]}
    assert [run.learning_rate for run in animation(one, rates=(0.7,)).all_runs] == [0.7, 0.7]
    assert one["runs"][0]["learning_rate"] == 0.1


def test_a_run_may_have_a_label_and_a_schedule_with_parameters():
    (run,) = animation(FILE, "adam:label=3,schedule=step,schedule.every=7, beta2 = 0.5 ").all_runs
    assert run.label == "3"
    assert (run.full_schedule.name, run.full_schedule.parameters["every"]) == ("step", 7)
    assert run.beta2 == 0.5
    (same,) = animation(FILE, "adam:schedule.every=7,schedule.name=step,beta2=0.5").all_runs
    assert same.schedule == run.schedule


WRONG = {
    "adm": "--optimizer: there is no optimizer 'adm'; did you mean adam?",
    "": "--optimizer: there is no optimizer ''; there are gd, momentum,",
    ":beta1=2": "--optimizer: there is no optimizer ''",
    "adam:": "--optimizer takes NAME or NAME:KEY=VALUE,..., such as adam:beta1=0.8, not 'adam:'",
    "adam:beta1": "--optimizer takes NAME or NAME:KEY=VALUE,..., such as adam:beta1=0.8, not 'adam:beta1'",
    "adam:beta1=0.8,": "--optimizer takes NAME or NAME:KEY=VALUE,...,",
    "adam:=3": "--optimizer takes NAME or NAME:KEY=VALUE,...,",
    "adam:.=3": "--optimizer takes NAME or NAME:KEY=VALUE,...,",
    "adam:beta1=": "--optimizer beta1: must be a number, not ''",
    "adam:beta1=big": "--optimizer beta1: must be a number, not 'big'",
    "adam:beta1=true": "--optimizer beta1: must be a number, not 'true'",
    "adam:beta1=[1]": "--optimizer beta1: must be a number",
    "adam:beta1=nan": "--optimizer beta1: must be a finite number",
    "adam:beta1=1e400": "--optimizer beta1: must be a finite number",
    "adam:beta1=1.5": "--optimizer beta1: beta1 of adam must be at least 0 and less than 1, not 1.5",
    "momentum:momentum=-1": "--optimizer momentum: momentum of momentum must be at least 0 and less than 1, not -1",
    "adam:beta3=0.5": "--optimizer beta3: adam has no hyper-parameter 'beta3'; it has beta1, beta2, eps",
    "adam:bta1=0.5": "--optimizer: 'bta1' is not a key of a run; did you mean beta1?",
    "adam:function=x^2": "--optimizer: 'function' is not a key of a run; 'gdviz help keys'",
    "adam:optimizer=gd": "--optimizer: 'optimizer' is not a key of a run;",
    "adam:beta1.x=1": "--optimizer: beta1 is a value and not a table, so that there is no 'beta1.x'",
    "adam:beta1=0.5,beta1=0.6": "--optimizer 'adam:beta1=0.5,beta1=0.6' gives 'beta1' twice",
    "adam:schedule=step,schedule.name=step": "--optimizer 'adam:schedule=step,schedule.name=step' gives",
    "adam:schedule=stp": "--optimizer schedule: there is no schedule 'stp'; did you mean step?",
    "adam:schedule.evry=3": "--optimizer schedule: 'schedule.evry' is not a key of an animation; did you mean 'every'?",
    "adam:warmup=-1": "--optimizer warmup: must be greater than or equal to 0",
    "newton:learning_rate=1": "--optimizer learning_rate: newton finds the length of its steps itself; leave out",
    "bfgs:noise=1": "--optimizer noise and --optimizer: bfgs looks at f itself,",
    "adam:label=": "--optimizer: runs.0.label: must have a letter that can be seen, not be ''",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_optimizer_is_told_with_what_would_be_right(text: str):
    with pytest.raises(InputError) as caught:
        animation(RACE, text)
    assert str(caught.value).startswith(WRONG[text])


TOGETHER = {
    ("gd gd", ""): "--optimizer: runs 1 and 2 are the same",
    ("gd sgd", ""): "--optimizer: runs 1 and 2 are the same",
    ("", "0.1 0.1"): "--learning-rate: runs 1 and 2 are the same",
    ("", "0.1 0"): "--learning-rate: runs.1.learning_rate: the learning rate must be a positive number",
    ("newton", "0.1"): "--learning-rate: newton finds the length of its steps itself",
    ("newton", "0.1 0.2"): "--learning-rate: newton finds the length of its steps itself",
    ("gd adam", "0.1 0.2"): "give several --optimizer or several --learning-rate, not both; an optimizer may have",
    ("adam:learning_rate=0.1", "0.2"): "--optimizer and --learning-rate both give a learning rate; leave one out",
    (" ".join(f"gd:learning_rate=0.{n}" for n in range(1, 10)), ""): "--optimizer: must have at most 8 entries",
    ("", " ".join(f"0.{n}" for n in range(1, 10))): "--learning-rate: must have at most 8 entries",
}


@pytest.mark.parametrize(("optimizers", "rates"), TOGETHER)
def test_flags_that_do_not_fit_together_are_told(optimizers: str, rates: str):
    with pytest.raises(InputError) as caught:
        animation({"function": "sphere"}, *optimizers.split(), rates=tuple(map(float, rates.split())))
    assert str(caught.value).startswith(TOGETHER[optimizers, rates])


def test_several_rates_do_not_fit_a_file_that_has_runs():
    with pytest.raises(InputError, match="this description has runs; add --optimizer NAME"):
        animation(RACE, rates=(0.1, 0.2))
    assert len(animation(RACE, "adam", rates=(0.1, 0.2)).all_runs) == 2


def test_a_rate_that_makes_two_runs_the_same_is_to_blame():
    same = {"function": "sphere", "runs": [{"learning_rate": 0.1}, {"learning_rate": 0.2}]}
    with pytest.raises(InputError, match=r"^--learning-rate: runs 1 and 2 are the same"):
        animation(same, rates=(0.3,))


def test_a_schedules_parameters_are_settings_beside_its_flag(tmp_path: Path):
    path = tmp_path / "mine.toml"
    path.write_text('function = "sphere"\nschedule = "cosine"\nmax_iterations = 2\n')
    every = ["--schedule=step", "--set", "schedule.every=7", "--start=1,1"]
    result = CliRunner().invoke(app, ["descend", str(path), *every, "--json"])
    assert '"every": 7.0' in result.stdout


def test_noise_in_words_is_told():
    result = CliRunner().invoke(app, ["descend", "sphere", "--noise=much"])
    assert (result.exit_code, result.stderr[:30]) == (2, "gdviz: --noise takes a number;")


words = st.sampled_from(["adam", "gd", ":", ",", "=", ".", "beta1", "schedule", "name", "step", "label", "0.5", "nan"])


@given(st.lists(words | st.text(max_size=3), max_size=8).map("".join), st.sampled_from([(), (0.1,), (0.1, 0.2)]))
def test_any_text_is_an_optimizer_or_refused_in_a_sentence(text: str, rates: tuple[float, ...]):
    try:
        animation(RACE, text, rates=rates)
    except InputError as error:
        assert "\n" not in str(error)
