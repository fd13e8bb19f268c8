"""Which parts of a step a film shows as arrows, and whether it can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gdviz.descent.anatomy import StepPart, parts_of
from gdviz.description.choices import Clock, View
from gdviz.description.runs import RunTable
from gdviz.description.tables import Starts, Timing, refusal
from gdviz.functions.objective import Objective


def shown_parts(
    asked: Sequence[StepPart] | None,
    *,
    timing: Timing,
    target: Objective,
    views: Sequence[View],
    starts: Starts | None,
    runs: Sequence[RunTable],
    clock: Clock,
) -> tuple[StepPart, ...]:
    """Return the parts in the order in which they are added up; all, if none are named and steps are shown slowly.

    Raises
    ------
    PydanticCustomError
        If they cannot be shown.

    """
    slow = timing.step_by_step > 0
    if slow and asked is not None and not asked:
        raise refusal(
            "step_by_step shows the arrows of each step; leave out arrows = [], or this", "timing.step_by_step"
        )
    if not slow and not asked:
        return ()
    keys = ("arrows", "timing.step_by_step")
    if target.dimension != 2:
        raise refusal(f"arrows show steps in x and y, and {target.name} is a function of x alone", *keys, "function")
    if not {View.SURFACE, View.MAP} & set(views):
        raise refusal("arrows lie on a surface or a map; choose one of them as view or panel", *keys, "view")
    if len(runs) != 1:
        raise refusal(f"arrows show the steps of one run, and there are {len(runs)}", *keys, "runs")
    if starts is not None and starts.count != 1:
        raise refusal(f"arrows show the steps of one point, not of {starts.count}; give one start", *keys, "starts")
    if clock is Clock.EVALUATIONS:
        raise refusal("arrows show steps, one an iteration; leave out clock, or arrows", *keys, "clock")
    if runs[0].path is not None:
        raise refusal("arrows show what a step is made of, which is not known of a recorded path", *keys, "runs")
    own = parts_of(runs[0].rule)
    for part, number in Counter(asked or ()).items():
        if part not in own:
            raise refusal(
                f"a step of {runs[0].rule.name} has no {part}; it has {', '.join(own)}", "arrows", "optimizer"
            )
        if number > 1:
            raise refusal(f"{part} is there twice; name each part once", "arrows")
    return tuple(part for part in own if asked is None or part in asked)
