"""The named functions: an expression each, with its domain, the part worth looking at and its known minima.

The figures were checked against the definitions in S. Surjanovic and D. Bingham, Virtual Library of Simulation
Experiments (Simon Fraser University), against D. Himmelblau, Applied Nonlinear Programming (1972), and against the
implementations in SciPy, DEAP, pymoo, BoTorch, opfunu and ensmallen where they agree. Griewank is the product form.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from gdviz.functions.function import Extent, Function


def _square(low: float, high: float) -> Extent:
    return (low, high, low, high)


def _mirrored(x: float, y: float) -> tuple[tuple[float, float], ...]:
    return ((x, y), (x, -y), (-x, y), (-x, -y))


def _shubert_factor(variable: str) -> str:
    return "(" + " + ".join(f"{i}*cos({i + 1}*{variable} + {i})" for i in range(1, 6)) + ")"


def _levy_bowl() -> str:
    u, v = "(x - 1)/4", "(y - 1)/4"  # both are 0 at the minimum
    return f"sin(pi*(1 + {u}))^2 + ({u})^2*(1 + 10*sin(pi*(1 + {u}) + 1)^2) + ({v})^2*(1 + sin(2*pi*(1 + {v}))^2)"


# The one-variable factor of Shubert's function has its minimum and its maximum three times each on [-10, 10].
_SHUBERT_LOW = (-7.08350640765156, -0.8003211004719731, 5.482864206707613)
_SHUBERT_HIGH = (-7.708313735499347, -1.425128428319761, 4.858056878859826)

CATALOGUE: tuple[Function, ...] = (
    Function(
        name="parabola",
        title="Parabola",
        expression="x^2",
        dimension=1,
        domain=(-10.0, 10.0),
        view=(-2.2, 2.2),
        minima=((0.0,),),
        learning_rate=0.1,
    ),
    Function(
        name="sphere",
        title="Sphere",
        expression="x^2 + y^2",
        dimension=2,
        domain=_square(-5.12, 5.12),
        view=_square(-5.12, 5.12),
        minima=((0.0, 0.0),),
        learning_rate=0.05,
        aliases=(
            "de-jong-1",
            "bowl",
        ),
    ),
    Function(
        name="ellipse",
        title="Ellipse",
        expression="x^2 + 10*y^2",
        dimension=2,
        domain=_square(-5.0, 5.0),
        view=_square(-5.0, 5.0),
        minima=((0.0, 0.0),),
        learning_rate=0.02,
        aliases=("elliptic-bowl",),
    ),
    Function(
        name="quadratic-bowl",
        title="Quadratic bowl",
        expression="(x^2 + 10*y^2)/2",
        dimension=2,
        domain=_square(-5.0, 5.0),
        view=_square(-5.0, 5.0),
        minima=((0.0, 0.0),),
        learning_rate=0.05,
        aliases=("quadratic",),
    ),
    Function(
        name="sum-squares",
        title="Sum of squares",
        expression="x^2 + 2*y^2",
        dimension=2,
        domain=_square(-10.0, 10.0),
        view=_square(-5.0, 5.0),
        minima=((0.0, 0.0),),
        learning_rate=0.05,
        aliases=("axis-parallel-hyper-ellipsoid",),
    ),
    Function(
        name="rotated-hyper-ellipsoid",
        title="Rotated hyper-ellipsoid",
        expression="2*x^2 + y^2",
        dimension=2,
        domain=_square(-65.536, 65.536),
        view=_square(-5.0, 5.0),
        minima=((0.0, 0.0),),
        learning_rate=0.05,
        aliases=("rothyp",),
    ),
    Function(
        name="bohachevsky",
        title="Bohachevsky",
        expression="x^2 + 2*y^2 - 0.3*cos(3*pi*x) - 0.4*cos(4*pi*y) + 0.7",
        dimension=2,
        domain=_square(-100.0, 100.0),
        view=_square(-2.0, 2.0),
        minima=((0.0, 0.0),),
        learning_rate=0.005,
        aliases=(
            "bohachevsky1",
            "bohachevsky-n1",
        ),
    ),
    Function(
        name="trid",
        title="Trid",
        expression="(x - 1)^2 + (y - 1)^2 - x*y",
        dimension=2,
        domain=_square(-4.0, 4.0),
        view=_square(-4.0, 4.0),
        minima=((2.0, 2.0),),
        learning_rate=0.05,
    ),
    Function(
        name="booth",
        title="Booth",
        expression="(x + 2*y - 7)^2 + (2*x + y - 5)^2",
        dimension=2,
        domain=_square(-10.0, 10.0),
        view=_square(-10.0, 10.0),
        minima=((1.0, 3.0),),
        learning_rate=0.01,
    ),
    Function(
        name="matyas",
        title="Matyas",
        expression="0.26*(x^2 + y^2) - 0.48*x*y",
        dimension=2,
        domain=_square(-10.0, 10.0),
        view=_square(-10.0, 10.0),
        minima=((0.0, 0.0),),
        learning_rate=0.5,
    ),
    Function(
        name="mccormick",
        title="McCormick",
        expression="sin(x + y) + (x - y)^2 - 1.5*x + 2.5*y + 1",
        dimension=2,
        domain=(-1.5, 4.0, -3.0, 4.0),
        view=(-1.5, 4.0, -3.0, 4.0),
        minima=((-0.5471975511965976, -1.5471975511965976),),
        learning_rate=0.05,
    ),
    Function(
        name="zakharov",
        title="Zakharov",
        expression="x^2 + y^2 + (0.5*x + y)^2 + (0.5*x + y)^4",
        dimension=2,
        domain=_square(-5.0, 10.0),
        view=_square(-5.0, 10.0),
        minima=((0.0, 0.0),),
        learning_rate=0.0003,
        aliases=("zacharov",),
    ),
    Function(
        name="three-hump-camel",
        title="Three-hump camel",
        expression="2*x^2 - 1.05*x^4 + x^6/6 + x*y + y^2",
        dimension=2,
        domain=_square(-5.0, 5.0),
        view=_square(-2.2, 2.2),
        minima=((0.0, 0.0),),
        learning_rate=0.02,
        aliases=(
            "three-hump",
            "camel3",
        ),
    ),
    Function(
        name="six-hump-camel",
        title="Six-hump camel",
        expression="(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (-4 + 4*y^2)*y^2",
        dimension=2,
        domain=(-3.0, 3.0, -2.0, 2.0),
        view=(-2.0, 2.0, -1.1, 1.1),
        minima=((0.08984201310031806, -0.7126564030207396), (-0.08984201310031806, 0.7126564030207396)),
        learning_rate=0.01,
        aliases=(
            "six-hump",
            "camel6",
        ),
    ),
    Function(
        name="dixon-price",
        title="Dixon-Price",
        expression="(x - 1)^2 + 2*(2*y^2 - x)^2",
        dimension=2,
        domain=_square(-10.0, 10.0),
        view=(-2.0, 3.0, -2.0, 2.0),
        minima=((1.0, 0.7071067811865476), (1.0, -0.7071067811865476)),
        learning_rate=0.003,
    ),
    Function(
        name="rosenbrock",
        title="Rosenbrock",
        expression="100*(y - x^2)^2 + (1 - x)^2",
        dimension=2,
        domain=_square(-5.0, 10.0),
        view=(-2.0, 2.0, -1.0, 3.0),
        minima=((1.0, 1.0),),
        learning_rate=0.0003,
        aliases=("banana",),
    ),
    Function(
        name="beale",
        title="Beale",
        expression="(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
        dimension=2,
        domain=_square(-4.5, 4.5),
        view=_square(-4.5, 4.5),
        minima=((3.0, 0.5),),
        learning_rate=1e-05,
    ),
    Function(
        name="himmelblau",
        title="Himmelblau",
        expression="(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        dimension=2,
        domain=_square(-5.0, 5.0),
        view=_square(-6.0, 6.0),
        minima=(
            (3.0, 2.0),
            (3.5844283403304917, -1.8481265269644036),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.2831859912861696),
        ),
        learning_rate=0.002,
    ),
    Function(
        name="goldstein-price",
        title="Goldstein-Price",
        expression="(1 + (x + y + 1)^2*(19 - 14*x + 3*x^2 - 14*y + 6*x*y + 3*y^2))"
        "*(30 + (2*x - 3*y)^2*(18 - 32*x + 12*x^2 + 48*y - 36*x*y + 27*y^2))",
        dimension=2,
        domain=_square(-2.0, 2.0),
        view=(-2.0, 2.0, -2.5, 1.5),
        minima=((0.0, -1.0),),
        learning_rate=1e-06,
        aliases=("goldstein",),
    ),
    Function(
        name="branin",
        title="Branin",
        expression="(y - 5.1/(4*pi^2)*x^2 + 5/pi*x - 6)^2 + 10*(1 - 1/(8*pi))*cos(x) + 10",
        dimension=2,
        domain=(-5.0, 10.0, 0.0, 15.0),
        view=(-5.0, 10.0, 0.0, 15.0),
        minima=((-math.pi, 12.275), (math.pi, 2.275), (3 * math.pi, 2.475)),
        learning_rate=0.01,
        aliases=(
            "branin-hoo",
            "branin-rcos",
        ),
    ),
    Function(
        name="styblinski-tang",
        title="Styblinski-Tang",
        expression="(x^4 - 16*x^2 + 5*x + y^4 - 16*y^2 + 5*y)/2",
        dimension=2,
        domain=_square(-5.0, 5.0),
        view=_square(-5.0, 5.0),
        minima=((-2.903534027771177, -2.903534027771177),),
        learning_rate=0.005,
        aliases=("stybtang",),
    ),
    Function(
        name="easom",
        title="Easom",
        expression="-cos(x)*cos(y)*exp(-(x - pi)^2 - (y - pi)^2)",
        dimension=2,
        domain=_square(-100.0, 100.0),
        view=_square(-4.0, 10.0),
        minima=((math.pi, math.pi),),
        learning_rate=0.2,
    ),
    Function(
        name="michalewicz",
        title="Michalewicz",
        expression="-sin(x)*sin(x^2/pi)^20 - sin(y)*sin(2*y^2/pi)^20",
        dimension=2,
        domain=_square(0.0, math.pi),
        view=_square(0.0, math.pi),
        minima=((2.2029055201726093, 1.5707963267948966),),
        learning_rate=0.005,
    ),
    Function(
        name="ackley",
        title="Ackley",
        expression="-20*exp(-0.2*sqrt((x^2 + y^2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2) + 20 + e",
        dimension=2,
        domain=_square(-32.768, 32.768),
        view=_square(-5.0, 5.0),
        minima=((0.0, 0.0),),
        learning_rate=0.01,
        aliases=("ackley1",),
    ),
    Function(
        name="rastrigin",
        title="Rastrigin",
        expression="20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)",
        dimension=2,
        domain=_square(-5.12, 5.12),
        view=_square(-5.12, 5.12),
        minima=((0.0, 0.0),),
        learning_rate=0.001,
    ),
    Function(
        name="griewank",
        title="Griewank",
        expression="(x^2 + y^2)/4000 - cos(x)*cos(y/sqrt(2)) + 1",
        dimension=2,
        domain=_square(-600.0, 600.0),
        view=_square(-8.0, 8.0),
        minima=((0.0, 0.0),),
        learning_rate=0.2,
        aliases=("griewangk",),
    ),
    Function(
        name="levy",
        title="Levy",
        expression=_levy_bowl(),
        dimension=2,
        domain=_square(-10.0, 10.0),
        view=_square(-10.0, 10.0),
        minima=((1.0, 1.0),),
        learning_rate=0.02,
    ),
    Function(
        name="levy13",
        title="Levy N. 13",
        expression="sin(3*pi*x)^2 + (x - 1)^2*(1 + sin(3*pi*y)^2) + (y - 1)^2*(1 + sin(2*pi*y)^2)",
        dimension=2,
        domain=_square(-10.0, 10.0),
        view=_square(-4.0, 6.0),
        minima=((1.0, 1.0),),
        learning_rate=0.0005,
        aliases=("levy-n13",),
    ),
    Function(
        name="cross-in-tray",
        title="Cross-in-tray",
        expression="-0.0001*(abs(sin(x)*sin(y)*exp(abs(100 - sqrt(x^2 + y^2)/pi))) + 1)^0.1",
        dimension=2,
        domain=_square(-10.0, 10.0),
        view=_square(-10.0, 10.0),
        minima=_mirrored(1.3494066171539107, 1.3494066171539107),
        learning_rate=1.0,
    ),
    Function(
        name="drop-wave",
        title="Drop-wave",
        expression="-(1 + cos(12*sqrt(x^2 + y^2)))/(0.5*(x^2 + y^2) + 2)",
        dimension=2,
        domain=_square(-5.12, 5.12),
        view=_square(-2.0, 2.0),
        minima=((0.0, 0.0),),
        learning_rate=0.003,
    ),
    Function(
        name="eggholder",
        title="Eggholder",
        expression="-(y + 47)*sin(sqrt(abs(y + x/2 + 47))) - x*sin(sqrt(abs(x - (y + 47))))",
        dimension=2,
        domain=_square(-512.0, 512.0),
        view=_square(-512.0, 512.0),
        minima=((512.0, 404.2318051137578),),
        learning_rate=0.5,
        aliases=("egg-holder",),
    ),
    Function(
        name="holder-table",
        title="Holder table",
        expression="-abs(sin(x)*cos(y)*exp(abs(1 - sqrt(x^2 + y^2)/pi)))",
        dimension=2,
        domain=_square(-10.0, 10.0),
        view=_square(-10.0, 10.0),
        minima=_mirrored(8.055023475736563, 9.664590019241272),
        learning_rate=0.02,
        aliases=("holder",),
    ),
    Function(
        name="schaffer-n2",
        title="Schaffer N. 2",
        expression="0.5 + (sin(x^2 - y^2)^2 - 0.5)/(1 + 0.001*(x^2 + y^2))^2",
        dimension=2,
        domain=_square(-100.0, 100.0),
        view=_square(-4.0, 4.0),
        minima=((0.0, 0.0),),
        learning_rate=0.02,
        aliases=("schaffer2",),
    ),
    Function(
        name="schaffer-n4",
        title="Schaffer N. 4",
        expression="0.5 + (cos(sin(abs(x^2 - y^2)))^2 - 0.5)/(1 + 0.001*(x^2 + y^2))^2",
        dimension=2,
        domain=_square(-100.0, 100.0),
        view=_square(-4.0, 4.0),
        minima=(
            (0.0, 1.2531318314637332),
            (0.0, -1.2531318314637332),
            (1.2531318314637332, 0.0),
            (-1.2531318314637332, 0.0),
        ),
        learning_rate=0.02,
        aliases=("schaffer4",),
    ),
    Function(
        name="schwefel",
        title="Schwefel",
        expression="2*418.98288727243374 - x*sin(sqrt(abs(x))) - y*sin(sqrt(abs(y)))",
        dimension=2,
        domain=_square(-500.0, 500.0),
        view=_square(-500.0, 500.0),
        minima=((420.96874635998205, 420.96874635998205),),
        learning_rate=1.0,
        aliases=(
            "schwefel26",
            "schwefel-2.26",
        ),
    ),
    Function(
        name="shubert",
        title="Shubert",
        expression=f"{_shubert_factor('x')}*{_shubert_factor('y')}",
        dimension=2,
        domain=_square(-10.0, 10.0),
        view=_square(-5.12, 5.12),
        minima=tuple(pair for low in _SHUBERT_LOW for high in _SHUBERT_HIGH for pair in ((low, high), (high, low))),
        learning_rate=0.0001,
        aliases=("shubert1",),
    ),
    Function(
        name="bukin-n6",
        title="Bukin N. 6",
        expression="100*sqrt(abs(y - 0.01*x^2)) + 0.01*abs(x + 10)",
        dimension=2,
        domain=(-15.0, -5.0, -3.0, 3.0),
        view=(-15.0, -5.0, -3.0, 3.0),
        minima=((-10.0, 1.0),),
        learning_rate=0.0002,
        aliases=("bukin6",),
    ),
    Function(
        name="saddle",
        title="Saddle",
        expression="x^2 - y^2",
        dimension=2,
        domain=_square(-5.0, 5.0),
        view=_square(-2.0, 2.0),
        learning_rate=0.02,
        aliases=("hyperbolic-paraboloid",),
    ),
    Function(
        name="monkey-saddle",
        title="Monkey saddle",
        expression="x^3 - 3*x*y^2",
        dimension=2,
        domain=_square(-2.0, 2.0),
        view=_square(-2.0, 2.0),
        learning_rate=0.01,
    ),
)


def normalise(name: str) -> str:
    """Return the spelling under which a name is looked up: small letters, one hyphen for blanks and underscores."""
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


BY_ANY_NAME: Mapping[str, Function] = MappingProxyType(
    {normalise(name): entry for entry in CATALOGUE for name in (entry.name, *entry.aliases)}
)
