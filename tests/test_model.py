"""The model of many workers: small cases that can be followed by hand, and that no second is lost."""

from __future__ import annotations

import random

import pytest
from model import (
    ASSEMBLY,
    DRAWING,
    FILMS,
    HANDING_OVER,
    OPENING,
    SEGMENTS,
    SIDE_BY_SIDE,
    START,
    Costs,
    FilmWork,
    Layout,
    simulate,
)
from observed import SEGMENT_FRAMES, Drawing, planned

import gdviz.plan
from gdviz.plan import plan
from gdviz.runtime import workers as pool

FILM = FilmWork((1.0, 1.0, 1.0, 1.0), assembly=2.0)


def test_processes_of_one_machine_draw_when_one_has_made_the_scene():
    course = simulate([FILM], 2, Costs(Layout.MACHINE, start=1, scene=0.5, fork=0.25, first=0.25))
    # The scene is there at 1.5, both draw from 2 to 4, and the film is put together by 6.
    assert course.seconds == 6
    assert course.lost == {START: 2, OPENING: 2, HANDING_OVER: 0, SEGMENTS: 0, FILMS: 0, ASSEMBLY: 4}
    assert course.limit == ASSEMBLY


def test_a_process_waits_until_the_command_has_taken_its_part_and_that_of_the_one_before():
    course = simulate([FILM], 2, Costs(Layout.MACHINE, receive=0.25, keep=0.5))
    # Parts come at 1, 1, 2.25 and 2.5, are taken by 1.25, 1.5, 2.5 and 2.75, and kept by 1.75, 2.25, 3 and 3.5.
    assert course.seconds == 3.5 + 2
    assert course.lost[HANDING_OVER] == 0.25 + 0.5 + 0.25 + 0.25


def test_a_process_that_draws_alone_keeps_its_parts_itself():
    assert simulate([FILM], 1, Costs(Layout.INLINE, start=1, first=0.5, keep=0.25)).seconds == 1 + 0.5 + 4 * 1.25 + 2


def test_in_a_cluster_each_worker_makes_each_scene_after_the_command_and_waits_for_nobody():
    costs = Costs(Layout.CLUSTER, start=1, imports=2, scene=0.5, first=0.25, receive=0.1, keep=0.2)
    course = simulate([FILM], 4, costs)
    assert course.seconds == pytest.approx(1 + 0.5 + 2 + 0.5 + 0.25 + 1 + 0.1 + 4 * 0.2 + 2)
    assert course.lost[HANDING_OVER] == 0


def test_more_workers_than_segments_are_of_no_use():
    few, many = (simulate([FILM], workers, Costs(Layout.MACHINE)) for workers in (4, 64))
    assert few.seconds == many.seconds == 3
    assert many.lost[SEGMENTS] == 60
    assert simulate([FilmWork(FILM.segments * 9, 2)], 1, Costs(Layout.MACHINE)).limit == DRAWING


def test_a_process_makes_the_next_scene_while_others_draw():
    films = [FilmWork((1.0, 1.0), assembly=0.0)] * 3
    assert simulate(films, 1, Costs(Layout.MACHINE, scene=0.5)).seconds == 3 * 2.5
    # The second makes the second scene from 0 to 0.5, as the first makes the first; then each draws a film.
    assert simulate(films[:2], 2, Costs(Layout.MACHINE, scene=0.5)).seconds == 2.5


def test_films_are_put_together_beside_the_drawing_and_beside_each_other():
    assert simulate([FilmWork((1.0,), 0.75)] * 4, 1, Costs(Layout.MACHINE)).seconds == 4.75
    assert simulate([FilmWork((1.0,), 5.0)] * 4, 4, Costs(Layout.MACHINE)).seconds == 6


def test_no_more_films_are_under_way_than_there_may_be():
    course = simulate([FilmWork((1.0,), 1.0)] * 8, 8, Costs(Layout.CLUSTER, most=2))
    assert course.seconds == 4 * 2
    assert course.limit == FILMS


@pytest.mark.parametrize("layout", [Layout.MACHINE, Layout.CLUSTER])
def test_workers_draw_or_their_time_is_lost(layout: Layout):
    chance = random.Random(1)
    for workers in (1, 3, 8):
        lengths = [chance.randint(1, 9) for _ in range(7)]
        films = [FilmWork(tuple(chance.random() for _ in range(length)), chance.random()) for length in lengths]
        start, imports, scene, fork, first, receive, keep = (chance.random() / 5 for _ in range(7))
        costs = Costs(layout, start, imports, scene, fork, first, receive, keep, most=4)
        course = simulate(films, workers, costs)
        drawn = sum(sum(film.segments) for film in films)
        assert drawn + sum(course.lost.values()) == pytest.approx(workers * course.seconds)


def test_segments_between_measured_ones_are_on_a_line():
    table = [[1.0, 2.0]] * 3 + [[3.0, 4.0]] * 3  # in the film's first 30 %, and from its middle on
    drawing = Drawing(0, 0, 0, 0, (10, 20), table, table, poster=8, poster_at=0.99, plan=(20,))
    assert drawing.works([15, 15, 15, 15])[0] == 1.5
    assert drawing.works([40]) == (6 + 8,)
    assert drawing.works([15, 15]) == (1.5, 3.5 + 8)
    assert drawing.size([20, 20]) == 2 + 4


def test_the_model_knows_the_rules_that_gdviz_has():
    assert (SIDE_BY_SIDE, SEGMENT_FRAMES) == (pool.SIDE_BY_SIDE, gdviz.plan.SEGMENT_FRAMES)


@pytest.mark.parametrize("frames", [48, 74, 371, 1000])
def test_a_plan_is_the_one_that_films_have(frames: int):
    for most in (4, 12, 30):
        assert planned(frames, most) == [each.stop - each.first for each in plan(frames, most=most)]
