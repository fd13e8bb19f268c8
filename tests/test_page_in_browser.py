"""A page in a browser: it is turned, played, and pointed at, and says nothing wrong meanwhile."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdviz.description.animation import Animation
from gdviz.description.choices import Quality, WebBundle
from gdviz.description.resolve import resolve
from gdviz.description.resolved import Resolved
from gdviz.scene.build import build_scene
from gdviz.scene.subject import Subject
from gdviz.web.fineness import page_resolved
from gdviz.web.page import make_page

PATIENCE = 60  # seconds until a page must be there
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRAWING = ("--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage")
FITS = """(() => {
    const [one, other] = [gdviz.views[0].scene.getCamera().eye, gdviz.views[0].camera().eye];
    return Math.hypot(one.x - other.x, one.y - other.y, one.z - other.z) < 1e-3;
})()"""
WIDE, NARROW = (800, 500), (380, 400)

pytestmark = pytest.mark.xdist_group("page in browser")  # one process opens the browser that its tests share

selenium = pytest.importorskip("selenium.webdriver", reason="the tests in a browser take selenium")
pytest.importorskip("plotly", reason="pages take plotly: pip install 'gdviz[web]'")


@pytest.fixture(scope="module")
def race() -> Resolved:
    animation = Animation.from_data(
        {
            "function": "himmelblau",
            "starts": {"grid": 2},
            "max_iterations": 12,
            "runs": [{"optimizer": "gd"}, {"optimizer": "momentum"}],
            "panels": ["loss", "map"],
            "size": [256, 144],
            "timing": {"descent": 0.5},
        }
    )
    return resolve(animation, Quality.DRAFT)


class Shown:
    """A page in a browser."""

    def __init__(self, driver: Any, path: Path) -> None:
        self.driver = driver
        self.resize(*WIDE)
        driver.get(path.as_uri())
        self.wait_for("document.documentElement.dataset.ready || !document.getElementById('problem').hidden")

    def ask(self, expression: str) -> Any:
        """Return what an expression is; `page` is the page's own object, `surface` its view of the landscape."""
        names = "const page = gdviz, surface = gdviz.views[0];"
        return self.driver.execute_script(f"{names} return {expression}")

    def wait_for(self, expression: str) -> None:
        began = time.monotonic()
        while not self.driver.execute_script(f"return {expression}"):
            assert time.monotonic() - began < PATIENCE, expression
            time.sleep(0.05)

    def press(self, *keys: str) -> None:
        self.driver.find_element("tag name", "body").send_keys(*keys)

    def resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def pointed(self) -> Any:
        return selenium.ActionChains(self.driver, duration=20)

    def balls(self, run: int) -> np.ndarray:
        """Return where plotly.js has a run's points, in scene units, shape (n, 3)."""
        trace = "surface.scene.traces[surface.element._fullData[surface.pointsAt[{}]].uid].data"
        found = [self.ask(f"Array.from({trace.format(run)}.{axis})") for axis in "xyz"]
        return np.array(found, dtype=float).T


