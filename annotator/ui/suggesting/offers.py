"""The suggestions of the shown frame on the canvas, and what a person makes of them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from annotator import messages
from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner
from annotator.canvas.suggestion_layer import ShownSuggestion
from annotator.canvas.view import CanvasView
from annotator.core.errors import AnnotatorError
from annotator.core.shapes import Shape
from annotator.project.project import Project
from annotator.project.storage.changes import Change
from annotator.project.suggesting.labels import passing
from annotator.project.suggesting.rows import Suggestion
from annotator.project.suggesting.suggestions import Suggestions, one_of_each
from annotator.translation import decimal_text, tr, tr_n
from annotator.ui.shown.document import SMALL_FRAME, ProjectDocument
from annotator.ui.shown.presenter import FramePresenter
from annotator.ui.shown.session import Session
from annotator.ui.suggesting.memory import SIMILAR, SuggestingMemory

# More than this are accepted beside the GUI thread.
_MANY: Final = 500


class Offers(QObject):
    """What is suggested for the shown frame: all that could be, and what of it is shown.

    Emits `changed()` whenever either is another, or the current one is.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        document: ProjectDocument,
        canvas: CanvasView,
        presenter: FramePresenter,
        memory: SuggestingMemory,
        runner: BackgroundRunner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._document = document
        self._canvas = canvas
        self._presenter = presenter
        self._memory = memory
        self._runner = runner
        self._suggestions: Suggestions | None = None
        # All of the frame with any score, in the order in which they are walked.
        self._all: tuple[Suggestion, ...] = ()
        self.shown: tuple[Suggestion, ...] = ()
        session.changed.connect(self._project_changed)
        session.frame_changed.connect(self._frame_changed)
        presenter.shown.connect(self.refresh)
        memory.threshold_changed.connect(self.show)
        memory.model_changed.connect(self.refresh)
        document.visibility.changed.connect(self.show)
        canvas.suggestion_changed.connect(self.changed)
        canvas.suggestion_reshaped.connect(self._reshaped)

    def begin(self, suggestions: Suggestions) -> None:
        """Show the suggestions of another project."""
        self._suggestions = suggestions
        self.refresh()

    def leave(self) -> None:
        """Show nothing of the project any more."""
        self._suggestions = None
        self._take(())

    # What there is ----------------------------------------------------------------------------------

    @property
    def current(self) -> Suggestion | None:
        """The suggestion that is accepted or rejected next, None where a person has taken none."""
        key = self._canvas.current_suggestion
        return next((one for one in self.shown if one.key == key), None)

    def name_of(self, one: Suggestion) -> str:
        """Return the name of the label that a suggestion would get."""
        if isinstance(one.target, int):
            label = self._session.labels.get(one.target)
            return one.label if label is None else label.name
        return one.target or one.label

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the models whose suggestions are shown; where none is, of those that could be."""
        return tuple(dict.fromkeys(one.model for one in self.shown)) or self.all_sources

    @property
    def all_sources(self) -> tuple[str, ...]:
        """The ids of the models that see something on the frame, with any score."""
        return tuple(dict.fromkeys(one.model for one in self._all))

    def refresh(self, _frame: object = None) -> None:
        """Read the suggestions of the shown frame anew."""
        frame, suggestions = self._session.frame, self._suggestions
        if frame is None or suggestions is None or self._memory.is_off:
            self._take(())
            return
        if self._presenter.is_waiting:
            return  # they are read when the frame is shown
        ask = partial(_offered, suggestions, frame.id)
        if self._session.project.annotation_count(frame.id) > SMALL_FRAME:
            self._document.ask(ask, partial(self._answered, frame.id))
        else:
            self._take(ask(self._session.project))

    def show(self) -> None:
        """Show those that reach their threshold, pass the filter, and whose label is not hidden."""
        memory, visibility = self._memory, self._document.visibility
        least, hidden = {False: memory.threshold, True: memory.likeness}, visibility.hidden_labels
        chosen = [
            one
            for one in self._all
            if one.score >= least[one.model == SIMILAR] and one.target not in hidden
        ]
        if len({one.model == SIMILAR for one in chosen}) > 1:
            chosen = one_of_each(chosen)
        self.shown = passing(chosen, visibility.filter, self._session.labels)
        self._canvas.show_suggestions([self._drawn(one) for one in self.shown])
        self.changed.emit()

    def _drawn(self, one: Suggestion) -> ShownSuggestion:
        return ShownSuggestion(
            one.key, f"{self.name_of(one)} {decimal_text(one.score, 2)}", one.shape
        )

    def _answered(self, frame_id: int, offered: Sequence[Suggestion]) -> None:
        frame = self._session.frame
        if frame is not None and frame.id == frame_id and not self._presenter.is_waiting:
            self._take(offered)

    def _take(self, offered: Sequence[Suggestion]) -> None:
        if offered or self._all:
            self._all = tuple(offered)
            self.show()

    # What changes -----------------------------------------------------------------------------------

    def filled(self, frames: frozenset[int]) -> None:
        """A model has looked at some frames."""
        if self._session.shows_any(frames):
            self.refresh()

    def _project_changed(self, change: Change) -> None:
        touched = change.shown_frames | change.rejected_frames
        if change.labels or self._session.shows_any(touched):
            self.refresh()

    def _frame_changed(self) -> None:
        # The canvas may show the old frame until the new picture is there, but nothing of it may be decided any more.
        if self._presenter.is_waiting or self._session.frame is None:
            self._take(())

    # What a person does -----------------------------------------------------------------------------

    def walk(self, by: int) -> None:
        """Make the next suggestion the current one, or the one before: `by` is 1 or -1."""
        if not self.shown:
            return
        current = self.current
        if current is None:
            place = 0 if by > 0 else len(self.shown) - 1
        else:
            place = (self.shown.index(current) + by) % len(self.shown)
        self._canvas.make_suggestion_current(self.shown[place].key)

    def accept(self) -> None:
        """Make an annotation of the current suggestion, or of the only one; the next one becomes current."""
        self._decide("accept")

    def reject(self) -> None:
        """Do not offer the current suggestion again, or the only one; the next one becomes current."""
        self._decide("reject")

    def accept_all(self) -> None:
        """Make annotations of all that are shown, as one step."""
        suggestions, shown = self._suggestions, self.shown
        if suggestions is None or not shown or not self._may_change:
            return
        title = tr_n("Accept a suggestion", "Accept {count} suggestions", len(shown))
        if len(shown) > _MANY:
            self._runner.start(
                title,
                partial(_accept_many, suggestions, shown, title),
                uses=self._session.project,
                must_finish=True,
            )
        else:
            self._try(lambda: suggestions.accept(shown, title=title))

    def _decide(self, act: str) -> None:
        suggestions, one = self._suggestions, self.current
        if one is None and len(self.shown) == 1:
            one = self.shown[0]
        if suggestions is None or one is None or not self._may_change:
            return
        was_current = self.current is not None
        following = self._after(one)
        if act == "accept":
            title = tr("Accept a suggestion")
            done = self._try(lambda: suggestions.accept((one,), title=title))
        else:
            title = tr("Reject a suggestion")
            done = self._try(lambda: suggestions.reject((one,), title=title))
        if done and was_current and following is not None:
            self._canvas.make_suggestion_current(following.key)

    def _reshaped(self, key: str, shape: Shape) -> None:
        """One was dragged: that accepts it with its new shape."""
        suggestions = self._suggestions
        one = next((one for one in self.shown if one.key == key), None)
        if suggestions is None or one is None or not self._may_change:
            self._canvas.stage.current_suggestion.refresh()
            return
        title = tr("Accept a suggestion")
        made: list[int] = []

        def accept() -> None:
            found = suggestions.accept((one,), shapes={key: shape}, title=title)
            made.extend(annotation.id for annotation in found)

        if self._try(accept):
            self._canvas.select(made)
        else:
            self._canvas.stage.current_suggestion.refresh()

    def _after(self, one: Suggestion) -> Suggestion | None:
        """Return the suggestion that comes next when one is gone."""
        place = self.shown.index(one)
        others = (*self.shown[place + 1 :], *self.shown[:place])
        return others[0] if others else None

    @property
    def _may_change(self) -> bool:
        return self._session.is_writable and not self._presenter.is_waiting

    def _try(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except AnnotatorError as error:
            messages.error(str(error))
            return False
        return True


def _offered(suggestions: Suggestions, frame_id: int, _project: Project) -> tuple[Suggestion, ...]:
    """Return all that is suggested for a frame, from the top down, tags first."""
    offered = suggestions.visible(frame_id, 0.0, apart=(SIMILAR,))
    return tuple(sorted(offered, key=_place_of))


def _place_of(one: Suggestion) -> tuple[float, float]:
    return (-1.0, 0.0) if one.shape is None else (one.shape.box[1], one.shape.box[0])


def _accept_many(
    suggestions: Suggestions, shown: Sequence[Suggestion], title: str, _progress: Progress
) -> None:
    suggestions.accept(shown, title=title)
