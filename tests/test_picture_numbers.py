"""The landscape, trails, timeline and camera as numbers: no window is opened here."""

from __future__ import annotations

import numpy as np
import pytest

from gdviz.descent.engine import descend
from gdviz.description.choices import HeightScale
from gdviz.description.tables import CameraKey, Pose, Timing
from gdviz.extent import Extent
from gdviz.functions import function
from gdviz.scene.build import Scene
from gdviz.scene.camera import Margin, eased_distances, fitting_distances, place_camera
from gdviz.scene.camera_path import camera_path
from gdviz.scene.pace import build_pace, pace_of
from gdviz.scene.timeline import Phase, Timeline
from gdviz.terrain.landscape import build_landscape, choose_relief
from gdviz.terrain.trails import build_trails

VIEW = Extent((-6.0, 6.0, -6.0, 6.0))


@pytest.fixture(scope="module")
def landscape():
    return build_landscape(function("himmelblau"), VIEW, HeightScale.AUTO)


def test_draped_points_lie_on_the_drawn_triangles(landscape):
    x, y = np.meshgrid(*landscape.axes)
    vertices = np.stack([x, y, landscape.heights], -1).reshape(-1, 3)
    triangles = landscape.triangles()
    rng = np.random.default_rng(0)
    chosen = triangles[rng.integers(len(triangles), size=300)]
    weights = rng.dirichlet([1, 1, 1], size=300)
    on_triangle = (vertices[chosen] * weights[..., None]).sum(axis=1)
    flat = on_triangle[:, :2] * 6.0  # the scene's unit square is the view from -6 to 6
    np.testing.assert_allclose(landscape.drape(flat), on_triangle, atol=1e-9)


def test_a_function_that_spans_decades_gets_a_logarithmic_height():
    assert np.isinf(build_landscape(function("sphere"), Extent((-5, 5, -5, 5)), HeightScale.AUTO).relief.knee)
    steep = build_landscape(function("goldstein-price"), Extent((-2, 2, -2.5, 1.5)), HeightScale.AUTO)
    assert np.isfinite(steep.relief.knee)
    assert 0.2 < np.median(steep.heights) / steep.height < 0.5
    forced = build_landscape(function("goldstein-price"), Extent((-2, 2, -2.5, 1.5)), HeightScale.LINEAR)
    assert np.median(forced.heights) / forced.height < 0.05


def test_heights_keep_the_order_of_values():
    values = np.array([[1.0, 10.0, 100.0, 1e6]])
    for scale in HeightScale:
        heights = choose_relief(values, scale)(values)
        assert (np.diff(heights) > 0).all()
        assert heights[0, 0] == 0
        assert heights[0, -1] == pytest.approx(1)


def test_rough_ground_gets_a_finer_mesh(landscape):
    rough = build_landscape(function("eggholder"), Extent((-512, 512, -512, 512)), HeightScale.AUTO)
    assert rough.heights.size > 2 * landscape.heights.size


def test_where_there_is_no_value_there_is_a_hole():
    holed = build_landscape(function("log(x) + y**2"), Extent((-1.0, 1.0, -1.0, 1.0)), HeightScale.AUTO)
    x, _ = np.meshgrid(*holed.axes)
    assert np.isnan(holed.heights[x < 0]).all()
    assert np.isfinite(holed.heights[x > 0.02]).all()
    corners = holed.mesh[..., 0].ravel()[holed.triangles()]
    assert 0 < corners.min() < 1e-4


def test_trails_end_at_the_edge_and_come_in_the_order_of_time():
    saddle = function("saddle")
    ground = build_landscape(saddle, Extent((-2, 2, -2, 2)), HeightScale.AUTO)
    starts = np.array([[1.5, 0.5], [-0.3, -1.0], [0.0, 1.9]])
    descent = descend(
        saddle, starts, learning_rate=0.1, tolerance=1e-3, max_iterations=100, domain=Extent((-5, 5, -5, 5))
    )
    trails = build_trails(descent, ground)
    assert (np.diff(trails.times) >= 0).all()
    assert np.abs(trails.vertices[:, :2]).max() == pytest.approx(1.0, abs=1e-12)
    for owner in range(3):
        mine = np.flatnonzero(trails.owners == owner)
        first = trails.vertices[2 * mine[0]]
        np.testing.assert_allclose(first[:2], starts[owner] / 2, atol=1e-12)
        last = trails.vertices[2 * mine[-1] + 1]
        assert abs(last[1]) == pytest.approx(1.0, abs=1e-12)
        joins = trails.vertices[2 * mine[1:]] - trails.vertices[2 * mine[:-1] + 1]
        np.testing.assert_allclose(joins, 0, atol=1e-9)


