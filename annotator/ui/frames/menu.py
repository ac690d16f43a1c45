"""What can be done with chosen frames, as entries of a menu: in the list of frames and in the film strip."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from PySide6.QtWidgets import QMenu

from annotator.translation import tr
from annotator.ui.frames.acts import FramesActs

# What does something with frames, by their ids; and what gives it those that were chosen, at once or a moment later.
Take: TypeAlias = Callable[[Sequence[int]], None]
Give: TypeAlias = Callable[[Take], object]


def add_acts(menu: QMenu, acts: FramesActs, give: Give, *, is_possible: bool) -> None:
    """Add the acts for the frames that are given when one of them is chosen."""
    takes: tuple[tuple[str, Take], ...] = (
        (tr("Mark as done"), partial(acts.mark, done=True)),
        (tr("Mark as not done"), partial(acts.mark, done=False)),
        (tr("Put into a subset…"), acts.ask_subset),
    )
    for title, take in takes:
        add_entry(menu, title, partial(give, take), is_possible=is_possible)


def add_entry(menu: QMenu, title: str, act: Callable[[], object], *, is_possible: bool) -> None:
    """Add one entry. title: in the person's language."""
    made = menu.addAction(title)
    made.setEnabled(is_possible)
    made.triggered.connect(lambda _checked=False: act())
