"""Every control of every window has a name, is reached by Tab, and shows that it has the focus."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtWidgets import QApplication, QTabBar, QWidget

from annotator import messages
from annotator.background.progress import Progress
from annotator.messages import Answer
from annotator.settings import THEME
from annotator.ui.palette.palette import Palette
from tests.ui import walking
from tests.ui.driver import Driver

Open = Callable[[Driver], QWidget]


def by_command(command: str) -> Open:
    """Open what a command opens."""

    def opened(driver: Driver) -> QWidget:
        before = set(tops())
        driver.window.action_set[command].trigger()
        driver.wait(lambda: bool(set(tops()) - before))
        (surface,) = set(tops()) - before
        return surface

    return opened


def tops() -> list[QWidget]:
    return [each for each in QApplication.topLevelWidgets() if each.isVisible()]


def dock(name: str) -> Open:
    def opened(driver: Driver) -> QWidget:
        driver.work.docks.raise_dock(name)
        driver.wait(lambda: not driver.work.docks[name].widget().visibleRegion().isEmpty())
        QApplication.processEvents()
        return driver.window

    return opened


def floating(driver: Driver) -> QWidget:
    surface = driver.work.docks["labels"]
    surface.setFloating(True)
    surface.show()
    driver.wait(surface.isVisible)
    surface.activateWindow()
    driver.work.labels_panel.field.setFocus()
    return surface


def palette(driver: Driver) -> QWidget:
    """In it Tab goes on in what it found; Esc leaves it."""
    driver.window.action_set["help.commands"].trigger()
    (surface,) = driver.window.findChildren(Palette)
    return surface


def label_question(driver: Driver) -> QWidget:
    driver.window.action_set["label.choose"].trigger()
    driver.wait(lambda: driver.work.popup.isVisible())
    return driver.window


def message(driver: Driver) -> QWidget:
    messages.warning("Some pictures are gone.", Answer("Locate…", lambda: None))
    driver.wait(driver.window.message_bar.isVisible)
    return driver.window


def raw_labels(driver: Driver) -> QWidget:
    editor = by_command("labels.edit")(driver)
    (tabs,) = editor.findChildren(QTabBar)
    tabs.setCurrentIndex(1)
    driver.wait(lambda: editor.text.isVisible())
    return editor


def bug(driver: Driver) -> QWidget:
    from annotator.ui.bugs.bug_dialog import BugDialog

    dialog = BugDialog(driver.window, "Something went wrong.", "report", Path(), lambda: None)
    dialog.show()
    return dialog


def works(driver: Driver) -> QWidget:
    """The list of work while there is some to pause and stop; it is stopped as the window closes."""

    def count(progress: Progress) -> None:
        while not Event().wait(0.01):
            progress.report(1, 10)

    driver.work.runner.start("Counting", count, uses=None)
    return by_command("tools.works")(driver)


SURFACES: dict[str, Open] = {
    "window": lambda driver: driver.window,
    "floating": floating,
    "palette": palette,
    "label question": label_question,
    "message": message,
    "works": works,
    "labels as text": raw_labels,
    "bug": bug,
    **{
        f"dock {name}": dock(name)
        for name in ("labels", "properties", "appearance", "history", "frames", "task_jobs")
    },
    **{
        command: by_command(command)
        for command in (
            "file.settings", "help.change_keys", "help.keys", "labels.edit", "file.import",
            "file.export", "file.snapshots", "file.restore", "file.locate", "file.new_task",
            "file.rename_task", "frame.put_subset", "frame.split_subsets", "view.filter",
        )
    },
}  # fmt: skip


@pytest.fixture
def drawn(opened: Driver) -> Driver:
    """Two labels and two objects, one of which is selected."""
    for name in ("person", "window"):
        opened.create_label(name)
    opened.draw_box((10, 10), (60, 60))
    opened.draw_box((80, 80), (200, 200))
    opened.wait(lambda: len(opened.work.canvas.selection) == 1)
    opened.work.canvas.setFocus()
    return opened


@pytest.mark.parametrize("name", SURFACES)
def test_every_control_is_named_reached_and_shows_its_focus(drawn: Driver, name: str):
    surface = SURFACES[name](drawn)
    surface.window().activateWindow()
    drawn.wait(lambda: surface.window().isActiveWindow())
    faults = {
        "without a name": walking.nameless(surface),
        "without a tool tip": walking.without_tip(surface),
        "not seen": walking.unseen(surface),
        "not reached": walking.unreached(surface),
        "without a ring": walking.ringless(surface),
    }
    told = [f"{what}: {one}" for what, found in faults.items() for one in found]
    assert not told, "\n".join(told)
    if surface is not drawn.window:
        surface.close()


def test_tab_goes_through_the_window_as_it_is_read(drawn: Driver):
    wanted = (
        "Task pictures, list of tasks", "Undo", "First frame", "Frame number", "Last frame", "Done",
        "Filter", "Find a command", "Annotate", "Label person, next", "Label window",
        "Choose a label by typing", "Opacity of fills", "Select", "Rectangle", "Picture", "Objects 2",
        "Find objects", "Sort and group", "Objects of the frame", "Label: person", "Rotation",
        "Film strip", "0 of 4 done",
    )  # fmt: skip
    walked = [walking.called(each) for each in walking.steps(drawn.window)]
    begin = walked.index(wanted[0])
    walked = walked[begin:] + walked[:begin]
    assert [each for each in walked if each in wanted] == list(wanted)


def test_the_start_page_is_walked(driver: Driver):
    driver.window.activateWindow()
    driver.wait(lambda: driver.window.isActiveWindow() and driver.window.focusWidget() is not None)
    assert walking.nameless(driver.window) == []
    assert walking.without_tip(driver.window) == []
    assert walking.unreached(driver.window) == []
    assert walking.ringless(driver.window) == []


def test_the_ring_is_seen_in_light_colours_too(drawn: Driver):
    drawn.settings.set(THEME, "light")
    assert walking.ringless(drawn.window) == []
