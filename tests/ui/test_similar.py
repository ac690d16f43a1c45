"""Find similar in the real window: what is found is shown, and has a least score of its own."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from annotator.core.shapes import Rectangle
from annotator.media.opencv import cv2
from annotator.models.proposal import Proposal
from annotator.models.similar import DEFAULT_THRESHOLD
from annotator.project.suggesting.suggestions import SuggestingModel
from annotator.settings import SUGGESTIONS_AHEAD
from annotator.ui.suggesting.feature import Suggesting
from annotator.ui.suggesting.memory import LEAST_LIKENESS, SIMILAR
from tests.ui.driver import Driver

SIZE = 34
PLACES = [(40, 40), (140, 50), (250, 45), (60, 150), (170, 160), (270, 150)]
FIRST = ((40 - SIZE / 2, 40 - SIZE / 2), (40 + SIZE / 2, 40 + SIZE / 2))
SEER = SuggestingModel("seer", "1", ("nut",))


def nuts(seed: int) -> np.ndarray:
    """Six-cornered nuts on a rough table, each a little worn."""
    random = np.random.default_rng(seed)
    picture = random.integers(95, 115, (220, 320, 3), dtype=np.uint8)
    for number, (x, y) in enumerate(PLACES):
        angles = np.radians(np.arange(6) * 60 + number * 7)
        ring = np.stack([x + SIZE / 2 * np.cos(angles), y + SIZE / 2 * np.sin(angles)], axis=1)
        ring += random.uniform(-1, 1, ring.shape) * number
        cv2.fillPoly(picture, [ring.round().astype(np.int32)], (200, 205, 210 - 12 * number))
        cv2.circle(picture, (x, y), 7, (40, 40, 40), -1)
    return picture


@pytest.fixture
def table(tmp_path: Path) -> Path:
    folder = tmp_path / "table"
    folder.mkdir()
    for number in range(4):
        cv2.imwrite(str(folder / f"{number}.png"), nuts(number))
    return folder


def feature(driver: Driver) -> Suggesting:
    return driver.work.shell.feature(Suggesting)


def press(driver: Driver, key: Qt.Key) -> None:
    driver.key(key, to=driver.work.canvas)
    driver.wait_for_frame()


def draw_first_nut(driver: Driver) -> None:
    if driver.project.labels.named("nut") is None:
        driver.create_label("nut")
    driver.draw_box(*FIRST)
    driver.wait(lambda: len(driver.work.canvas.selection) == 1)


def find_similar(driver: Driver) -> int:
    """Press the key and wait; return how many are said to be suggested."""
    driver.window.message_bar.clear()
    press(driver, Qt.Key.Key_W)
    driver.wait(lambda: "suggested" in driver.message or "found" in driver.message)
    said = driver.message.split()[0]
    return int(said) if said.isdigit() else 0


def is_looked_at(driver: Driver) -> list[bool]:
    """For each frame of the task whether it was looked at."""
    suggestions = feature(driver).suggestions
    assert suggestions is not None
    frames = driver.project.frames(driver.work.session.task.id)
    return [SIMILAR in suggestions.models_on(frame.id) for frame in frames]


def test_what_is_announced_is_shown_wherever_the_score_of_the_model_is(driver: Driver, table: Path):
    driver.settings.set(SUGGESTIONS_AHEAD, 0)
    driver.open(table)
    draw_first_nut(driver)
    memory, offers = feature(driver).memory, feature(driver).offers
    memory.set_threshold(1.0)
    count = find_similar(driver)
    assert count >= 4
    driver.wait(lambda: len(offers.shown) == count)
    assert min(one.score for one in offers.shown) < 1.0

    # The slider acts on what is shown, and leaves the score of the model alone.
    bar = feature(driver).bar
    driver.wait(bar.isVisible)
    assert bar.slider.value() == bar.slider.minimum() == 50
    bar.slider.setValue(100)
    assert len(offers.shown) < count
    assert memory.threshold == 1.0
    bar.slider.setValue(50)
    assert len(offers.shown) == count

    # What was left out once is not left out when it is looked for again.
    bar.slider.setValue(100)
    assert find_similar(driver) == count
    driver.wait(lambda: len(offers.shown) == count)


def test_the_score_that_a_search_asks_for_is_that_of_the_finder():
    assert LEAST_LIKENESS == DEFAULT_THRESHOLD


def test_the_slider_says_whose_score_it_is_where_a_model_sees_something_too(
    driver: Driver, table: Path
):
    driver.settings.set(SUGGESTIONS_AHEAD, 0)
    driver.open(table)
    draw_first_nut(driver)
    memory, offers, bar = feature(driver).memory, feature(driver).offers, feature(driver).bar
    suggestions, frame = feature(driver).suggestions, driver.work.session.frame
    assert suggestions is not None
    assert frame is not None
    memory.set_threshold(0.4)
    elsewhere = Proposal("nut", Rectangle((100.0, 90.0, 120.0, 110.0)), 0.45)
    suggestions.fill(SEER, 0.1, {frame.id: [elsewhere]})
    driver.wait(lambda: len(offers.shown) == 1)
    driver.wait(lambda: bar.slider.value() == 40)
    assert bar.slider.accessibleName() == "Least score"

    count = find_similar(driver)
    driver.wait(lambda: len(offers.shown) == count + 1)
    driver.wait(lambda: bar.slider.value() == 50)
    assert bar.slider.accessibleName() == "Least score of similar objects"
    # With a suggestion of the model as the current one, it is the score of the model.
    seen = next(one for one in offers.shown if one.model == "seer")
    driver.work.canvas.make_suggestion_current(seen.key)
    driver.wait(lambda: bar.slider.value() == 40)
    assert bar.slider.accessibleName() == "Least score of seer"
    bar.slider.setValue(90)
    assert {one.model for one in offers.shown} == {SIMILAR}
    assert len(offers.shown) == count
    # It goes on to be that one while it is moved, though the suggestion is gone.
    bar.slider.setValue(30)
    assert len(offers.shown) == count + 1
    assert memory.threshold == 0.3
    assert memory.likeness == LEAST_LIKENESS


def test_what_a_model_is_less_sure_of_hides_no_similar_object(driver: Driver, table: Path):
    driver.settings.set(SUGGESTIONS_AHEAD, 0)
    driver.open(table)
    draw_first_nut(driver)
    offers, suggestions = feature(driver).offers, feature(driver).suggestions
    frame = driver.work.session.frame
    assert suggestions is not None
    assert frame is not None
    feature(driver).memory.set_threshold(1.0)
    count = find_similar(driver)
    driver.wait(lambda: len(offers.shown) == count)
    doubles = [Proposal("nut", one.shape, 0.999) for one in offers.shown]
    suggestions.fill(SEER, 0.1, {frame.id: doubles})
    driver.wait(lambda: len(offers.all_sources) == 2)
    assert [one.model for one in offers.shown] == [SIMILAR] * count
    # Where both are shown, each object is suggested once.
    feature(driver).memory.set_threshold(0.5)
    assert len(offers.shown) == count
    # What is rejected does not come back as its double.
    offers.accept_all()
    driver.wait(lambda: offers.shown == ())


def test_the_frames_that_follow_are_looked_at_whichever_way_was_travelled(
    driver: Driver, table: Path
):
    driver.settings.set(SUGGESTIONS_AHEAD, 1)
    driver.open(table)
    press(driver, Qt.Key.Key_F)
    press(driver, Qt.Key.Key_F)
    press(driver, Qt.Key.Key_D)
    assert driver.frame_name == "1.png"
    draw_first_nut(driver)
    find_similar(driver)
    assert is_looked_at(driver) == [False, True, True, False]
