"""What goes wrong with a model, told as long as it matters."""

from dataclasses import dataclass

from annotator import messages
from annotator.messages import Message
from annotator.ui.shell.message_bar import MessageBar


@dataclass(slots=True)
class _Told:
    """A sentence that was told. frame: that it is about; None: about the model. is_back: taken back, not closed."""

    message: Message
    frame: int | None
    is_back: bool = False


class Failures:
    """Tells once what a model could not do, and takes it back with the frame or the model that it is about.

    What goes wrong on a second frame in the same words is about the model.
    """

    def __init__(self, bar: MessageBar) -> None:
        self._bar = bar
        self._told: dict[str, _Told] = {}

    def tell(self, text: str, frame: int | None) -> None:
        """Tell a sentence about a frame; about the model itself where that is None."""
        known = self._told.get(text)
        if known is None:
            self._told[text] = known = _Told(Message("error", text), frame)
            messages.BOARD.say(known.message)
        elif known.frame not in (None, frame):
            known.frame = None
            if known.is_back:
                messages.BOARD.say(known.message)

    def frame_shown(self, shown: int | None) -> None:
        """Take back what is about other frames than the shown one."""
        for one in self._told.values():
            if one.frame not in (None, shown) and self._bar.holds(one.message):
                self._bar.take_back(one.message)
                one.is_back = True

    def take_back(self) -> None:
        """Take back everything: another model suggests, or none."""
        told, self._told = self._told, {}
        for one in told.values():
            self._bar.take_back(one.message)
