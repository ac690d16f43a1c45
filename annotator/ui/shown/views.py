"""Zoom and place of frames: carried over, whole, or remembered for each, as the settings say."""

from typing import Any, Final

from annotator.canvas.navigation import MOST_ZOOM, ViewState
from annotator.canvas.view import CanvasView
from annotator.project.view_memory import ViewMemory
from annotator.settings import FRAME_VIEW, Settings
from annotator.ui.shown.session import Session

# Of more frames the project remembers those that were looked at last.
_MOST_KEPT: Final = 500
# What a project of somebody else may say: far more than any picture needs, in image pixels.
_FARTHEST: Final = 1e7
_LEAST_ZOOM: Final = 1e-6


class FrameViews:
    """What was shown of each frame. The project remembers it when it is closed."""

    def __init__(self, session: Session, canvas: CanvasView, settings: Settings) -> None:
        self._session = session
        self._canvas = canvas
        self._settings = settings
        self._shown: int | None = None
        self._states: dict[int, ViewState] = {}
        session.opened.connect(self._recall)

    def show(self, frame_id: int) -> None:
        """Zoom and move the canvas as is fitting for a frame whose picture has just been shown."""
        chosen = self._settings.get(FRAME_VIEW)
        state = self._states.get(frame_id) if chosen == "each" else None
        if state is not None:
            self._canvas.restore_view_state(state)
        elif chosen != "keep":
            self._canvas.fit()
        self._shown = frame_id

    def leave(self) -> None:
        """Take note of what is shown of the frame that is left."""
        if self._shown is not None:
            state = self._canvas.view_state()
            self._states.pop(self._shown, None)  # the newest stands last
            if not state.fits:
                self._states[self._shown] = state
        self._shown = None

    def forget(self) -> None:
        """The project is closed."""
        self._states.clear()
        self._shown = None

    def remember(self) -> None:
        """Let the project remember what was shown of its frames."""
        self.leave()
        newest = list(self._states.items())[-_MOST_KEPT:]
        rows = [[frame, round(s.zoom, 6), round(s.x, 3), round(s.y, 3)] for frame, s in newest]
        ViewMemory(self._session.project).set("frames", rows or None)

    def _recall(self) -> None:
        kept = ViewMemory(self._session.project).get("frames")
        rows = kept if isinstance(kept, list) else []
        self._states = {
            frame: ViewState(float(zoom), float(x), float(y))
            for frame, zoom, x, y in filter(_is_row, rows)
        }


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, list)
        and len(row) == 4
        and type(row[0]) is int
        and all(type(each) in (int, float) for each in row[1:])
        # Nor is what is no number within any bounds.
        and _LEAST_ZOOM <= row[1] <= MOST_ZOOM
        and all(-_FARTHEST <= each <= _FARTHEST for each in row[2:])
    )