def test_a_trail_grows_with_the_film_and_is_whole_at_its_end(scene: Scene):
    (trails,) = scene.subject.trails
    counts = [trails.count_until(scene.timeline.state(k).position) for k in range(scene.timeline.frames)]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert counts[-1] == len(trails.times)


def test_points_glide_between_iterates(scene: Scene):
    run = scene.runs[0]
    half = run.at(0.5)
    np.testing.assert_allclose(half, (run.descent.points[0] + run.descent.points[1]) / 2)
    np.testing.assert_array_equal(run.at(0.0), run.descent.points[0])
    np.testing.assert_array_equal(run.at(run.descent.steps), run.descent.ends)


def test_the_timeline_runs_through_its_phases_from_the_first_iterate_to_the_last():
    durations = Timing(approach=1.0, hold=0.5, descent=2.0, finish=0.5)
    keys = (CameraKey(at=0.0, azimuth=0, elevation=50), CameraKey(at=1.0, azimuth=90, elevation=30))
    timeline = Timeline(81, 20.0, durations, camera_path(keys), pace_of(np.array([5.0, 3.0, 2.0]), np.ones(3)))
    states = [timeline.state(frame) for frame in range(81)]
    assert [state.phase for state in states if state.position == 0][-1] in (Phase.HOLD, Phase.DESCENT)
    assert list(dict.fromkeys(state.phase for state in states)) == list(Phase)
    positions = [state.position for state in states]
    assert positions == sorted(positions)
    assert positions[0] == 0
    assert positions[-1] == 3
    assert states[0].pose == Pose(azimuth=0, elevation=50)
    assert states[-1].pose == Pose(azimuth=90, elevation=30)
    with pytest.raises(IndexError):
        timeline.state(81)


def test_pacing_compresses_the_long_tail():
    descent = descend(
        function("sphere"), [[4.0, 4.0], [-3.0, 4.0]], learning_rate=0.05, tolerance=1e-6, max_iterations=1000
    )
    schedule = build_pace([descent], Extent((-5, 5, -5, 5))).reached
    assert schedule[0] == 0
    assert schedule[-1] == pytest.approx(1)
    assert (np.diff(schedule) > 0).all()
    assert schedule[descent.steps // 2] > 0.7


def test_a_point_that_bounces_for_ever_does_not_hold_up_the_film():
    descent = descend(
        function("abs(x) + y**2"), [[0.05, 4.0], [0.05, -3.0]], learning_rate=0.1, tolerance=1e-3, max_iterations=1000
    )
    schedule = build_pace([descent], Extent((-5, 5, -5, 5))).reached
    assert schedule[40] > 0.5


@pytest.mark.parametrize("elevation", [5, 40, 90])
@pytest.mark.parametrize("aspect", [16 / 9, 1.0, 9 / 16])
def test_the_whole_scene_is_in_the_picture_and_touches_the_margin(landscape, elevation: float, aspect: float):
    margin = Margin(sides=0.05, top=0.1, bottom=0.05)
    poses = [Pose(azimuth=azimuth, elevation=elevation) for azimuth in range(0, 360, 30)]
    distances = fitting_distances(poses, landscape.outline, aspect, margin)
    size = (round(900 * aspect), 900)
    slack = []
    for pose, distance in zip(poses, distances, strict=True):
        pixels = place_camera(pose, landscape.outline, aspect, margin, distance).project(landscape.outline, size)
        low, high = pixels.min(axis=0) / size, 1 - pixels.max(axis=0) / size
        gaps = [low[0] - 0.05, high[0] - 0.05, low[1] - 0.1, high[1] - 0.05]
        assert min(gaps) > -2e-3
        slack.append(min(gaps))
    assert max(slack) < 2e-3


def test_the_cameras_distance_changes_gradually_and_is_never_too_small():
    rng = np.random.default_rng(3)
    needed = 4 + np.cumsum(rng.normal(0, 0.05, 241)) + (np.arange(241) == 100)
    distances = eased_distances(needed, 20)
    assert distances.shape == needed.shape
    assert (distances >= needed - 1e-12).all()
    assert np.abs(np.diff(distances)).max() < 0.2 * np.abs(np.diff(needed)).max()
    assert eased_distances(np.full(50, 3.0), 6) == pytest.approx(3.0)
