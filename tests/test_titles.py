"""Titles in any script, with emoji and mathematics: what is accepted, what is on the picture, what is said."""

from __future__ import annotations

import io
import string
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from films import decode
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import newTable
from fontTools.ttLib.tables.sbixGlyph import Glyph
from fontTools.ttLib.tables.sbixStrike import Strike
from PIL import Image
from processes import run as run_process
from typer.testing import CliRunner, Result

from gdviz import Animation, GdvizWarning, InputError, still
from gdviz.cli.commands import app
from gdviz.picture import fonts
from gdviz.picture.lettering import title_ink
from gdviz.picture.themes import DARK

# Letters that no font has, in planes for private use: the system's own fonts make no difference to the tests.
STRANGE, ODD, UNKNOWN = "\U00100abc", "\U00100abd", "\U00100abe"
PICTURE = "\U0001faff"  # the last of the emoji's block, which has no meaning yet
RED = (220, 30, 40)
TINY = ["--size", "128x96", "--fps", "10", "--seconds", "0.4", "--grid", "2"]


def make_font(path: Path, letters: str, height: int = 700) -> Path:
    """Write a font whose letters are all the same block, as wide as high."""
    builder = FontBuilder(1000, isTTF=True)
    names = [f"u{ord(letter):x}" for letter in letters]
    builder.setupGlyphOrder([".notdef", *names])
    builder.setupCharacterMap({ord(letter): name for letter, name in zip(letters, names, strict=True)})
    pen = TTGlyphPen(None)
    for number, place in enumerate([(100, 0), (100, height), (100 + height, height), (100 + height, 0)]):
        (pen.moveTo if number == 0 else pen.lineTo)(place)
    pen.closePath()
    empty = TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": empty, **{n: empty if chr(int(n[1:], 16)).isspace() else pen.glyph() for n in names}})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names], (height + 200, 100)))
    builder.setupHorizontalHeader(ascent=900, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=900)
    builder.setupPost()
    builder.save(path)
    return path


def make_emoji_font(path: Path, letter: str, strike: int = 64) -> Path:
    """Write a font with one letter, which is a red picture of one size."""
    make_font(path, letter)
    with fonts._opened(str(path)) as (font,):
        picture = io.BytesIO()
        Image.new("RGBA", (strike, strike), RED).save(picture, "PNG")
        pictures = Strike(ppem=strike, resolution=72)
        for name in font.getGlyphOrder():
            content = {"graphicType": "png ", "imageData": picture.getvalue()} if name != ".notdef" else {}
            pictures.glyphs[name] = Glyph(glyphName=name, **content)
        font["sbix"] = newTable("sbix")
        font["sbix"].strikes = {strike: pictures}
        font.save(path)
    return path


@pytest.fixture
def only_fonts(monkeypatch: pytest.MonkeyPatch):
    """Return how to have these fonts on the machine and no others, beside the one that matplotlib brings."""
    caches = (fonts._system_files, fonts._plain, fonts._colored, fonts._letters, fonts._faces_in, title_ink)

    def install(*paths: Path) -> None:
        monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda: [str(path) for path in paths])
        for cache in caches:
            cache.cache_clear()

    install()
    yield install
    monkeypatch.undo()
    for cache in caches:
        cache.cache_clear()


def ink(title: str, size: int = 30, room: tuple[int, int] = (3000, 200)) -> np.ndarray:
    """Return a title's ink as RGBA, without what is empty around it; as transparent as possible if there is none."""
    pixels = np.asarray(title_ink(title, size, room, DARK.ink).picture)
    rows, columns = np.nonzero(pixels[..., 3])
    if not len(rows):
        return pixels[:0, :0]
    return pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def same(one: str, other: str) -> bool:
    return np.array_equal(ink(one), ink(other))


def described(title: str, **more: Any) -> Animation:
    data = {"function": "sphere", "title": title, "size": [320, 180], "fps": 10, "starts": {"grid": 2}}
    return Animation.from_data(data | more)


