"""The pages of the documentation's site: what they show is typed, and what is made for them is as it should be.

`.ci/docs` builds the site itself.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from generator.docstrings import has_sections, one_by_one, written_types
from generator.illustrated import illustrated, small
from generator.markdown import plain, table
from generator.pages import Command, SourceFile, blocks, steps
from generator.pictures import Pictures, image
from generator.reference import command_pages, reference
from generator.staging import notebook_page, write, written
from PIL import Image
from shown import typed

import gdviz
from gdviz.cli.keys import description_keys
from gdviz.description.presets import presets
from gdviz.functions import CATALOGUE

ROOT = Path(__file__).parents[1]
ELSEWHERE = {
    "ci.md": "test_readme.py types its commands",
    "cluster.md": "its commands need machines; .ci/cluster.py does it on this one, and test_cluster.py in part",
    "performance.md": "its command measures, which takes a minute",
    "tests.md": "its commands run tests",
}
PAGES = {
    path.relative_to(ROOT / "docs").as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "docs").rglob("*.md"))
}
TYPED = [name for name in PAGES if name not in ELSEWHERE and steps(PAGES[name])]
COMMANDS = command_pages()

NOT_TYPED = {
    "gdviz doctor": "test_readme.py does",
    "gdviz doctor --json": "test_doctor.py does",
    "gdviz view himmelblau": "it opens a window; test_window.py does",
    "gdviz view satellite-view -o from-above.toml": "likewise",
}
ENDS_WITH = {
    "gdviz batch mine.toml -d media -f gif -f mp4 --check": 1,  # no film is there yet
    "gdviz batch parabola easom --directory media --check": 0,
}


class Blank(Pictures):
    """Pictures that are never drawn, of one pixel each."""

    def picture(self, shows: Iterable[str], suffix: str, draw: Callable[[Path], object]) -> Path:
        del draw
        return super().picture(shows, suffix, lambda path: Image.new("RGB", (1, 1)).save(path))


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    return Pictures(tmp_path / "pictures")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the pages of the reference, without pictures."""
    return reference(Blank(tmp_path_factory.mktemp("pictures")))


def follow(page: str) -> None:
    """Do everything that a page shows, in the working folder."""
    for step in steps(page):
        if isinstance(step, SourceFile):
            Path(step.name).write_text(step.text, encoding="utf-8")
        elif step.command not in NOT_TYPED:
            ended = typed(step)
            assert ended.code == ENDS_WITH.get(step.command, 0), f"{step.command}: {ended.stderr}"
            for line in step.lines:
                assert line in (ended.stdout + ended.stderr).splitlines(), step.command


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to a folder with the files that pages presuppose, where films are tiny."""
    monkeypatch.setenv("GDVIZ_TINY", "1")
    monkeypatch.chdir(tmp_path)
    presuppose()


def presuppose() -> None:
    axis = np.linspace(-1, 1, 5)
    np.savez("loss.npz", x=axis, y=axis, f=axis**2 + axis[:, None] ** 2)
    Path("mine.toml").write_text('function = "sphere"\n', encoding="utf-8")


@pytest.mark.parametrize("name", TYPED)
@pytest.mark.usefixtures("tiny")
def test_a_page_can_be_followed_from_its_beginning_to_its_end(name: str):
    follow(PAGES[name])


@pytest.mark.usefixtures("tiny")
def test_the_examples_of_the_reference_can_be_typed(
    made: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for number, page in enumerate(made.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        presuppose()
        follow(page)


def test_everything_that_is_not_typed_is_shown():
    pages = [*COMMANDS.values(), *PAGES.values()]
    assert {each.command for page in pages for each in steps(page) if isinstance(each, Command)} > NOT_TYPED.keys()
    assert ELSEWHERE.keys() < PAGES.keys()
    assert {"cookbook.md", "tutorial/article.md", "tutorial/race.md", "tutorial/surface.md"} < set(TYPED)


def test_the_tutorial_makes_all_films_of_the_article_and_each_of_the_twenty_recipes_has_one_picture():
    article, cookbook = PAGES["tutorial/article.md"], PAGES["cookbook.md"]
    rendered = {word for step in steps(article) if isinstance(step, Command) for word in step.command.split()[2:3]}
    added = {"adam-anatomy", "learning-rates", "schedules", "sgd-noise", "griewank-field", "himmelblau-field"}
    of_article = {name for name in presets() if name not in added and not name.startswith("race-")}
    assert len(of_article & rendered) == 11
    recipes = cookbook.split("\n## ")[1:]
    assert len(recipes) >= 20
    for recipe in recipes:
        commands = [step.command for step in steps(recipe) if isinstance(step, Command)]
        assert len([command for command in commands if small(command)]) == 1, recipe.splitlines()[0]


@pytest.mark.parametrize(
    ("command", "drawn"),
    [
        ("gdviz render sphere --grid 9 -o a.mp4 -o b.gif --jobs 2", "still --size 736x414 --poster sphere --grid 9"),
        ("gdviz render sphere --size story --fps 60 --seconds 9", "still --size 310x552 --poster sphere"),
        ("gdviz still sphere --size=400x400 --at 0.5 -q", "still --size 552x552 sphere --at 0.5"),
        ("gdviz render sphere -o a.webp --max-size 5MB", "render --size 400x224 --fps 8 --seconds 5 --jobs 1 sphere"),
        ("gdviz formula sphere --scale 3 --output a.svg", "formula --scale 2 sphere"),
        ("gdviz tune sphere --optimizer adam -o a.png", "tune --size 736x552 sphere --optimizer adam"),
        ("gdviz tune sphere", None),
        ("gdviz descend sphere -o a.csv", None),
        ("python loss.py", None),
    ],
)
def test_a_command_is_drawn_in_small_and_only_if_it_draws(command: str, drawn: str | None):
    assert small(command) == (drawn.split() if drawn else None)


PAGE = """# Page

