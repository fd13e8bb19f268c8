"""Says what the letters in an optimizer's equations are."""

from __future__ import annotations

import re

from gdviz.descent.optimizer import SYMBOLS, Optimizer

_RATE = re.compile(r"\\eta(?!_)")


def terms_of(optimizer: Optimizer) -> list[str]:
    r"""Return phrases on the letters that are no hyper-parameters, with LaTeX between dollar signs.

    The first has a verb: `$g_t$ is the gradient at $x_{t-1}$`.
    """
    equations = " ".join(optimizer.equations)
    return [
        "$g_t$ is the gradient at $x_{t-1}$",
        *(["$H_t$ the Hessian there"] if "H_t" in equations else []),
        *([r"$\eta$ the learning rate"] if _RATE.search(equations) else []),
        *([r"$k = 0, 1, \ldots$"] if r"\beta^k" in equations else []),
    ]


def numbers_of(optimizer: Optimizer) -> list[str]:
    r"""Return what each hyper-parameter is, in LaTeX, as in `\beta_1 = 0.9`."""
    return [f"{SYMBOLS[name]} = {_number(number)}" for name, number in optimizer.hyperparameters.items()]


def _number(number: float) -> str:
    digits, _, power = f"{number:g}".partition("e")
    if not power:
        return digits
    return f"10^{{{int(power)}}}" if digits == "1" else rf"{digits} \cdot 10^{{{int(power)}}}"
