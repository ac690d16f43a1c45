"""What can be done with chosen frames, as entries of a menu: in the list of frames and in the film strip."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QMenu

from annotator.translation import tr
from annotator.ui.frames.acts import FramesActs


def add_acts(menu: QMenu, acts: FramesActs, frames: Sequence[int], *, is_possible: bool) -> None:
    """Add the acts for frames, given by their ids."""
    for title, act in (
        (tr("Mark as done"), partial(acts.mark, frames, True)),
        (tr("Mark as not done"), partial(acts.mark, frames, False)),
        (tr("Put into a subset…"), partial(acts.ask_subset, frames)),
    ):
        add_entry(menu, title, act, is_possible=is_possible)


def add_entry(menu: QMenu, title: str, act: Callable[[], object], *, is_possible: bool) -> None:
    """Add one entry. title: in the person's language."""
    made = menu.addAction(title)
    made.setEnabled(is_possible)
    made.triggered.connect(lambda _checked=False: act())