```toml
# bowl.toml
function = "sphere"
starts = { grid = 2 }
```

```console
$ gdviz still bowl.toml --size 64x64 \\
    -o bowl.png
bowl.png  frame 269 of 270
...
$ gdviz functions sphere
```

The end.
"""


def test_what_a_page_shows_is_read_in_order():
    toml, still, functions = steps(PAGE)
    assert toml == SourceFile("bowl.toml", '# bowl.toml\nfunction = "sphere"\nstarts = { grid = 2 }\n')
    assert still == Command("gdviz still bowl.toml --size 64x64 -o bowl.png", ("bowl.png  frame 269 of 270",))
    assert functions == Command("gdviz functions sphere")
    assert [block.language for block in blocks(PAGE)] == ["toml", "console"]


def test_a_picture_is_drawn_once_and_again_when_what_it_shows_has_changed(tmp_path: Path):
    first = Pictures(tmp_path)
    shown = illustrated(PAGE, first)
    (name,) = re.findall(r"```{image} /pictures/(\S+)", shown)
    assert first.drawn == 1
    assert shown.index("```{image}") < shown.index("The end.")
    with Image.open(tmp_path / name) as drawn:
        assert drawn.size == (552, 552)
    for text, drawn_anew in ((PAGE, 0), (PAGE.replace("grid = 2", "grid = 3"), 1)):
        again = Pictures(tmp_path)
        illustrated(text, again)
        assert again.drawn == drawn_anew
    again.prune()
    assert not (tmp_path / name).exists()
    assert len(list(tmp_path.iterdir())) == 1


def test_a_page_with_a_command_that_fails_is_not_illustrated(pictures: Pictures):
    with pytest.raises(RuntimeError, match="did you mean 'sphere'"):
        illustrated("```console\n$ gdviz still spehre\n```\n", pictures)
    assert list(pictures.folder.iterdir()) == []


def test_the_reference_has_every_command_flag_key_optimizer_function_and_public_name(made: dict[str, str]):
    pages = made
    for key in description_keys():
        (row,) = [line for line in pages["keys.md"].splitlines() if line.startswith(f"| `{key.name}` |")]
        assert all(f"`{choice}`" in row for choice in key.choices)
    for name in ("render", "still", "descend", "batch", "doctor"):
        assert f"[{name}](commands/{name}.md)" in pages["commands.md"]
    assert "| `--learning-rate`, `--lr` | `RATE` |" in pages["commands/render.md"]
    assert "| `--grid` | `N\\|NxM` |" in pages["commands/still.md"]
    for each in gdviz.__all__:
        assert re.search(rf"gdviz\.{each}\b", pages["python.md"])
    assert pages["functions.md"].count("\n## ") == len(CATALOGUE)
    assert "(-2.805118, 3.131313)" in pages["functions.md"].replace("-2.80512, 3.13131", "-2.805118, 3.131313")
    assert "β₂ | 0.999 | at least 0 and less than 1" in pages["optimizers.md"]


def test_all_links_of_pages_lead_somewhere_and_what_is_no_page_comes_along(tmp_path: Path, made: dict[str, str]):
    site = written(ROOT, Blank(tmp_path / "pictures"))
    site |= {f"reference/{name}": text.encode() for name, text in made.items()}
    assert {"index.md", "manual.md", "guides/ci.md", "project/tests.md", "reference/keys.md"} <= site.keys()
    assert "files/benchmarks/reference.toml" in site
    for name in (each for each in site if each.endswith(".md") and not each.startswith("files/")):
        outside = "".join(re.split(r"(^```.*?^```$)", site[name].decode(), flags=re.DOTALL | re.MULTILINE)[::2])
        for target in re.findall(r"(?<!`)\[[^\]]*\]\(([^)#\s]+)", outside):
            if "://" not in target:
                assert posixpath.normpath(posixpath.join(posixpath.dirname(name), target)) in site, f"{name}: {target}"


def test_a_link_to_what_is_not_there_is_refused(tmp_path: Path, pictures: Pictures):
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("# gdviz\n\n[a](docs/nothing.md)\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"README\.md links to docs/nothing\.md, which is not there"):
        written(tmp_path, pictures)


def test_a_page_that_is_gone_is_gone_from_the_site_and_one_that_is_the_same_is_not_written_again(tmp_path: Path):
    write({"a.md": b"1", "guides/b.md": b"2", "c.md": b"3"}, tmp_path)
    os.utime(tmp_path / "a.md", (1, 1))
    os.utime(tmp_path / "c.md", (1, 1))
    write({"a.md": b"1", "c.md": b"4"}, tmp_path)
    assert not (tmp_path / "guides/b.md").exists()
    assert (tmp_path / "a.md").stat().st_mtime == 1
    assert (tmp_path / "c.md").stat().st_mtime > 1
    assert (tmp_path / "c.md").read_bytes() == b"4"


def test_a_notebook_becomes_a_page():
    cells = (
        '{"cell_type": "markdown", "source": ["# In a notebook\\n", "Words."]},'
        '{"cell_type": "code", "source": ["print(1)"], "outputs": [{"output_type": "stream", "text": ["1\\n"]}]},'
        '{"cell_type": "code", "source": [], "outputs": []}'
    )
    page = notebook_page(f'{{"cells": [{cells}]}}')
    assert page == "# In a notebook\nWords.\n\n```python\nprint(1)\n```\n\n```text\n1\n```\n\n"


def test_text_stays_as_it_is_in_markdown():
    assert plain("x*y, `a_b` and a_b <c>") == r"x\*y, `a_b` and a\_b \<c>"
    assert table(("a", "b"), [("`N|M`", "2")]) == "| a | b |\n| --- | --- |\n| `N\\|M` | 2 |\n"


def test_an_image_says_how_wide_it_is_on_the_page(tmp_path: Path):
    Image.new("RGB", (300, 20)).save(tmp_path / "a.png")
    assert ":width: 150px\n:class: formula\n" in image(tmp_path / "a.png", "words", kind="formula", scale=2)


def test_attributes_that_are_described_together_are_each_described_with_their_types():
    text = "A film.\n\nAttributes\n----------\nframes, seconds\n    How long it is.\nsize\n    In pixels."
    assert one_by_one(text.splitlines(), written_types(gdviz.Film))[4:] == [
        *("frames : int", "    How long it is.", "seconds : float", "    How long it is."),
        *("size : tuple[int, int]", "    In pixels."),
    ]
    assert one_by_one(["one, two", "three"], {"three": "int"}) == ["one, two", "three"]
    assert written_types(gdviz.render) == {}
    assert has_sections(text)
    assert not has_sections("The places: one a point -- or none.")
