"""A model of drawing films with many workers: events, one after the other, of which each takes what was measured.

It follows gdviz's own rules: those by which a pool gives its processes work (gdviz.runtime.workers), and those by which
films are begun (gdviz.film_jobs).
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial

START, OPENING, HANDING_OVER = "start", "scenes and first pictures", "hand-over"
SEGMENTS, FILMS, ASSEMBLY, DRAWING = "length of segments", "films under way", "assembly", "drawing"
LITTLE = 0.1  # of the workers' time: if less is lost, drawing is the limit
SIDE_BY_SIDE = 2  # films that a pool begins while others have segments waiting
AHEAD = 2  # times the segments that are drawn at a time are handed to a cluster


class Layout(Enum):
    """Where workers are: what it takes to give them a film differs."""

    INLINE = "one process, which draws, keeps the parts and puts films together, one after the other"
    MACHINE = "processes of one machine: one makes a film's scene, and those that draw it are forked from that"
    CLUSTER = "processes anywhere: each makes the scene of each film of which it draws, after the command has made it"


@dataclass(frozen=True)
class Costs:
    """What is not drawing, in seconds.

    Attributes
    ----------
    layout
        Where workers are.
    start
        From typing until the first scene can be made.
    imports
        Of a worker, once, in a cluster.
    scene
        Making a film's scene.
    fork
        Forking a process that draws a film.
    first
        Of a worker, once a film: its window and OpenGL's first picture.
    receive, keep
        Of each segment, in the command: taking its parts, one segment at a time, and storing them, one segment of a
        film at a time.
    most
        How many films are under way at a time, from the making of their scene until they are in their place.

    """

    layout: Layout
    start: float = 0.0
    imports: float = 0.0
    scene: float = 0.0
    fork: float = 0.0
    first: float = 0.0
    receive: float = 0.0
    keep: float = 0.0
    most: int = 1_000_000


@dataclass(frozen=True)
class FilmWork:
    """A film: the seconds that each of its segments takes a worker, and those of putting it together."""

    segments: tuple[float, ...]
    assembly: float


@dataclass
class Course:
    """How the work went.

    Attributes
    ----------
    workers
        How many there were.
    seconds
        From typing to the last film in its place.
    lost
        Of the workers' seconds, those in which they drew nothing, by what they waited for or did.

    """

    workers: int
    seconds: float = 0.0
    lost: dict[str, float] = field(
        default_factory=lambda: dict.fromkeys((START, OPENING, HANDING_OVER, SEGMENTS, FILMS, ASSEMBLY), 0.0)
    )

    @property
    def limit(self) -> str:
        """What most of the workers' time was lost to, or that they mostly drew."""
        most = max(self.lost, key=lambda name: self.lost[name])
        return most if sum(self.lost.values()) > LITTLE * self.workers * self.seconds else DRAWING


@dataclass(eq=False)
class _Film:
    """A film under way.

    Attributes
    ----------
    waiting
        The seconds of the segments that nobody draws or has drawn.
    left
        How many are not drawn yet.
    is_ready
        Whether its scene is there.
    kept
        When the last part so far was kept.

    """

    work: FilmWork
    waiting: deque[float]
    left: int
    is_ready: bool = False
    kept: float = 0.0


@dataclass(eq=False)
class _Worker:
    """A worker: the film whose scene it has, and whether it has never drawn."""

    film: _Film | None = None
    is_new: bool = True


def simulate(films: Sequence[FilmWork], workers: int, costs: Costs) -> Course:
    """Return how films are drawn by so many workers."""
    return _Simulation(films, workers, costs).run()


