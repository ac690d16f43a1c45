"""A model that looks at single frames of a project, with pictures that somebody else has decoded."""

import time
from collections.abc import Callable

from annotator.media.picture import Picture
from annotator.models.workers.worker_model import WorkerModel
from annotator.project.project import Project
from annotator.project.suggesting.annotating import RunningModel, running
from annotator.project.suggesting.suggestions import Suggestions


class FrameModel:
    """Keeps what a model sees as suggestions. picture_of: the decoded picture of a frame, None where there is none.

    handed_over: is called when a picture has reached the process of the model, on the thread that looks.
    `kill` may be called by any thread at any time, `start` and `close` once. It looks on several threads at once.
    """

    def __init__(
        self,
        model: WorkerModel,
        project: Project,
        suggestions: Suggestions,
        threshold: float,
        picture_of: Callable[[int], Picture | None],
        handed_over: Callable[[], None],
    ) -> None:
        self.model = model
        self._project = project
        self._suggestions = suggestions
        self._threshold = threshold
        self._picture_of = picture_of
        self._handed_over = handed_over
        self._running: RunningModel | None = None

    def start(self) -> None:
        """Load the model. Raises ModelError."""
        self.model.start()
        self._running = running(self.model)

    def kill(self) -> None:
        """Stop the model at once."""
        self.model.kill()

    def close(self) -> None:
        """Wait until it is stopped."""
        self.model.close()

    def look(self, frame_id: int) -> float | None:
        """Have the model look at a frame, unless it has; return how long that took in seconds. Raises ModelError."""
        assert self._running is not None, "start it first"
        known = self._running.known
        before = self._suggestions.threshold_of(known, frame_id)
        if before is not None and before <= self._threshold:
            return None
        picture = self._picture_of(frame_id)
        if picture is None or not self._project.is_writable:
            return None
        begun = time.perf_counter()
        found = self.model.detect(picture.pixels, self._threshold, self._handed_over)
        seconds = time.perf_counter() - begun
        self._suggestions.fill(known, self._threshold, {frame_id: found})
        return seconds
