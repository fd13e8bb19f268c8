"""The words on a picture: each can be put in another language, and none is left in English."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gdviz.cli.commands import app
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.description.words import Words
from gdviz.errors import GdvizWarning, InputError
from gdviz.picture.caption import caption_marks
from gdviz.picture.fonts import warn_of_letters
from gdviz.picture.lettering import text_width
from gdviz.picture.marks import Label, Mark, Title
from gdviz.scene.build import Scene, build_scene
from gdviz.scene.panel import MarksPanel

ENGLISH = [str(field.alias) for field in Words.model_fields.values()]
OTHER = {word: f"Ж{chr(0x430 + number)}{'{n}' * ('{n}' in word)}" for number, word in enumerate(ENGLISH)}
LONG = {
    "learning rate": "Schrittweitenfaktor",
    "iteration": "Iterationsschritt",
    "evaluation": "Auswertung der Funktion",
    "converged": "zur Ruhe gekommen",
    "left the view": "aus dem Bildausschnitt gelaufen",
    "diverged": "auseinandergelaufen",
    "flat ground": "auf ebenem Boden",
    "no next step": "ohne Schritt",
    "step to come": "bevorstehender Schritt",
    "slope": "Steigungsgerade",
    "median": "Zentralwert der Punkte",
    "best": "niedrigster Punkt",
    "minimum": "Tiefpunkt der Funktion",
    "gradient descent": "Gradientenabstiegsverfahren",
    "gradient": "Gradientenrichtung",
    "momentum": "Schwung der Schritte davor",
    "scale": "Maßstab der einzelnen Achsen",
    "decay": "Zug zum Ursprung",
    "step": "ganzer Schritt",
    "start": "Anfangspunkt",
    "points": "Ausgangspunkte",
    "projected": "in die Ebene projiziert",
    "recorded": "aufgezeichneter Weg",
    "none": "nicht vorhanden",
    "and {n} more": "und {n} weitere, die hier nicht stehen",
    "smoothed cells": "geglättete Gitterzellen",
}
DATA = Path(__file__).parent / "data"
ONE = {"points": [[-4.0, -3.0]]}
DESCRIPTIONS: dict[str, dict[str, Any]] = {
    "surface": {"panels": ["map", "loss"], "starts": {"grid": 4}},
    "one point": {"function": "x^2 + y^2", "extent": [-5, 5, -5, 5], "starts": ONE, "legend": True},
    "many minima": {"function": "eggholder", "view": "map", "starts": {"grid": 9}, "legend": True},
    "colours of starts": {"view": "map", "point_color": "start", "starts": {"grid": 4}, "legend": True},
    "one colour": {"view": "map", "point_color": "one", "starts": {"grid": 4}, "legend": True},
    "colours of heights": {"view": "map", "point_color": "height", "starts": {"grid": 4}, "legend": True},
    "loss": {"view": "loss", "starts": {"grid": 4}, "loss_scale": "linear"},
    "curve": {"function": "x^2", "starts": {"points": [[1.0]]}, "panels": ["loss"]},
    "curve of many points": {"function": "x^2", "starts": {"grid": [5, 1]}, "legend": True, "point_color": "start"},
    "bare curve": {"function": "parabola", "starts": {"points": []}},
    "slices": {"view": "slices", "starts": ONE},
    "steps": {
        "view": "map",
        "starts": ONE,
        "timing": {"step_by_step": 1},
        "runs": [{"label": "Ж", "optimizer": "adamw", "learning_rate": 0.1}],
    },
    "race": {
        "panels": ["loss"],
        "starts": ONE,
        "legend": True,
        "clock": "evaluations",
        "runs": [{"label": "Ж", "learning_rate": 0.01}, {"label": "Я", "learning_rate": 1.0}],
    },
    "diverging": {"function": "log(x)", "extent": [-2, 2], "starts": {"points": [[-1.0], [1.0]]}},
    "leaving": {"function": "x + y", "view": "map", "starts": {"grid": 3}, "learning_rate": 1.0},
    "flat": {"function": "0*x + 0*y", "view": "map", "starts": {"grid": 3}},
    "no next step": {"function": "sqrt(x)", "starts": {"points": [[0.0], [1.0]]}},
    "no number in slices": {"function": "sqrt(x) + y^2", "view": "slices", "starts": {"points": [[0.0, 1.0]]}},
    "no number": {"function": "sqrt(x)", "starts": {"points": [[0.0]]}},
    "recorded": {
        "function": None,
        "landscape": str(DATA / "bowl.csv"),
        "runs": [{"label": label, "path": str(DATA / f"{name}.csv")} for label, name in (("Ж", "walk"), ("Я", "way"))],
    },
    "smoothed": {"function": None, "landscape": str(DATA / "bowl.csv"), "smooth": 1, "starts": {"grid": 3}},
}


def scene_of(name: str, **more: Any) -> Scene:
    data = {"function": "himmelblau", "title": "Ж", "size": [640, 360], "fps": 5, "max_iterations": 60}
    return build_scene(resolve(Animation.from_data(data | DESCRIPTIONS[name] | more)))


def marks(scene: Scene) -> Iterator[Mark]:
    """Yield what is written at the start, in the middle and at the end."""
    for frame in (0, scene.timeline.frames // 2, scene.timeline.frames - 1):
        state = scene.timeline.state(frame)
        for panel in (scene.main, *scene.panels):
            if isinstance(panel, MarksPanel):
                yield from [*panel.ground(), *panel.marks(state)]
        yield from [
            *scene.overlay(),
            *scene.standings(state),
            *caption_marks(scene.caption(state), scene.layout, scene.subject.theme),
        ]


def texts(scene: Scene) -> set[str]:
    return {mark.text for mark in marks(scene) if isinstance(mark, Label | Title)}


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_no_word_is_left_in_english(name: str):
    for text in texts(scene_of(name, labels=OTHER)):
        assert not re.search("[A-Za-z]", re.sub(r"(?<=\d)e(?=[+-]?\d)", "", text)), text


def test_every_word_is_used():
    written = " ".join(text for name in DESCRIPTIONS for text in texts(scene_of(name, labels=OTHER)))
    assert [english for english, word in OTHER.items() if word.removesuffix("{n}") not in written] == []


def width(label: Label) -> float:
    return text_width(label.text, round(label.size), label.font_of)


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_long_words_stand_inside_the_picture_and_not_on_each_other(name: str):
    scene = scene_of(name, labels=LONG)
    for frame in (0, scene.timeline.frames - 1):
        lines: dict[tuple[float, str], list[tuple[float, float]]] = {}
        for mark in caption_marks(scene.caption(scene.timeline.state(frame)), scene.layout, scene.subject.theme):
            if isinstance(mark, Label):
                lines.setdefault((mark.place[1], mark.anchor), []).append((mark.place[0], mark.place[0] + width(mark)))
        for spans in lines.values():
            assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    for mark in marks(scene):
        if isinstance(mark, Label) and mark.text:
            left = mark.place[0] - {"l": 0.0, "m": 0.5, "r": 1.0}[mark.anchor[0]] * width(mark)
            assert left >= 0, mark.text
            assert left + width(mark) <= 640, mark.text


def test_a_film_with_other_words_is_another_film():
    def fingerprint(**more: Any) -> str:
        return resolve(Animation.from_data({"function": "himmelblau"} | more)).fingerprint

    assert fingerprint(labels={"iteration": "Schritt"}) != fingerprint()
    assert fingerprint(labels={"iteration": "iteration"}) == fingerprint()


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({"itertion": "Schritt"}, "did you mean 'iteration'?"),
        ({"Lernrate": "rate"}, "'gdviz help keys' lists all"),
        ({"x": "a\nb"}, "labels.x: must be one line without line breaks"),
        ({"x": "a" * 41}, "at most 40 characters"),
        ({"and {n} more": "noch mehr"}, "must contain {n}"),
    ],
)
def test_what_is_no_word_is_refused(labels: dict[str, str], words: str):
    with pytest.raises(InputError, match=re.escape(words)):
        Animation.from_data({"function": "himmelblau", "labels": labels})


def test_a_word_with_a_space_is_set_by_a_flag_in_quotes_or_without(tmp_path: Path):
    pictures = []
    for number, key in enumerate(('labels."learning rate"', "labels.'learning rate'", "labels.learning rate")):
        path = tmp_path / f"{number}.png"
        told = CliRunner().invoke(
            app, ["still", "x^2", "--size", "320x180", "--set", f"{key}=Lernrate", "-o", str(path)]
        )
        assert told.exit_code == 0, told.stderr
        pictures.append(path.read_bytes())
    assert pictures[0] == pictures[1] == pictures[2]
    told = CliRunner().invoke(app, ["still", "x^2", "--set", 'labels."learning rat"=Lernrate'])
    assert told.exit_code == 2
    assert "'labels.learning rat' is not a key of an animation; did you mean 'learning rate'?" in told.stderr


def test_letters_that_no_font_has_are_told():
    words = {"function": "himmelblau", "caption": False, "labels": {"slope": "\U00100abc"}}
    with pytest.warns(GdvizWarning, match="no font on this machine has \U00100abc"):
        warn_of_letters(resolve(Animation.from_data(words)).texts)
