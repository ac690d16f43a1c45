"""Find similar: what is selected is looked for on this frame and on those that follow."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from annotator import messages
from annotator.background.progress import Progress
from annotator.background.runner import Work, WorkState
from annotator.core.annotations import Annotation
from annotator.media.picture import Picture
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.project.suggesting.suggestions import SuggestingModel, Suggestions
from annotator.settings import SIMILAR_SIZE, SIMILAR_TURN, SUGGESTIONS_AHEAD
from annotator.translation import tr, tr_n
from annotator.ui.shell.shell import Shell
from annotator.ui.suggesting.memory import LEAST_LIKENESS, SIMILAR

# What is found depends on the examples, so nothing that was found before says that a frame was looked at.
_REVISION: Final = "1"


class SimilarSearch(QObject):
    """Looks for the selected objects beside the GUI thread. `begun()` when a search begins."""

    begun = Signal()

    def __init__(self, shell: Shell, parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell
        self._work: Work[int] | None = None

    def start(self, suggestions: Suggestions) -> None:
        """Look for what is selected; a search that goes on is dropped for it."""
        shell = self._shell
        frame, picture = shell.session.frame, shell.presenter.picture
        found = map(shell.document.annotation, shell.canvas.selection)
        examples = [one for one in found if one is not None and one.shape is not None]
        if frame is None or picture is None or shell.presenter.is_waiting or not examples:
            messages.info(
                tr("Select the objects on the picture whose look-alikes are to be found.")
            )
            return
        if self._work is not None:
            self._work.cancel()
        following = shell.session.following(shell.settings.get(SUGGESTIONS_AHEAD))
        names = {label.id: label.name for label in shell.session.labels}
        size, turn = shell.settings.get(SIMILAR_SIZE), shell.settings.get(SIMILAR_TURN)
        search = partial(
            _search, shell.session.project, suggestions, picture, [frame, *following], examples,
            names, size, turn,
        )  # fmt: skip
        self._work = work = shell.runner.start(
            tr("Looking for similar objects"), search, uses=shell.session.project
        )
        work.when_done(lambda _: shell.calls.post(partial(self._ended, work)))
        self.begun.emit()

    def _ended(self, work: Work[int]) -> None:
        # What went wrong is told by whoever watches the work.
        if work is not self._work:
            return
        self._work = None
        if work.state is WorkState.DONE:
            count = work.result()
            if count:
                text = tr_n(
                    "{count} similar object is suggested.",
                    "{count} similar objects are suggested.",
                    count,
                )
            else:
                text = tr(
                    "Nothing similar was found. Select an object whose outline is clear, or several."
                )
            messages.info(text)


def _search(
    project: Project,
    suggestions: Suggestions,
    picture: Picture,
    frames: Sequence[Frame],
    examples: Sequence[Annotation],
    names: Mapping[int, str],
    size: float,
    turn: float,
    progress: Progress,
) -> int:
    """Store the look-alikes on each frame as they are found, the frame of the examples first.

    Return how many are suggested: not those that were rejected before.
    """
    from annotator.models.similar import Example, SimilarFinder, SimilarSettings
    from annotator.project.media.frame_pictures import model_pixels, read_frame

    pixels = model_pixels(picture)
    drawn = [(one.shape, names.get(one.label, "")) for one in examples]
    made = [Example(shape, pixels, name) for shape, name in drawn if shape is not None]
    finder = SimilarFinder(made, SimilarSettings(size, turn), progress)
    model = SuggestingModel(SIMILAR, _REVISION, tuple(names.values()))
    count = 0
    for frame in progress.track(frames, tr("Looking for similar objects")):
        if frame.id != examples[0].frame:
            pixels = model_pixels(read_frame(project, frame))
        shapes = [one.shape for one in project.annotations(frame.id) if one.shape is not None]
        found = finder.detect(pixels, LEAST_LIKENESS, known=shapes, progress=progress)
        suggestions.fill(model, LEAST_LIKENESS, {frame.id: found})
        count += len(suggestions.visible(frame.id, LEAST_LIKENESS, models=(SIMILAR,)))
    return count
