"""resolve: fills in every default of an animation."""

from __future__ import annotations

import json
from dataclasses import replace

from gdviz.description.animation import Animation
from gdviz.description.choices import PointColor, Quality, View
from gdviz.description.defaults import default_starts, shortened_title, start_of, suitable_theme, whole_field
from gdviz.description.limits import excess_of_steps
from gdviz.description.messages import explained
from gdviz.description.quality import at_quality
from gdviz.description.resolved import DIGEST, PATH_DIGESTS, Resolved
from gdviz.description.run_settings import run_settings
from gdviz.errors import InputError, printable
from gdviz.extent import Extent


def resolve(animation: Animation, quality: Quality = Quality.STANDARD) -> Resolved:
    """Fill in every default that depends on the function; a learning rate may be found by trial.

    A draft's size and frame rate are half of the animation's.

    Raises
    ------
    InputError
        If there are too many points for the number of iterations, or no arrow of a field is in the extent.

    """
    animation = at_quality(animation, quality)
    objective = animation.target
    view = animation.main_view
    extent = objective.extent if animation.extent is None else Extent(animation.extent)
    race = animation.is_race
    parts = animation.step_parts
    recorded = [path for path in animation.recorded_paths if path is not None]
    default = start_of(recorded) if recorded else default_starts(view, extent, objective, several=not (race or parts))
    starts = animation.starts or default
    if excess := excess_of_steps(starts.count, animation.iterations, len(animation.all_runs)):
        raise InputError(excess)
    color = animation.point_color or (PointColor.RUN if race else PointColor.BASIN)
    panels = animation.views[1:]
    domain = objective.domain.hull(extent) if animation.domain is None else Extent(animation.domain)
    tolerance = objective.tolerance if animation.tolerance is None else animation.tolerance
    runs = run_settings(
        animation.all_runs,
        animation.recorded_paths,
        objective,
        starts.positions(extent),
        extent=extent,
        domain=domain,
        tolerance=tolerance,
        max_iterations=animation.iterations,
        words=animation.labels,
        noise_seed=animation.noise_seed,
    )
    return Resolved(
        objective=objective,
        landscape=animation.landscape_keys,
        title=animation.title if animation.title is not None else shortened_title(objective.title),
        view=view,
        panels=panels,
        extent=extent,
        domain=domain,
        starts=starts,
        tolerance=tolerance,
        max_iterations=animation.iterations,
        runs=runs,
        clock=animation.clock,
        size=animation.size,
        fps=animation.fps,
        timing=animation.timing,
        loop=animation.loop,
        camera=animation.camera,
        height=animation.height,
        loss_scale=animation.loss_scale,
        field=animation.field and whole_field(animation.field, extent),
        lift=animation.lift,
        arrows=parts,
        point_color=color,
        theme=animation.theme or suitable_theme(animation.background),
        palette=animation.palette,
        background=animation.background,
        caption=animation.caption,
        legend=animation.legend.decided(
            race or bool(parts) or (bool(panels) and color not in (PointColor.RUN, PointColor.ONE))
        ),
        formula=animation.formula,
        words=animation.labels,
        axes=tuple(shown for shown in (view, *panels) if animation.axes.decided(shown is not View.SURFACE or race)),
        max_size=animation.max_size,
        web_bundle=animation.web_bundle,
        quality=quality,
    )


def resolved_from_json(text: str) -> Resolved:
    """Return what `Resolved.canonical_json` describes.

    Raises
    ------
    InputError
        If it is about a landscape or a recorded path whose file has changed, or cannot be read any more.

    """
    settings = json.loads(text)
    quality, digest, digests = Quality(settings.pop("quality")), settings.pop(DIGEST, None), settings.pop(PATH_DIGESTS)
    with explained(Animation, settings):
        animation = Animation.model_validate(settings)
    resolved = replace(resolve(animation), quality=quality)
    changed = [path for path, before in digests.items() if resolved.path_digests.get(path) != before]
    if digest not in (None, resolved.objective.identity):
        changed.append(settings["landscape"])
    if changed:
        raise InputError(f"{printable(changed[0])} has changed since the film was begun; render it again")
    return resolved
