"""The pages of the reference that have a picture of each thing: optimisers and functions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gdviz.cli.report import extent_in_words
from gdviz.descent.optimizer import RANGES, SYMBOLS, Optimizer, meaning
from gdviz.descent.optimizers import OPTIMIZERS
from gdviz.description.animation import Animation
from gdviz.description.resolve import resolve
from gdviz.formula import as_text, formula_of, terms_of, write_formula
from gdviz.functions import CATALOGUE, Function
from gdviz.rendering import still_resolved
from gdviz.scene.timeline import poster_frame
from generator.illustrated import SCALE
from generator.markdown import bullets, code, console, page, plain, table
from generator.pictures import Pictures, image

MOST_MINIMA = 6  # that are listed one by one
LOOKS: Mapping[str, Any] = MappingProxyType({"size": [480, 270], "caption": False, "legend": False})


def optimizers_page(pictures: Pictures) -> str:
    """Return the page of the optimisers, with their equations as pictures."""
    return page(
        "Optimisers",
        "`gdviz optimizers` prints the same on a terminal, `gdviz formula` draws such equations, and `gdviz render` "
        "takes any of the names, or several for a race:\n",
        console(
            "gdviz optimizers nesterov",
            "gdviz formula --optimizer nesterov -o nesterov.svg",
            "gdviz render rosenbrock --start=-1.5,2 --optimizer nesterov --optimizer adam",
        ),
        *(_optimizer(each, pictures) for each in OPTIMIZERS.values()),
    )


def functions_page(pictures: Pictures) -> str:
    """Return the page of the named functions, each with a picture."""
    return page(
        "Functions",
        "Any of these names may stand where a command takes a TARGET; `gdviz functions` lists them on a terminal. The "
        "pictures show a few points on their way, with the rate, the tolerance and the iterations that are named.\n",
        console("gdviz functions himmelblau", "gdviz still himmelblau --grid 9"),
        *(_function(each, pictures) for each in CATALOGUE),
    )


def _optimizer(each: Optimizer, pictures: Pictures) -> str:
    rows = [
        (code(name), as_text(SYMBOLS[name]), f"{default:g}", RANGES[name].bounds(), plain(meaning(each.name, name)))
        for name, default in each.hyperparameters.items()
    ]
    rate = "finds how far to go by itself, so that it has no learning rate" if each.searches else "tuned if absent"
    return "\n".join(
        [
            f"## {each.title}\n",
            f"{plain(each.summary)}\n",
            *(_formula(latex, as_text(latex), pictures) for latex in each.equations),
            f"Here {', '.join(map(_in_words, terms_of(each))).rstrip('.')}.\n",
            table(("key", "", "default", "range", "what it is"), rows) if rows else "",
            bullets(
                [
                    f"name: {', '.join(map(code, (each.name, *each.aliases)))}",
                    f"learning rate: {rate}",
                    f"source: {plain(each.source)}",
                ]
            ),
            f"{plain(each.note)}\n" if each.note else "",
        ]
    )


def _function(each: Function, pictures: Pictures) -> str:
    described = _described(each)
    picture = pictures.picture(("function", json.dumps(described)), ".png", partial(_draw, described))
    rate = "found by trial" if each.learning_rate is None else f"{each.learning_rate:g}"
    return "\n".join(
        [
            f"## {each.title}\n",
            _formula(formula_of(each), each.expression, pictures),
            ":::{container} beside",
            image(picture, f"The landscape of {each.title}"),
            bullets(
                [
                    f"name: {', '.join(map(code, (each.name, *each.aliases)))}",
                    f"as text: {code(each.expression)}",
                    f"domain: {plain(extent_in_words(each.domain))}",
                    f"drawn: {plain(extent_in_words(each.extent))}",
                    f"minima: {_minima(each)}",
                    f"learning rate: {rate}",
                    f"tolerance: {each.tolerance:g}",
                    f"iterations: at most {each.max_iterations:,}",
                ]
            ),
            ":::\n",
            f"{plain(each.note)}\n" if each.note else "",
        ]
    )


def _in_words(term: str) -> str:
    """Return what stands for something in equations, and for what, as text."""
    return plain(re.sub(r"\$([^$]*)\$", lambda found: as_text(found[1]), term))


def _formula(latex: str, alt: str, pictures: Pictures) -> str:
    path = pictures.picture(("formula", latex, str(SCALE)), ".png", partial(write_formula, latex, scale=SCALE))
    return image(path, alt, kind="formula", scale=SCALE)


def _described(function: Function) -> dict[str, Any]:
    """Return the description of a film with a few points."""
    first = 0.8 * function.extent.low[0] + 0.2 * function.extent.high[0]
    starts = {"grid": 9} if function.dimension == 2 else {"points": [[first]]}
    return {"function": function.name, "starts": starts, **LOOKS}


def _draw(described: Mapping[str, Any], target: Path) -> None:
    resolved = resolve(Animation.from_data(described))
    still_resolved(resolved, target, poster_frame(resolved.timing, resolved.drawn_frames))


def _minima(function: Function) -> str:
    shown = ["(" + ", ".join(f"{part:.6g}" for part in minimum) + ")" for minimum in function.minima[:MOST_MINIMA]]
    more = len(function.minima) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "") if shown else "none is known"
