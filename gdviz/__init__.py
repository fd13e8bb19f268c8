"""gdviz: animations of gradient descent, from one command or one TOML file.

The public names are imported when they are first used, so that `import gdviz` is fast. Nothing else is imported here:
`__main__` must first remove the working folder from Python's path.
"""

TYPE_CHECKING = False  # type checkers take it for True; importing `typing` would be slow

if TYPE_CHECKING:
    from gdviz.descent.defaults import descend
    from gdviz.descent.engine import Descent, Status
    from gdviz.descent.evaluations import Evaluations
    from gdviz.descent.noise import Noise
    from gdviz.descent.optimizer import Optimizer
    from gdviz.descent.optimizers import optimizer
    from gdviz.descent.schedules import Schedule, schedule
    from gdviz.description.animation import Animation
    from gdviz.errors import EncodeError, ExpressionError, GdvizError, GdvizWarning, InputError, RenderError
    from gdviz.film import Film, Still
    from gdviz.functions import Function, function
    from gdviz.landscapes.reading import landscape
    from gdviz.notebook import show
    from gdviz.planes.plane import plane
    from gdviz.planes.result import Plane
    from gdviz.rendering import Progress, render, still

_HOME = {
    "Animation": "description.animation",
    "Descent": "descent.engine",
    "EncodeError": "errors",
    "Evaluations": "descent.evaluations",
    "ExpressionError": "errors",
    "Film": "film",
    "Function": "functions",
    "GdvizError": "errors",
    "GdvizWarning": "errors",
    "InputError": "errors",
    "Noise": "descent.noise",
    "Optimizer": "descent.optimizer",
    "Plane": "planes.result",
    "Progress": "rendering",
    "RenderError": "errors",
    "Schedule": "descent.schedules",
    "Status": "descent.engine",
    "Still": "film",
    "descend": "descent.defaults",
    "function": "functions",
    "landscape": "landscapes.reading",
    "optimizer": "descent.optimizers",
    "plane": "planes.plane",
    "render": "rendering",
    "schedule": "descent.schedules",
    "show": "notebook",
    "still": "rendering",
}

__version__ = "0.1.0"
__all__ = [
    "Animation",
    "Descent",
    "EncodeError",
    "Evaluations",
    "ExpressionError",
    "Film",
    "Function",
    "GdvizError",
    "GdvizWarning",
    "InputError",
    "Noise",
    "Optimizer",
    "Plane",
    "Progress",
    "RenderError",
    "Schedule",
    "Status",
    "Still",
    "descend",
    "function",
    "landscape",
    "optimizer",
    "plane",
    "render",
    "schedule",
    "show",
    "still",
]


def __getattr__(name: str) -> object:
    import importlib

    if name not in _HOME:
        raise AttributeError(f"module 'gdviz' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gdviz.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
