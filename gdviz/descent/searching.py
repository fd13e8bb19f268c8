"""The optimizers that look at f or its second derivatives, as a table."""

from __future__ import annotations

from gdviz.descent import rules, searches
from gdviz.descent.optimizer import make_optimizer

_ARMIJO = {"t0": 1.0, "c": 1e-4, "beta": 0.5}
_FALLS = r": f(x_{t-1} + a \, d_t) \leq f(x_{t-1}) + c \, a \, g_t \cdot d_t\}"
_ENOUGH = rf"a_t = \max \{{a = t_0 \beta^k{_FALLS}"
_LEVEL = r"a_t = \min \{a > 0: g(x_{t-1} + a \, d_t) \cdot d_t = 0\}"
_STEP = r"x_t = x_{t-1} + a_t d_t"

SEARCHING = (
    make_optimizer(
        "newton",
        "Newton",
        searches.newton,
        rules.zeros(0),
        "I. Newton and J. Raphson; H is the exact Hessian",
        summary="Steps to where a parabola with the same slope and curvature is level.",
        note="It goes to any place that is level, be it a minimum, a saddle or a maximum.",
        equations=(r"x_t = x_{t-1} - H_t^{-1} g_t",),
        searches=True,
    ),
    make_optimizer(
        "newton_damped",
        "Newton, damped",
        searches.newton_damped,
        rules.zeros(0),
        "J. Nocedal and S. J. Wright, Numerical Optimization, 2006, section 3.4",
        summary="Newton's step, with a curvature raised until it leads down, and shortened until f falls enough.",
        equations=(
            r"d_t = -(H_t + \max(0, \delta - \lambda_{\min}) I)^{-1} g_t",
            rf"a_t = \max \{{a = \beta^k{_FALLS}",
            _STEP,
        ),
        aliases=("modified-newton",),
        hyperparameters={"delta": 1.0, "c": 1e-4, "beta": 0.5},
        searches=True,
    ),
    make_optimizer(
        "polyak",
        "Polyak's step",
        searches.polyak,
        rules.zeros(0),
        "B. T. Polyak, Introduction to Optimization, 1987",
        summary="Steps to where a plane with the same slope has the least value of f, which must be known.",
        note="f may rise at a step, and in a ravine the path is chaotic: the last digit of the start decides where it "
        "goes.",
        equations=(r"x_t = x_{t-1} - \frac{f(x_{t-1}) - f^*}{|g_t|^2} g_t",),
        aliases=("polyak-step",),
        hyperparameters={"f_star": 0.0},
        searches=True,
    ),
    make_optimizer(
        "steepest_armijo",
        "Steepest descent, backtracking",
        searches.steepest_armijo,
        rules.zeros(0),
        "L. Armijo, 1966",
        summary="Steps against the gradient, shortened until f falls enough.",
        equations=(r"d_t = -g_t", _ENOUGH, _STEP),
        aliases=("backtracking", "armijo"),
        hyperparameters=_ARMIJO,
        searches=True,
    ),
    make_optimizer(
        "steepest_exact",
        "Steepest descent, exact",
        searches.steepest_exact,
        rules.zeros(0),
        "A. Cauchy, 1847; to the first place along the ray where f is level",
        summary="Steps against the gradient, to the first place where f falls no further.",
        note="That is not the lowest place on the way, if there are several. Each step is at a right angle to the one "
        "before.",
        equations=(r"d_t = -g_t", _LEVEL, _STEP),
        aliases=("exact-line-search", "cauchy"),
        searches=True,
    ),
    make_optimizer(
        "bfgs",
        "BFGS",
        searches.bfgs,
        searches.bfgs_start,
        "C. G. Broyden, R. Fletcher, D. Goldfarb and D. F. Shanno, 1970; with backtracking",
        summary="Newton's method with a curvature that is learnt from the gradients, shortened until f falls enough.",
        note="SciPy searches by Wolfe's conditions, which are stricter, and goes another way to the same end.",
        equations=(
            r"d_t = -B_t g_t, \quad B_1 = I",
            _ENOUGH,
            _STEP,
            r"s = x_t - x_{t-1}, \quad y = g_{t+1} - g_t",
            r"B_{t+1} = \left(I - \frac{s y^T}{s \cdot y}\right) B_t \left(I - \frac{y s^T}{s \cdot y}\right) "
            r"+ \frac{s s^T}{s \cdot y}",
        ),
        aliases=("bfgs-armijo",),
        hyperparameters=_ARMIJO,
        searches=True,
    ),
    make_optimizer(
        "cg_fr",
        "Conjugate gradients, Fletcher-Reeves",
        searches.cg_fr,
        rules.zeros(2),
        "R. Fletcher and C. M. Reeves, 1964",
        summary="Steps along the gradient and part of the step before, to the first place where f falls no further.",
        note="It never begins anew, and may slow to a crawl.",
        equations=(r"d_t = -g_t + \frac{|g_t|^2}{|g_{t-1}|^2} d_{t-1}", _LEVEL, _STEP),
        aliases=("fletcher-reeves",),
        searches=True,
    ),
    make_optimizer(
        "cg_pr",
        "Conjugate gradients, Polak-Ribiere",
        searches.cg_pr,
        rules.zeros(2),
        "E. Polak and G. Ribiere, 1969; never less than 0: J. C. Gilbert and J. Nocedal, 1992",
        summary="As Fletcher-Reeves, but forgets the step before where the gradient has hardly changed.",
        note="SciPy's CG is this rule with a search by other conditions.",
        equations=(
            r"d_t = -g_t + \max\left(0, \frac{g_t \cdot (g_t - g_{t-1})}{|g_{t-1}|^2}\right) d_{t-1}",
            _LEVEL,
            _STEP,
        ),
        aliases=("polak-ribiere", "pr+"),
        searches=True,
    ),
)
