"""Shows a film in a window in which one turns it, plays it, and sets keyframes of its camera."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from gdviz.description.choices import Quality
from gdviz.description.resolved import Resolved
from gdviz.description.tables import CameraKey
from gdviz.errors import GdvizError, in_words, printable
from gdviz.keyframes_file import KeyframesFile
from gdviz.movie.provenance import Kind, read_stamp
from gdviz.picture.themes import Rgb, Theme
from gdviz.player.arrangement import Arrangement, arrange, first_size
from gdviz.player.controls import controls
from gdviz.player.events import Close, Event, Key, Tick, Wheel, latest_moves
from gdviz.player.keys import action_of
from gdviz.player.mouse import Drag, moused
from gdviz.player.player import Film, Player, Request, close, counted, done, passed, saved
from gdviz.rendering import still_resolved
from gdviz.runtime.signals import deferred_signals
from gdviz.scene.build import Scene, build_scene, scene_about
from gdviz.scene.surface import SurfacePanel
from gdviz.stage import Stage
from gdviz.stage.alpha import straight
from gdviz.stage.painter import paint_over

if TYPE_CHECKING:
    from gdviz.stage.window import Window

PAUSE = 0.01  # seconds between two looks at what has happened
SETTLED = 0.2  # seconds after which a window's new size, or what the wheel has done, is taken for the last
SLOW = 0.08  # seconds of a picture from which on drafts are drawn while something moves
BESIDE = 0.07  # of the ink that is mixed into the background beside the picture
OF_SCREEN = 0.92  # the largest share of each of the screen's sides that a new window has


@dataclass(frozen=True)
class Viewed:
    """What is left when a window is closed.

    Attributes
    ----------
    keyframes
        The camera's keyframes.
    unsaved
        Whether they are not those of a file.
    files
        What was written: the TOML file, and pictures.

    """

    keyframes: tuple[CameraKey, ...]
    unsaved: bool
    files: tuple[Path, ...]


def view(
    resolved: Resolved, title: str, file: KeyframesFile | str, stem: Path, interrupted: Callable[[Viewed], None]
) -> Viewed:
    """Show an animation in a window until it is closed.

    Parameters
    ----------
    resolved
        The animation.
    title
        What the window is called.
    file
        Where keyframes are saved, or a sentence on why they cannot be.
    stem
        The path of pictures that are saved, without the number of the frame and the suffix.
    interrupted
        Told what there is when anything else than its user ends the window, such as Ctrl-C in the terminal.

    Raises
    ------
    InputError
        If the animation is not possible.
    RenderError
        If drawing failed.

    """
    from gdviz.stage.window import Window  # only now: it imports VTK

    scene = build_scene(resolved)
    player = Player(film_of(scene), resolved.camera, resolved.camera)
    window = Window(title, scene.subject.theme.background)
    session = _Session(window, scene, file, stem)
    width, height = (round(OF_SCREEN * side) for side in window.screen)
    try:
        window.open(first_size(resolved.size, (width, height), turns=player.film.turns))
        try:
            return session.run(player)
        except BaseException:
            interrupted(session.viewed)
            raise
    finally:
        window.close()


def film_of(scene: Scene) -> Film:
    """Return what a player needs to know of a scene's film."""
    turns = any(isinstance(panel, SurfacePanel) for panel in (scene.main, *scene.panels))
    timeline = scene.timeline
    slow_turn = scene.subject.default_move if turns else ()
    return Film(timeline.frames, timeline.fps, timeline.loop, turns, slow_turn)


class _Session:
    """An open window, and what it shows."""

    def __init__(self, window: Window, scene: Scene, file: KeyframesFile | str, stem: Path) -> None:
        self._window, self._film, self._file, self._stem = window, _FilmPictures(scene), file, stem
        self._theme = scene.subject.theme
        self._size = scene.resolved.size
        self._files: dict[Path, None] = {}
        self._drag: Drag | None = None
        self._picture = Image.new("RGB", self._size)
        self.viewed = Viewed((), unsaved=False, files=())
        self._wheeled = float("-inf")  # when the wheel was turned

    def run(self, player: Player) -> Viewed:
        """Show the player until it is closed."""
        shown: Hashable = None
        size, since = self._window.size, float("-inf")
        before = time.monotonic()
        while not player.closed:
            now = time.monotonic()
            if self._window.size != size:
                size, since = self._window.size, now
            arrangement = arrange(size, self._size, turns=player.film.turns)
            settled = now - since > SETTLED
            moves = player.playing or self._drag is not None or now - self._wheeled < SETTLED
            key = (replace(player, moment=player.frame), arrangement, settled, moves)
            if key != shown:
                size_drawn = _drawn_size(arrangement, self._size)
                self._picture = self._film.picture(player, size_drawn, settled=settled, moves=moves)
                self._show(player, arrangement)
                shown = key
            else:
                time.sleep(PAUSE)
            for event in [*latest_moves(self._window.events()), Tick(now - before)]:
                player = self._after(player, event, arrangement)
                self.viewed = Viewed(player.keyframes, player.unsaved, tuple(self._files))
            before = now
        return self.viewed

    def _after(self, player: Player, event: Event, arrangement: Arrangement) -> Player:
        """Return the player after an event; files are written."""
        match event:
            case Tick(seconds):
                return passed(player, seconds)
            case Close():
                return close(player)
            case Key():
                action = action_of(event)
                player, request = (player, None) if action is None else done(player, action)
                return player if request is None else self._written(player, request, arrangement)
            case _:
                if isinstance(event, Wheel):
                    self._wheeled = time.monotonic()
                player, self._drag = moused(player, self._drag, event, arrangement)
                return player

    def _show(self, player: Player, arrangement: Arrangement) -> None:
        """Show the last picture of the film with what is below it."""
        self._window.show(window_picture(self._picture, player, arrangement, self._theme))

    def _written(self, player: Player, request: Request, arrangement: Arrangement) -> Player:
        if request is Request.STILL:
            self._show(replace(player, told="The picture is being drawn ..."), arrangement)
        try:
            return self._saved(player) if request is Request.SAVE else self._pictured(player)
        except (GdvizError, OSError) as error:
            return replace(player, told=_sentence(in_words(error)))

    def _saved(self, player: Player) -> Player:
        if isinstance(self._file, str):
            return replace(player, told=_sentence(self._file))
        self._file.write(player.keyframes)
        self._files[self._file.path] = None
        more = "; K adds what you see" if player.pose is not None else ""
        return saved(player, f"Saved to {printable(self._file.path)}: {counted(player.keyframes)}{more}")

    def _pictured(self, player: Player) -> Player:
        path = self._stem.with_name(f"{self._stem.name}-{player.frame:04d}.png")
        if path.exists() and read_stamp(path, Kind.STILL) is None:
            return replace(player, told=f"{printable(path)} is there, and gdviz did not draw it; it stays")
        still_resolved(replace(self._film.resolved, camera=player.camera), path, player.frame)
        self._files[path] = None
        return replace(player, told=f"Saved {printable(path)}")


