"""What is said of background work: its state and how far it is."""

from annotator.background.runner import WorkState
from annotator.translation import in_digits, tr


def state_text(state: WorkState) -> str:
    """Return a state of work in a word; empty while it simply goes on."""
    return {
        WorkState.WAITING: tr("waiting"),
        WorkState.RUNNING: "",
        WorkState.PAUSED: tr("paused"),
        WorkState.DONE: tr("done"),
        WorkState.FAILED: tr("failed"),
        WorkState.CANCELLED: tr("stopped"),
    }[state]


def left_text(done: int, total: int | None, seconds_left: float | None) -> str:
    """Return how far work is, in words."""
    if not total:
        return in_digits(done) if done else ""
    share = f"{100 * done // total} %"
    if seconds_left is None or seconds_left < 2:
        return share
    if seconds_left < 90:
        return tr("{share}, {seconds} s left", share=share, seconds=round(seconds_left))
    return tr("{share}, {minutes} min left", share=share, minutes=round(seconds_left / 60))
