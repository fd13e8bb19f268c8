"""A model of drawing films with many workers: events, one after the other, of which each takes what was measured."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

START, OPENING, HANDING_OVER = "start", "scenes and first pictures", "hand-over"
SEGMENTS, ASSEMBLY, DRAWING = "length of segments", "assembly", "drawing"
LITTLE = 0.1  # of the workers' time: if less is lost, drawing is the limit


class Layout(Enum):
    """Where workers are: what it takes to give them a film differs.

    In a cluster, the command makes each scene, too, to tell how the points end, and hands the film out after that.
    """

    INLINE = "one process that draws and keeps the parts, one after the other"
    MACHINE = "processes of one machine: a film's scene is made once, beside the drawing, and they are forked from it"
    CLUSTER = "processes anywhere: each makes the scene of each film of which it draws, and has its next work already"


@dataclass(frozen=True)
class Costs:
    """What is not drawing, in seconds.

    Attributes
    ----------
    layout
        Where workers are.
    start
        From typing until a worker can be given the first film.
    imports
        Of a worker, once, in a cluster.
    scene
        Making a film's scene.
    fork
        Forking a process; one after the other.
    first
        Of a worker, once a film: its window and OpenGL's first picture.
    receive, keep
        Of each segment, in the command: taking its parts, after which the worker gets its next one, and storing them.

    """

    layout: Layout
    start: float = 0.0
    imports: float = 0.0
    scene: float = 0.0
    fork: float = 0.0
    first: float = 0.0
    receive: float = 0.0
    keep: float = 0.0


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
        default_factory=lambda: dict.fromkeys((START, OPENING, HANDING_OVER, SEGMENTS, ASSEMBLY), 0.0)
    )

    @property
    def limit(self) -> str:
        """What most of the workers' time was lost to, or that they mostly drew."""
        most = max(self.lost, key=lambda name: self.lost[name])
        return most if sum(self.lost.values()) > LITTLE * self.workers * self.seconds else DRAWING


def simulate(films: Sequence[FilmWork], workers: int, costs: Costs) -> Course:
    """Return how films are drawn by so many workers, segment by segment in their order.

    The command takes the parts of one segment at a time. A film is put together as soon as all of its parts are kept,
    one after the other, and beside everything else.
    """
    course = Course(workers)
    waiting = deque((number, seconds) for number, film in enumerate(films) for seconds in film.segments)
    left = [len(film.segments) for film in films]
    scenes = _Scenes(costs)
    free = [(costs.start, worker) for worker in range(workers)]
    film_of: list[int | None] = [None] * workers
    command = server = assembler = drawn = costs.start
    ended: list[float] = []
    course.lost[START] = workers * costs.start
    while free:
        now, worker = heapq.heappop(free)
        film = film_of[worker]
        if film is not None:
            drawn = max(drawn, now)
            command = max(now, command) + costs.receive
            if costs.layout is Layout.MACHINE:
                course.lost[HANDING_OVER] += command - now
                now = command
            command += costs.keep
            if costs.layout is Layout.INLINE:
                course.lost[HANDING_OVER] += command - now
                now = command
            left[film] -= 1
            if not left[film]:
                assembler = max(command, assembler) + films[film].assembly
        if not waiting:
            ended.append(now)
            continue
        number, seconds = waiting.popleft()
        begin = now
        if number != film:
            begin = scenes.ready(number, now, new=film is None)
            if costs.layout is Layout.MACHINE:
                begin = server = max(begin, server) + costs.fork
            begin += costs.first
            course.lost[OPENING] += begin - now
        film_of[worker] = number
        heapq.heappush(free, (begin + seconds, worker))
    last = max(ended)
    course.seconds = max(last, assembler)
    course.lost[SEGMENTS] = sum(last - each for each in ended)
    course.lost[ASSEMBLY] = workers * (course.seconds - last)
    return course


class _Scenes:
    """When scenes are ready: the first at the start.

    On one machine, each other one is made as soon as the film before is drawn; in a cluster, as soon as the one before.
    """

    def __init__(self, costs: Costs) -> None:
        self._costs = costs
        self._ready = [costs.start]

    def ready(self, film: int, now: float, *, new: bool) -> float:
        """Return when a worker that is free now can begin with a film; `new` if it has done nothing yet."""
        costs = self._costs
        if costs.layout is Layout.CLUSTER:
            return max(now, costs.start + film * costs.scene) + new * costs.imports + costs.scene
        if costs.layout is Layout.INLINE:
            return now + (not new) * costs.scene
        begin = max(now, self._ready[film])
        if film + 1 == len(self._ready):
            self._ready.append(begin + costs.scene)
        return begin
