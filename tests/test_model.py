"""The model of many workers: small cases that can be followed by hand, and that no second is lost."""

from __future__ import annotations

import random

import pytest
from model import ASSEMBLY, DRAWING, HANDING_OVER, OPENING, SEGMENTS, START, Costs, FilmWork, Layout, simulate
from observed import Drawing, planned

from gdviz.plan import plan

FILM = FilmWork((1.0, 1.0, 1.0, 1.0), assembly=2.0)


def test_processes_of_one_machine_are_forked_one_after_the_other():
    course = simulate([FILM], 2, Costs(Layout.MACHINE, start=1, fork=0.5, first=0.25))
    # The first draws from 1.75 to 3.75, the second from 2.25 to 4.25, and the film is put together by 6.25.
    assert course.seconds == 6.25
    assert course.lost == {START: 2, OPENING: 2, HANDING_OVER: 0, SEGMENTS: 0.5, ASSEMBLY: 4}
    assert course.limit == ASSEMBLY


def test_a_process_waits_until_the_command_has_taken_its_part_and_that_of_the_one_before():
    course = simulate([FILM], 2, Costs(Layout.MACHINE, receive=0.25, keep=0.5))
    # Parts come at 1, 1, 2.25 and 3, and are taken from 1, 1.75, 2.5 and 3.25, each until 0.25 later.
    assert course.seconds == 3.25 + 0.25 + 0.5 + 2
    assert course.lost[HANDING_OVER] == 0.25 + 1 + 0.5 + 0.5


def test_a_process_that_draws_alone_keeps_its_parts_itself():
    assert simulate([FILM], 1, Costs(Layout.INLINE, start=1, first=0.5, keep=0.25)).seconds == 1 + 0.5 + 4 * 1.25 + 2


def test_in_a_cluster_each_worker_makes_each_scene_and_waits_for_nobody():
    course = simulate(
        [FILM], 4, Costs(Layout.CLUSTER, start=1, imports=2, scene=0.5, first=0.25, receive=0.1, keep=0.2)
    )
    assert course.seconds == pytest.approx(1 + 2 + 0.5 + 0.25 + 1 + 4 * 0.3 + 2)
    assert course.lost[HANDING_OVER] == 0


def test_in_a_cluster_a_film_is_handed_out_when_the_command_has_made_its_scene():
    films = [FilmWork((1.0,), assembly=0.0)] * 3
    assert simulate(films, 8, Costs(Layout.CLUSTER, scene=2)).seconds == 2 * 2 + 2 + 1


def test_more_workers_than_segments_are_of_no_use():
    few, many = (simulate([FILM], workers, Costs(Layout.MACHINE)) for workers in (4, 64))
    assert few.seconds == many.seconds == 3
    assert many.lost[SEGMENTS] == 60
    assert simulate([FILM], 1, Costs(Layout.MACHINE)).limit == ASSEMBLY
    assert simulate([FilmWork(FILM.segments * 9, 2)], 1, Costs(Layout.MACHINE)).limit == DRAWING


def test_the_next_scene_is_made_while_a_film_is_drawn():
    films = [FilmWork((1.0, 1.0), assembly=0.0)] * 3
    assert simulate(films, 1, Costs(Layout.MACHINE, scene=1.5)).seconds == 6
    assert simulate(films, 1, Costs(Layout.MACHINE, scene=3)).seconds == 3 + 3 + 2


def test_films_are_put_together_one_after_the_other_and_beside_the_drawing():
    assert simulate([FilmWork((1.0,), 0.75)] * 4, 1, Costs(Layout.MACHINE)).seconds == 4.75
    assert simulate([FilmWork((1.0,), 5.0)] * 4, 4, Costs(Layout.MACHINE)).seconds == 21


@pytest.mark.parametrize("layout", [Layout.MACHINE, Layout.CLUSTER])
def test_workers_draw_or_their_time_is_lost(layout: Layout):
    chance = random.Random(1)
    for workers in (1, 3, 8):
        films = [
            FilmWork(tuple(chance.random() for _ in range(chance.randint(1, 9))), chance.random()) for _ in range(7)
        ]
        course = simulate(films, workers, Costs(layout, *(chance.random() / 5 for _ in range(7))))
        drawn = sum(sum(film.segments) for film in films)
        assert drawn + sum(course.lost.values()) == pytest.approx(workers * course.seconds)


def test_segments_between_measured_ones_are_on_a_line():
    table = [[1.0, 2.0]] * 3 + [[3.0, 4.0]] * 3  # in the film's first 30 %, and from its middle on
    drawing = Drawing(0, 0, 0, 0, (10, 20), table, table, poster=8, poster_at=0.99, plan=(20,))
    assert drawing.works([15, 15, 15, 15])[0] == 1.5
    assert drawing.works([40]) == (6 + 8,)
    assert drawing.works([15, 15]) == (1.5, 3.5 + 8)
    assert drawing.size([20, 20]) == 2 + 4


@pytest.mark.parametrize("frames", [48, 74, 371, 1000])
def test_a_plan_is_the_one_that_films_have(frames: int):
    for most in (4, 12, 30):
        assert planned(frames, most) == [each.stop - each.first for each in plan(frames, most=most)]