def drawn(title: str, folder: Path) -> np.ndarray:
    with Image.open(still(described(title), folder / "a.png", 0)) as picture:
        return np.asarray(picture).astype(int)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="gdviz")


# What is accepted

FORMATTING = (
    "\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\u2066\u2069\ufe0e\ufe0f\ufeff\U000e0067"
)
SPACES = "\u00a0\u1680\u2000\u2003\u2009\u200a\u202f\u205f\u3000"


def test_gdvizs_own_typefaces_have_all_of_ascii():
    for face in fonts.own_faces():
        assert set(map(ord, string.printable)) - fonts._letters(face) <= set(map(ord, string.whitespace))


@pytest.mark.parametrize("letter", [*FORMATTING, *SPACES, "\u0301", "\ue000", "\U0001faff", "\U00012345"], ids=ascii)
def test_what_prints_or_formats_is_accepted(letter: str):
    assert described(f"a{letter}b", output=[f"a{letter}b.mp4"]).title == f"a{letter}b"


@pytest.mark.parametrize(
    ("letter", "what"),
    [
        *((letter, "line breaks") for letter in "\n\r\v\f\x85\u2028\u2029"),
        *((letter, "control characters") for letter in "\t\0\x1b\x7f\x9b"),
        *((letter, "broken characters") for letter in "\ud800\udcff"),
    ],
    ids=ascii,
)
def test_what_does_not_is_refused_in_a_sentence(letter: str, what: str, tmp_path: Path):
    with pytest.raises(InputError, match=f"^title: must be one line without {what}, not '") as refusal:
        described(f"a{letter}b")
    assert str(refusal.value).isprintable()
    with pytest.raises(InputError, match=r"^output.*: must be"):
        described("a", output=[f"a{letter}b.mp4"])


# What is on the picture


@pytest.mark.parametrize("letter", [*FORMATTING, "\u115f", "\u3164", "\U0001bca0"], ids=ascii)
def test_what_formats_is_not_seen(letter: str, only_fonts):
    assert same(f"Descen{letter}t", "Descent")
    assert not fonts.warnings_about([f"Descen{letter}t"])


@pytest.mark.parametrize("space", SPACES, ids=ascii)
def test_every_space_is_empty_and_has_a_width(space: str, only_fonts):
    apart, joined, whole = ink(f"H{space}H"), ink("HH"), ink("H")
    if space != "\u1680":  # the space of Ogham is a line
        assert np.array_equal(apart[:, : whole.shape[1]], whole)
        middle = apart[:, whole.shape[1] : -whole.shape[1]]
        assert not middle[..., 3].any()
    assert apart.shape[1] > joined.shape[1]
    assert not fonts.warnings_about([f"H{space}H"])


@pytest.mark.parametrize(
    ("apart", "whole"), [("e\u0301te\u0301", "été"), ("A\u030a", "Å"), ("\u1112\u1161\u11ab", "한")]
)
def test_accents_may_be_letters_of_their_own(apart: str, whole: str, only_fonts):
    assert same(apart, whole)


def test_an_accent_that_no_letter_has_stands_above_its_letter(only_fonts):
    accented, plain = ink("x\u0304"), ink("x")
    assert accented.shape[1] <= plain.shape[1] + 4
    assert accented.shape[0] > plain.shape[0] + 3


@pytest.mark.parametrize("title", ["Descent Ω", "Descent Я", "Descent ∇", "Descent א", "Łódź", "Größe ű"])
def test_a_title_is_in_one_typeface(title: str, only_fonts):
    (face,) = fonts.faces_for(title)
    assert [run.face for run in fonts.runs(title, (face,))] == [face]
    assert not fonts.missing_letters(title)


@pytest.mark.parametrize("last", ["ü", "é", "ß", "Å", "œ", "ñ", "…"])
def test_one_letter_does_not_change_the_typeface_of_the_others(last: str, only_fonts):
    alone, beside = ink("Descent"), ink(f"Descent {last}")
    rows = min(alone.shape[0], beside.shape[0])
    beside = beside[:, : alone.shape[1]]
    rows = np.flatnonzero(beside[..., 3].any(axis=1))
    assert np.array_equal(beside[rows.min() : rows.max() + 1], alone)