@pytest.fixture(scope="module")
def shown(race: Resolved, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver_path = shutil.which("chromedriver")
    if browser is None or driver_path is None:
        if os.environ.get("CI") or os.environ.get("BROWSER"):
            pytest.fail("no chromium with chromedriver is installed, and CI needs them")
        pytest.skip("no chromium with chromedriver is installed; make test BROWSER=1 installs them")
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_bytes(make_page(build_scene(page_resolved(race)), WebBundle.INLINE))
    options = selenium.ChromeOptions()
    options.binary_location = browser
    for flag in (*DRAWING, *QUIET):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = selenium.Chrome(options=options, service=selenium.ChromeService(executable_path=driver_path))
    try:
        yield Shown(driver, path)
    finally:
        driver.quit()


def test_the_page_is_there_without_errors_and_without_the_network(shown: Shown):
    assert shown.ask("document.documentElement.dataset.ready") == "true"
    assert shown.ask("document.getElementById('problem').textContent") == ""
    assert shown.ask("performance.getEntriesByType('resource').map((each) => each.name)") == []
    assert shown.ask("document.querySelector('h1').textContent") == "Himmelblau"
    assert shown.ask("document.querySelectorAll('section.view').length") == 3


def test_the_slider_moves_the_points_to_where_the_engine_has_them(shown: Shown, race: Resolved):
    subject, trail = Subject(race), 0
    for presses, iteration in (((), 0), ((selenium.Keys.ARROW_RIGHT,) * 5, 5), ((selenium.Keys.END,), 12)):
        shown.press(*presses or (selenium.Keys.HOME,))
        assert shown.ask("document.querySelector('#told b').textContent") == str(iteration)
        grown = shown.ask("surface.element.data[surface.trailAt[0]].x.filter(Number.isFinite).length")
        assert grown >= trail + (iteration == 5)
        trail = grown
        for number, run in enumerate(subject.runs):
            points = run.descent.points[iteration]
            inside = subject.landscape.extent.contains(points)
            ground = subject.landscape.drape(points[inside])
            found = shown.balls(number)
            assert np.allclose(found[:, :2], ground[:, :2], atol=1e-5)
            lifts = found[:, 2] - ground[:, 2]
            assert np.ptp(lifts) < 1e-4
            assert 0 < lifts[0] < 0.1


def test_dragging_turns_the_landscape_and_r_turns_it_back(shown: Shown):
    eye = "surface.element._fullLayout.scene._scene.getCamera().eye"
    before = shown.ask(eye)
    plot = shown.driver.find_element("css selector", ".view.main .plot")
    shown.pointed().move_to_element(plot).click_and_hold().move_by_offset(60, 10).move_by_offset(
        60, 10
    ).release().perform()
    turned = f"Math.abs(gdviz.views[0].{eye.partition('.')[2]}.x - {before['x']})"
    shown.wait_for(f"{turned} > 0.2")  # the browser turns it when it has time to
    shown.press("r")
    shown.wait_for(f"{turned} < 1e-6")


def test_the_legend_hides_a_run(shown: Shown):
    button = shown.driver.find_element("css selector", ".legend tbody button")
    assert button.text == "gradient descent"
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert shown.ask("surface.shown.map((each) => each.length)") == [0, 4]
    assert not np.isfinite(shown.balls(0)).any()
    button.click()
    assert shown.ask("surface.shown.map((each) => each.length)") == [4, 4]


def test_what_is_pointed_at_is_told(shown: Shown, race: Resolved):
    shown.press(selenium.Keys.HOME)
    (x, y), value = Subject(race).runs[0].descent.points[0, 0], Subject(race).runs[0].descent.values[0, 0]
    plot = shown.driver.find_elements("css selector", ".view .plot")[2]  # the map
    box = plot.rect
    at = shown.ask(f"[page.views[2].plot().x({x}), page.views[2].plot().y({y})]")
    shown.pointed().move_to_element_with_offset(
        plot, round(at[0] - box["width"] / 2), round(at[1] - box["height"] / 2)
    ).perform()
    told = shown.driver.find_element("id", "tip").text
    assert "momentum" in told.lower() or "gradient descent" in told
    assert f"f(x, y) {value:.4g}" in told


def test_space_plays_and_the_film_ends(shown: Shown):
    shown.press(selenium.Keys.HOME)
    assert shown.ask("page.player.playing") is False
    shown.press(" ")
    shown.wait_for("gdviz.now.position === 12 && !gdviz.player.playing")
    assert shown.ask("document.getElementById('moment').value") == "12"


def test_the_points_go_without_making_the_ground_anew(shown: Shown):
    """plotly.js's own objects are where the page looks for them; otherwise it would draw slowly."""
    assert shown.ask("page.views[0].isQuick")


def test_on_a_phone_all_stands_below_each_other(shown: Shown):
    shown.resize(*NARROW)
    shown.wait_for("document.querySelector('main').classList.contains('stacked')")
    shown.wait_for(f"document.documentElement.scrollWidth <= {NARROW[0]}")
    tops = shown.ask("[...document.querySelectorAll('section.view')].map((each) => each.getBoundingClientRect().top)")
    assert tops == sorted(tops)
    assert len(set(tops)) == 3
    shown.wait_for(FITS)  # what nobody has turned is seen whole in a window of another size, too
    shown.resize(*WIDE)
    shown.wait_for("!document.querySelector('main').classList.contains('stacked')")


def test_names_and_numbers_stand_as_near_to_the_axes_as_the_lens_needs(shown: Shown):
    plain = shown.ask("new surface.scene.axesOptions.constructor().labelPad")
    assert shown.ask("surface.lens.axes.labelPad") == [pytest.approx(0.513 * pad, rel=0.01) for pad in plain]


def test_the_browser_has_nothing_to_complain_of(shown: Shown):
    said = [each["message"] for each in shown.driver.get_log("browser") if each["level"] == "SEVERE"]
    assert said == []
