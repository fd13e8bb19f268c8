"""The main panel of a scene, as the kind that a test expects."""

from __future__ import annotations

from dataclasses import replace

from gdviz.picture.marks import Mark
from gdviz.scene.build import Scene
from gdviz.scene.curve import CurvePanel
from gdviz.scene.slices import SlicesPanel
from gdviz.scene.subject import Subject
from gdviz.scene.surface import SurfacePanel
from gdviz.scene.timeline import FrameState


def surface_of(scene: Scene) -> SurfacePanel:
    assert isinstance(scene.main, SurfacePanel)
    return scene.main


def curve_of(scene: Scene) -> CurvePanel:
    assert isinstance(scene.main, CurvePanel)
    return scene.main


def slices_of(scene: Scene) -> SlicesPanel:
    assert isinstance(scene.main, SlicesPanel)
    return scene.main


def with_parts(scene: Scene, **parts: object) -> Scene:
    """Return the same surface with other runs or trails, such as none."""
    subject = Subject(scene.resolved)
    made = {"landscape": scene.subject.landscape, "timeline": scene.timeline, "runs": scene.runs}
    subject.__dict__.update({**made, "trails": scene.subject.trails, **parts})  # where cached properties are kept
    return replace(scene, subject=subject, main=replace(surface_of(scene), subject=subject))


def marks_of(scene: Scene, state: FrameState) -> list[Mark]:
    assert isinstance(scene.main, CurvePanel | SlicesPanel)
    return scene.main.marks(state)