def test_hebrew_runs_from_right_to_left(only_fonts):
    first, both = ink("\u05d0"), ink("\u05d0\u05d3")
    assert np.array_equal(both[-first.shape[0] :, -first.shape[1] :, 3] > 128, first[..., 3] > 128)
    alone, title = ink("$f(x)$"), ink("\u05d0\u05d0\u05d0 $f(x)$")
    assert np.abs(title[-alone.shape[0] :, : alone.shape[1], 3].astype(int) - alone[..., 3]).mean() < 20


def test_a_title_is_in_one_typeface_if_any_has_all_its_letters(only_fonts, tmp_path: Path):
    whole = make_font(tmp_path / "Whole.ttf", f"AB {STRANGE}{ODD}")
    half = make_font(tmp_path / "AHalf.ttf", f"A {STRANGE}", height=400)
    only_fonts(half, whole)
    blocks = ink(f"A {STRANGE}{ODD}")
    assert (blocks[2:-2][:, [3, -3], 3] == 255).all()  # the A is a block, too
    assert fonts.faces_for(f"A {STRANGE}{ODD}") == (fonts.Face(str(whole)),)
    assert fonts.faces_for(f"A {STRANGE}") == (fonts.Face(str(half)),)
    assert not fonts.warnings_about([f"A {STRANGE}{ODD}"])


def test_where_none_has_all_each_letter_is_in_one_that_has_it(only_fonts, tmp_path: Path):
    only_fonts(make_font(tmp_path / "One.ttf", STRANGE), make_font(tmp_path / "Two.ttf", ODD, height=300))
    pixels = ink(f"{STRANGE}{ODD}")
    assert not fonts.warnings_about([f"Some {STRANGE}{ODD}"])
    assert pixels.shape[0] == pytest.approx(0.7 * 30, abs=2)
    low = pixels[:, -6, 3] > 128
    assert low.sum() == pytest.approx(0.3 * 30, abs=2)
    assert low[-2]
    letters = ink(f"n{STRANGE}")
    assert np.array_equal(letters[-ink("n").shape[0] :, : ink("n").shape[1]][..., 3], ink("n")[..., 3])


def test_a_damaged_font_is_passed_over(only_fonts, tmp_path: Path):
    damaged = make_font(tmp_path / "A.ttf", STRANGE)
    damaged.write_bytes(damaged.read_bytes()[:300])
    (tmp_path / "B.ttf").write_bytes(b"no font")
    (tmp_path / "C.ttf").symlink_to(tmp_path / "nowhere")
    good = make_font(tmp_path / "D.ttf", STRANGE)
    only_fonts(*(tmp_path / f"{letter}.ttf" for letter in "ABC"), good)
    assert fonts.faces_for(STRANGE) == (fonts.Face(str(good)),)


def test_emoji_have_their_colours_and_the_size_of_letters(only_fonts, tmp_path: Path):
    only_fonts(make_emoji_font(tmp_path / "Emoji.ttf", PICTURE))
    pixels = ink(f"Hg{PICTURE} n")
    red = np.abs(pixels[..., :3].astype(int) - RED).max(axis=-1) < 12
    red &= pixels[..., 3] == 255
    rows, columns = np.nonzero(red)
    assert red[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].all()
    assert np.ptp(rows) == pytest.approx(30, abs=3)
    assert np.ptp(columns) == pytest.approx(30, abs=3)
    before, after = ink("Hg"), ink("n")
    assert np.array_equal(pixels[-before.shape[0] :, : before.shape[1], 3] > 0, before[..., 3] > 0)
    assert after.shape[1] < pixels.shape[1] - columns.max() < after.shape[1] + 20
    assert not fonts.warnings_about([f"Hg{PICTURE} n"])


def test_a_long_title_is_made_smaller(only_fonts):
    room = (604, 40)
    for title in ("W" * 80, r"$\frac{\frac{1}{2}}{\frac{3}{4}}$", r"$x\hspace{60}x$"):
        height, width = ink(title, 15, room).shape[:2]
        assert width <= room[0]
        assert height <= room[1]


