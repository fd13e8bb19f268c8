"""`gdviz optimizers`: what is listed, and what is told of one."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from gdviz.cli.commands import app
from gdviz.descent.optimizers import OPTIMIZERS


def run(*arguments: str, charset: str = "utf-8") -> Result:
    return CliRunner(charset=charset).invoke(app, ["optimizers", *arguments], prog_name="gdviz")


def test_all_are_listed_by_name_alias_and_what_they_are():
    listed = run().stdout
    assert run("--json").exit_code == 0
    rows = {line.split("│")[1].strip(): line for line in listed.splitlines() if line.startswith("│")}
    assert rows.keys() - {""} == OPTIMIZERS.keys()
    for each in OPTIMIZERS.values():
        assert all(word in listed for word in (each.title, each.summary.split()[0], *each.aliases))
        assert ("none" if each.searches else "yes") in rows[each.name]
    assert [each["name"] for each in json.loads(run("--json").stdout)] == list(OPTIMIZERS)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_one_is_shown_with_its_equations_numbers_and_source(name: str):
    each, shown = OPTIMIZERS[name], run(name).stdout
    words = " ".join(shown.split())
    for text in (each.title, each.summary, *each.aliases, *each.hyperparameters, each.source, each.note):
        assert " ".join(text.split()) in words
    assert "xₜ = " in shown
    assert ("tuned if absent" in shown) is not each.searches
    for alias in each.aliases:
        assert run(alias).stdout == shown


def test_a_hyperparameter_is_shown_with_its_default_range_and_meaning():
    lines = [line.strip() for line in run("adam").stdout.splitlines()]
    at = lines.index(next(line for line in lines if line.startswith("beta1")))
    assert lines[at] == "beta1 β₁       0.9, at least 0 and less than 1"
    assert lines[at + 1] == "How much of the mean of gradients a step keeps."


def test_as_data_equations_are_latex():
    data = json.loads(run("adam", "--json").stdout)
    assert data["equations"] == list(OPTIMIZERS["adam"].equations)
    assert data["hyperparameters"]["beta1"] == {
        "default": 0.9,
        "range": "at least 0 and less than 1",
        "symbol": r"\beta_1",
        "meaning": "How much of the mean of gradients a step keeps.",
    }
    assert (data["takes_learning_rate"], data["aliases"]) == (True, [])
    assert json.loads(run("newton_damped", "--json").stdout)["note"] is None


def test_what_cannot_show_greek_gets_latex():
    shown = run("adam", charset="ascii")
    assert shown.exit_code == 0
    assert r"m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t" in shown.stdout
    assert r"beta1 \beta_1" in shown.stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("adem", "there is no optimizer 'adem'; did you mean adam?"),
        ("zzzz", "there is no optimizer 'zzzz'; there are gd, momentum"),
        ("adam:beta1=0.8", "the name alone is enough, as in adam, not 'adam:beta1=0.8'"),
    ],
)
def test_an_unknown_one_is_refused(name: str, words: str):
    refused = run(name)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"gdviz: {words}")
