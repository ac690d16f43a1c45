"""Small files written beside the GUI thread: what goes wrong there is told."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from annotator import messages
from annotator.ui.widgets.quiet_writer import QuietWriter


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch):
    found: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: found.append(args.exc_value))
    stop = messages.subscribe(lambda message: found.append(message.text))
    yield found
    stop()


def test_a_bug_in_saving_reaches_the_last_handler(qtbot: QtBot, told: list[object]):
    def save() -> None:
        raise RuntimeError("a bug")

    writer = QuietWriter()
    writer.request(save)
    writer.close()
    (error,) = told
    assert isinstance(error, RuntimeError)


def test_a_disk_that_refuses_is_a_message(qtbot: QtBot, told: list[object]):
    def save() -> None:
        raise OSError(28, "No space left on device", "/x/settings.toml")

    writer = QuietWriter()
    writer.request(save)
    writer.close()
    assert told == ["/x/settings.toml could not be written: No space left on device."]