def test_a_high_title_is_not_cut_off(tmp_path: Path, only_fonts):
    picture = drawn(r"$\sum_{i=1}^n \frac{x_i^2}{\sqrt{2}}$", tmp_path)
    bright = np.abs(picture - DARK.ink).max(axis=-1) < 60
    assert bright[:60].sum() > 25
    assert not bright[0].any()
    assert not bright[:, 0].any()


def test_an_exponent_is_small_and_stands_high(only_fonts):
    base, power, digit = ink("x", 60), ink("x^2", 60), ink("2", 60)
    exponent = power[:, base.shape[1] + 1 :, 3] > 128
    rows = np.flatnonzero(exponent.any(axis=1))
    assert np.ptp(rows) + 1 == pytest.approx(0.64 * digit.shape[0], abs=2)
    assert rows.max() < power.shape[0] - base.shape[0] / 3  # above the baseline by a third of the x
    assert rows.min() < power.shape[0] - base.shape[0]
    assert not same("x^-1", "x-1")


# Mathematics


def test_mathematics_stands_in_the_text_on_its_baseline_and_in_its_colour(only_fonts):
    both = ink("minus $-$ H")
    assert np.abs(both[both[..., 3] > 0][:, :3].astype(int) - DARK.ink).max() <= 1
    before, after = ink("minus"), ink("H")
    assert np.array_equal(both[-before.shape[0] :, : before.shape[1], 3] > 128, before[..., 3] > 128)
    assert np.array_equal(both[-after.shape[0] :, -after.shape[1] :, 3] > 128, after[..., 3] > 128)
    middle = both[:, before.shape[1] + 2 : -after.shape[1] - 2]
    rows, _ = np.nonzero(middle[..., 3])
    assert 0.25 < (both.shape[0] - rows.mean()) / both.shape[0] < 0.55


def test_mathematics_is_as_large_as_the_text(only_fonts):
    for letter in ("x", "f", "g"):
        text, formula = ink(letter, 60), ink(f"${letter}$", 60)
        assert formula.shape[0] == pytest.approx(text.shape[0], rel=0.15)
    assert ink("$x^2$", 60).shape[0] > ink("$x$", 60).shape[0] + 10


def test_what_a_user_has_set_in_matplotlib_changes_nothing(only_fonts):
    title = r"$\sqrt{x}$ or $\alpha$"
    before = ink(title)
    title_ink.cache_clear()
    with mpl.rc_context({"path.sketch": (5, 50, 2), "mathtext.default": "bf", "patch.antialiased": False}):
        assert np.array_equal(ink(title), before)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\$5", "$5"),  # one is a dollar in any case
        ("a $ b $ c $", r"a \$ b \$ c \$"),  # and so is each of three
        (r"\$5 for $\le$", r"\$5 for $\leq$"),
    ],
)
def test_dollars(one: str, other: str, only_fonts):
    assert same(one, other)
    assert ink(one).size
    assert not same("a $b$ c", r"a \$b\$ c")


@pytest.mark.parametrize(
    ("title", "words"),
    [
        (r"Descent on $\frac{1}$", r"Expected \frac"),
        ("$$", "empty"),
        (r"$\nosuch$", r"\nosuch"),
        ("$x_1_2$", "Double subscript"),
        (r"$x \\ y$", "must be a single line"),
        (r"$\hspace{9999}$", "cannot be laid out"),
        (r"$x\hspace{9999}x$", "too large to stand within a line"),
        ("$日$", "日"),
    ],
)
def test_a_wrong_formula_is_refused_before_any_work(tmp_path: Path, monkeypatch, title: str, words: str):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.toml").write_text(f"function = 'sphere'\ntitle = '{title}'\n")
    for command in ("render", "still", "descend"):
        result = run(command, "a.toml", "--jobs", "2") if command == "render" else run(command, "a.toml")
        assert result.exit_code == 2
        assert words in result.stderr
        assert r"write \$ for a $" in result.stderr
        assert result.stderr.count("\n") == 1
        assert not result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["a.toml"]


