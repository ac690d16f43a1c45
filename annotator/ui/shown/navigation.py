"""Going from frame to frame."""

from PySide6.QtCore import QObject

from annotator import messages
from annotator.canvas.view import CanvasView
from annotator.translation import tr
from annotator.ui.shown.session import Session


class FrameNavigation(QObject):
    """Next, previous, first, last, and a frame by its number.

    A drawing belongs to its frame: while one goes on, the frame stays, so that nothing drawn is lost.
    """

    def __init__(self, session: Session, canvas: CanvasView, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas

    def next(self) -> None:
        """Go to the next frame."""
        self._go_by(1)

    def previous(self) -> None:
        """Go to the previous frame."""
        self._go_by(-1)

    def first(self) -> None:
        """Go to the first frame."""
        self.go_to_number(0)

    def last(self) -> None:
        """Go to the last frame."""
        self.go_to_number(self._session.frame_count - 1)

    def go_to_number(self, number: int) -> bool:
        """Go to the frame with a number, counted from 0; return whether it is shown then."""
        if number == self._session.number:
            return True
        frame = self._session.frame_at(number)
        if frame is None or not self.may_leave():
            return False
        self._session.go_to(frame)
        return True

    def go_to_id(self, frame_id: int) -> bool:
        """Go to a frame of the shown task by its id; return whether it is shown then."""
        shown = self._session.frame
        if shown is not None and shown.id == frame_id:
            return True
        frame = self._session.project.frame(frame_id)
        if frame is None or frame.removed or frame.task != self._session.task.id:
            return False
        if not self.may_leave():
            return False
        self._session.go_to(frame)
        return True

    @property
    def is_drawing(self) -> bool:
        """Whether something is being drawn on the frame, or dragged."""
        return self._canvas.is_busy

    def may_leave(self) -> bool:
        """Whether nothing is being drawn; says what to do about it where something is.

        What an arrow key moves is done by then, though the key may still be held: the next one was quicker.
        """
        self._canvas.finish_keys()
        if self.is_drawing:
            messages.info(tr("Finish the drawing first (Enter), or drop it (Esc)."))
            return False
        return True

    def _go_by(self, direction: int) -> None:
        shown = self._session.frame
        if shown is None:
            return
        frame = self._session.project.frame_beside(shown, direction)
        if frame is not None and self.may_leave():
            self._session.go_to(frame)