class _Simulation:
    def __init__(self, films: Sequence[FilmWork], workers: int, costs: Costs) -> None:
        self._costs = costs
        self._course = Course(workers)
        self._coming = deque(films)
        self._known: list[_Film] = []  # those that may be begun,
        self._begun: list[_Film] = []  # and those that are, until they are drawn
        self._idle = deque(_Worker() for _ in range(workers))
        self._under_way = 0
        self._scene_maker = self._command = costs.start
        self._now = 0.0
        self._order = itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []

    def run(self) -> Course:
        """Follow all events."""
        course = self._course
        course.lost[START] = course.workers * self._costs.start
        self._at(self._costs.start, self._open)
        self._now = self._costs.start
        while self._events:
            time, _, happens = heapq.heappop(self._events)
            course.lost[self._reason()] += len(self._idle) * (time - self._now)
            self._now = time
            happens()
        course.seconds = self._now
        return course

    def _at(self, time: float, happens: Callable[[], None]) -> None:
        heapq.heappush(self._events, (time, next(self._order), happens))

    # Films

    def _open(self) -> None:
        """Let films be begun, as many as there is room for, and give workers that have nothing to do something."""
        while self._coming and self._under_way < self._costs.most and self._is_room():
            work = self._coming.popleft()
            film = _Film(work, deque(work.segments), len(work.segments))
            self._under_way += 1
            if self._costs.layout is Layout.CLUSTER:
                self._begun.append(film)
                self._scene_maker = max(self._now, self._scene_maker) + self._costs.scene
                self._at(self._scene_maker, partial(self._ready, film))
            else:
                self._known.append(film)
        while self._idle and self._give(self._idle[0]):
            self._idle.popleft()

    def _is_room(self) -> bool:
        if self._costs.layout is Layout.CLUSTER:
            return sum(film.left for film in self._begun) < AHEAD * self._course.workers
        return len(self._known) + len(self._begun) <= self._course.workers

    def _ready(self, film: _Film) -> None:
        film.is_ready = True
        self._open()

    def _put_together(self) -> None:
        self._under_way -= 1
        self._open()

    # Workers

    def _give(self, worker: _Worker) -> bool:
        """Have a worker do what is to be done first, as a pool does it; return False if there is nothing."""
        own = worker.film
        if own is not None and own.waiting and self._costs.layout is not Layout.CLUSTER:
            self._draw(worker, own, 0.0)
        elif self._known and self._may_begin():
            self._make_scene(worker, self._known.pop(0))
        else:
            film = next((film for film in self._begun if film.is_ready and film.waiting), None)
            if film is None:
                return False
            self._draw(worker, film, 0.0 if film is own else self._opening(worker))
        return True

    def _may_begin(self) -> bool:
        if len(self._begun) < SIDE_BY_SIDE:
            return True
        return (
            all(film.is_ready and not film.waiting for film in self._begun) and len(self._begun) < self._course.workers
        )

    def _opening(self, worker: _Worker) -> float:
        """Return how long it takes until a worker draws a film of which it has drawn nothing."""
        costs = self._costs
        if costs.layout is Layout.CLUSTER:
            return costs.imports * worker.is_new + costs.scene + costs.first
        return costs.fork + costs.first

    def _make_scene(self, worker: _Worker, film: _Film) -> None:
        self._begun.append(film)
        self._course.lost[OPENING] += self._costs.scene
        worker.film = None

        def made() -> None:
            film.is_ready = True
            self._waits(worker)

        self._at(self._now + self._costs.scene, made)

    def _draw(self, worker: _Worker, film: _Film, opening: float) -> None:
        self._course.lost[OPENING] += opening
        worker.film, worker.is_new = film, False
        self._at(self._now + opening + film.waiting.popleft(), partial(self._done, worker, film))

    def _done(self, worker: _Worker, film: _Film) -> None:
        costs = self._costs
        self._command = max(self._now, self._command) + costs.receive
        film.kept = max(self._command, film.kept) + costs.keep
        film.left -= 1
        free = self._now
        if not film.left:
            film.kept += film.work.assembly
            self._begun.remove(film)
            self._at(film.kept, self._put_together)
        if costs.layout is Layout.MACHINE:
            free = self._command
        elif costs.layout is Layout.INLINE:
            free = film.kept
        self._course.lost[HANDING_OVER] += free - self._now

        self._at(free, partial(self._waits, worker))

    def _waits(self, worker: _Worker) -> None:
        self._idle.append(worker)
        self._open()

    def _reason(self) -> str:
        """Return why workers have nothing to do."""
        if self._known or any(not film.is_ready for film in self._begun):
            return OPENING
        if self._coming:
            return FILMS
        return ASSEMBLY if len(self._idle) == self._course.workers else SEGMENTS