# What is said


def test_missing_letters_are_named_once_with_a_package(tmp_path: Path, monkeypatch, only_fonts):
    monkeypatch.chdir(tmp_path)
    title = "title = '日本 日 กข \U0001f996'"
    result = run("render", "sphere", *TINY, "--set", title, "--jobs", "1")
    assert result.exit_code == 0
    assert [line for line in result.stderr.splitlines() if "font" in line] == [
        "gdviz: no font on this machine has 日本กข\U0001f996, so boxes are drawn instead; "
        "on Debian or Ubuntu, type: sudo apt-get install fonts-noto-cjk fonts-noto-color-emoji fonts-noto-core"
    ]
    assert decode(tmp_path / "sphere.mp4").frames.shape[0] == 4


def test_quiet_says_nothing_of_it(tmp_path: Path, monkeypatch, only_fonts):
    monkeypatch.chdir(tmp_path)
    result = run("still", "sphere", "--size", "64x64", "--set", f"title='{UNKNOWN}'", "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_without_a_caption_no_letter_is_missing(tmp_path: Path, only_fonts):
    still(described(UNKNOWN, caption=False), tmp_path / "a.png", 0)


def test_python_gets_a_warning(tmp_path: Path, only_fonts):
    with pytest.warns(GdvizWarning, match=f"no font on this machine has {UNKNOWN}, so boxes are drawn instead$"):
        picture = drawn(UNKNOWN, tmp_path)
    assert (np.abs(picture[:30] - DARK.ink).max(axis=-1) < 60).sum() >= 8  # the box


def test_a_pillow_that_cannot_join_letters_is_told_of(only_fonts, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("PIL.features.check", lambda name: False)
    for title in ("\u0645\u0631", "x\u0304", "\u05d0"):
        (sentence,) = fonts.warnings_about([title])
        assert "lacks Raqm" in sentence
    assert not fonts.warnings_about(["Größe, Ωmega, \u00ad"])
    title_ink.cache_clear()
    assert ink("soft\u00ad\u200d hyphen").shape == ink("soft hyphen").shape


def test_which_of_the_systems_fonts_is_used_is_told(only_fonts, tmp_path: Path):
    assert fonts.identity(["Größe, ∇, Я", "plain"]) == ""
    path = make_font(tmp_path / "Strange.ttf", STRANGE)
    only_fonts(path)
    first = fonts.identity([STRANGE, "plain"])
    assert first.startswith("Strange.ttf ")
    make_font(path, f"{STRANGE}A")
    assert fonts.identity([STRANGE, "plain"]) != first


def test_a_font_of_the_system_is_found_and_every_process_draws_with_it(tmp_path: Path):
    """With nowhere to keep a list of fonts, and without a word."""
    (tmp_path / "fonts").mkdir()
    make_font(tmp_path / "fonts" / "Strange.ttf", STRANGE)
    told = run_process(
        *(tmp_path, "render", "sphere", "--size", "160x90", "--fps", "10", "--seconds", "4.8", "--grid", "2"),
        *("--set", f"title='{STRANGE}'", "--jobs", "2", "-o", "a.mp4", "--quiet"),
        XDG_DATA_HOME=str(tmp_path),
        HOME="/proc/none",
        XDG_CACHE_HOME="/proc/none",
        XDG_CONFIG_HOME="/proc/none",
    )
    assert told == type(told)(0, "", "")
    frames = decode(tmp_path / "a.mp4").frames.astype(int)
    assert len(frames) == 48
    block = np.abs(frames[:, :14, :20] - DARK.ink).max(axis=-1) < 40
    assert (block.sum(axis=(1, 2)) >= 36).all()


def test_a_formula_is_drawn_in_silence_where_nothing_can_be_kept(tmp_path: Path):
    nowhere = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), "/proc/none")
    told = run_process(tmp_path, "formula", "--latex", "x^2", "-o", "a.png", "--quiet", **nowhere)
    assert told == type(told)(0, "", "")