class _FilmPictures:
    """The film's pictures, drawn at the size in which they are shown, but not larger than the film's own.

    While something moves they may be drawn more quickly: what is turned without axes and, where drawing takes long, all
    as in a draft.
    """

    def __init__(self, scene: Scene) -> None:
        self.resolved = scene.resolved
        self._fine = _DrawnScene(scene)
        self._coarse: _DrawnScene | None = None

    def picture(self, player: Player, size: tuple[int, int], *, settled: bool, moves: bool) -> Image.Image:
        """Return what a player shows; until a size has settled, a picture of another size.

        `moves` tells that it will be another picture in a moment.
        """
        if settled and size != self._fine.size:
            self._fine.close()
            self._fine = self._fine.drawn_as(size, self.resolved.quality)
            self._close_coarse()
        if not (moves and self._fine.seconds > SLOW):
            return self._fine.picture(player, bare=moves and player.pose is not None)
        if self._coarse is None:
            self._coarse = self._fine.drawn_as(self._fine.size, Quality.DRAFT)
        return self._coarse.picture(player, bare=player.pose is not None)

    def _close_coarse(self) -> None:
        if self._coarse is not None:
            self._coarse.close()
        self._coarse = None


class _DrawnScene:
    """A scene at one size, and the stage that draws it.

    Attributes
    ----------
    seconds
        How long it took to draw the last picture; 0 before the second, since the first takes longer than all others.

    """

    def __init__(self, scene: Scene) -> None:
        self.seconds = 0.0
        self._whole, self._scene, self._bare = scene, scene, False
        self._stage = Stage(scene)
        self._last: tuple[Hashable, Image.Image] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """The width and height of its pictures."""
        return self._whole.resolved.size

    def drawn_as(self, size: tuple[int, int], quality: Quality) -> _DrawnScene:
        """Return one for pictures of another size or quality."""
        return _DrawnScene(scene_about(self._whole.subject.drawn_as(size, quality)))

    def picture(self, player: Player, *, bare: bool) -> Image.Image:
        """Return what a player shows, RGB or, if it is transparent, RGBA."""
        key = (player.camera, player.frame, bare)
        if self._last is not None and self._last[0] == key:
            return self._last[1]
        begun = time.monotonic()
        if (player.camera, bare) != (self._scene.resolved.camera, self._bare):
            self._scene, self._bare = self._whole.with_camera(player.camera, bare=bare), bare
            self._stage.turn(self._scene)
        with deferred_signals():
            picture = straight(self._stage.draw(self._scene.timeline.state(player.frame)))
        self.seconds = time.monotonic() - begun if self._last is not None else 0.0
        self._last = key, picture
        return picture

    def close(self) -> None:
        """Give the stage back."""
        self._stage.close()


def _drawn_size(arrangement: Arrangement, film: tuple[int, int]) -> tuple[int, int]:
    width, height = arrangement.picture_size
    return min(width, film[0]), min(height, film[1])


def window_picture(picture: Image.Image, player: Player, arrangement: Arrangement, theme: Theme) -> Image.Image:
    """Return all that a window shows: the film's picture, and what is below it."""
    whole = Image.new("RGB", arrangement.size, theme.background)
    _, top, width, _ = arrangement.bar
    if arrangement.picture_size != (width, top):
        whole.paste(_beside(theme), (0, 0, width, top))
        whole.paste(theme.background, arrangement.picture)
    if picture.size != arrangement.picture_size:
        picture = picture.resize(arrangement.picture_size, Image.Resampling.BILINEAR)
    whole.paste(picture, arrangement.picture[:2], picture if picture.mode == "RGBA" else None)
    paint_over(whole, controls(player, arrangement, theme))
    return whole


def _beside(theme: Theme) -> Rgb:
    """Return the colour of what is beside the film's picture, a little different from the picture's own."""
    red, green, blue = (
        round(BESIDE * ink + (1 - BESIDE) * ground) for ink, ground in zip(theme.ink, theme.background, strict=True)
    )
    return red, green, blue


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
