"""The chosen model at work: on the shown frame first, then on those that follow."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from PySide6.QtCore import QObject, Signal

from annotator.core.errors import AnnotatorError
from annotator.media.picture import Picture
from annotator.models.errors import ModelGivenUpError
from annotator.models.pool import ModelPool
from annotator.models.workers.limits import limits_of
from annotator.project.suggesting.suggestions import Suggestions
from annotator.settings import SUGGESTIONS_AHEAD, Setting, Settings
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.shown.presenter import FramePresenter
from annotator.ui.shown.session import Session

if TYPE_CHECKING:
    from annotator.project.suggesting.frame_model import FrameModel

Pool: TypeAlias = "ModelPool[FrameModel, float]"

# Models are asked with this score, so that the slider only has to choose among what is there.
LEAST_SCORE: Final = 0.1
# The window reads so many pictures ahead anyway.
_READ_AHEAD: Final = 3
# Seconds.
_QUICK: Final = 0.1
# Seconds. The interpreter runs one thread at a time: painting the frame would delay the model, which needs no
# interpreter once it has the picture. That takes a quarter as long.
_MOST_WAITED: Final = 0.0015
# Times that differ by less than this factor are told as the same.
_SAME_TIME: Final = 0.7


@dataclass(frozen=True, slots=True)
class ModelAtWork:
    """What is known of the model that suggests. seconds: that it took for a frame, lately; None: for none yet."""

    id: str
    name: str
    runtime: str = ""
    device: str = ""
    labels: tuple[str, ...] = ()
    threshold: float | None = None
    seconds: float | None = None
    problem: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether it is loaded."""
        return bool(self.runtime)


class FrameLooking(QObject):
    """Has a model look at frames beside the GUI thread, with pictures that the window has decoded anyway.

    Signals, on the GUI thread: `changed(ModelAtWork or None)` when another model is used, or more is known of it;
    `timed(ModelAtWork)` with how long it has taken for a frame; `failed(sentence, frame or None)`, None where it
    can look at no frame any more. What is seen is stored, and told by `Suggestions.filled`.
    """

    changed = Signal(object)
    timed = Signal(object)
    failed = Signal(str, object)

    def __init__(
        self,
        session: Session,
        presenter: FramePresenter,
        calls: GuiCalls,
        settings: Settings,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._presenter = presenter
        self._calls = calls
        self._settings = settings
        self._suggestions: Suggestions | None = None
        self._pool: Pool | None = None
        # What waits for the threads of models that are used no more.
        self._ends: list[Callable[[], None]] = []
        self._shown: tuple[int, Picture] | None = None
        # Frames on which the model has failed: it is not asked again and again.
        self._given_up: set[int] = set()
        self._order: tuple[int, ...] = ()
        # Whether the model is about to tell what it sees on the shown frame, within a moment.
        self._is_awaited = False
        # Set when the model has been handed a picture.
        self._handed_over = Event()
        self.model: ModelAtWork | None = None
        presenter.at_hand.connect(self._picture_there)
        presenter.shown.connect(self._frame_shown)
        settings.subscribe(self._setting_changed)
        self._setting_changed(SUGGESTIONS_AHEAD)

    def begin(self, suggestions: Suggestions) -> None:
        """Store what is seen here from now on."""
        self._suggestions = suggestions
        pictures = self._presenter.pictures
        assert pictures is not None
        pictures.read_ahead_done.connect(self._read_ahead)

    def leave(self) -> Callable[[], None]:
        """End with the project; return what waits until no model is at work any more."""
        self._drop()
        self._suggestions = None
        ends, self._ends = self._ends, []

        def wait() -> None:
            for end in ends:
                end()

        return wait

    def use(self, model_id: str) -> None:
        """Let a model suggest, none where the id is empty; what another one still works on is dropped."""
        self._drop()
        suggestions = self._suggestions
        if model_id and suggestions is not None and self._session.is_writable:
            self.model = ModelAtWork(model_id, model_id)
            self._pool = self._new_pool(model_id, suggestions)
        self.changed.emit(self.model)
        self._want()

    def _new_pool(self, model_id: str, suggestions: Suggestions) -> Pool:
        project, limits = self._session.project, limits_of(self._settings)

        def make() -> "FrameModel":
            # They import what lists and checks packages, which takes a while.
            from annotator.models.workers.worker_model import WorkerModel
            from annotator.project.suggesting.frame_model import FrameModel

            model = WorkerModel(model_id, limits=limits)
            return FrameModel(
                model, project, suggestions, LEAST_SCORE, self._picture_of, self._handed_over.set
            )

        # Everything that is told names the pool, so that what comes late is known as such.
        def started(made: "FrameModel") -> None:
            self._calls.post(partial(self._is_loaded, pool, _about(made)))

        def deliver(frame: int | None, answer: float | BaseException) -> None:
            self._calls.post(partial(self._answered, pool, frame, answer))

        pool: Pool = ModelPool(make, lambda made, frame: made.look(frame), deliver, started)
        return pool

    def look_again(self) -> None:
        """Ask the model anew about the shown frame, which was forgotten."""
        self._given_up.clear()
        self._want()

    # What is looked at ------------------------------------------------------------------------------

    def _picture_there(self, frame_id: int) -> None:
        """Let the model begin while the window still shows the frame; which others follow is asked afterwards."""
        picture = self._presenter.picture
        assert picture is not None
        self._shown = frame_id, picture
        self._order = (frame_id,)
        self._handed_over.clear()
        self._ask_in_order()
        self._is_awaited = self._is_quick and self._is_new(frame_id)
        if self._is_awaited:
            self._handed_over.wait(_MOST_WAITED)

    def _frame_shown(self, frame_id: int) -> None:
        if self._presenter.picture is None:
            self._shown, self._is_awaited = None, False
        self._calls.post(self._want)
        if self._is_awaited:
            self._presenter.hold_read_ahead()

    @property
    def _is_quick(self) -> bool:
        """Whether the model takes so short that the next pictures can wait for it."""
        model = self.model
        return model is not None and model.seconds is not None and model.seconds < _QUICK

    def _is_new(self, frame_id: int) -> bool:
        """Whether nothing was ever looked for on a frame."""
        return self._suggestions is not None and not self._suggestions.models_on(frame_id)

    def _read_ahead(self, frame_id: int) -> None:
        if frame_id in self._order:
            self._ask_in_order()

    def _want(self) -> None:
        """Note which frames matter now, the shown one first, and ask about them."""
        if self._pool is None or self._shown is None or self._session.frame is None:
            return
        ahead = self._settings.get(SUGGESTIONS_AHEAD)
        following = self._session.neighbours(ahead=ahead, behind=0) if ahead else ()
        self._order = (self._shown[0], *(one.id for one in following))
        self._ask_in_order()

    def _ask_in_order(self) -> None:
        if self._pool is not None:
            # Those that are not decoded yet are asked about when they are.
            there = (one for one in self._order if self._picture_of(one) is not None)
            self._pool.want(one for one in there if one not in self._given_up)

    def _picture_of(self, frame_id: int) -> Picture | None:
        shown = self._shown
        if shown is not None and shown[0] == frame_id:
            return shown[1]
        pictures = self._presenter.pictures
        return None if pictures is None else pictures.peek(frame_id)

    # What comes back --------------------------------------------------------------------------------

    def _is_loaded(self, pool: Pool, about: ModelAtWork) -> None:
        if pool is self._pool:
            self._show(about)

    def _answered(self, pool: Pool, frame: int | None, answer: float | BaseException) -> None:
        model = self.model
        if pool is not self._pool or model is None:
            return  # late: another model suggests, or another project is open
        if not isinstance(answer, BaseException):
            if self._shown is not None and frame == self._shown[0]:
                self._presenter.release_read_ahead()
            self._take_time(model, answer)
            return
        if not isinstance(answer, AnnotatorError):
            raise answer  # a bug, shown as such
        if isinstance(answer, ModelGivenUpError):
            frame = None
        if frame is None:
            self._end_pool()
            self._show(replace(model, problem=str(answer)))
        else:
            self._given_up.add(frame)
        self.failed.emit(str(answer), frame)

    def _take_time(self, model: ModelAtWork, seconds: float) -> None:
        """Tell how long the model takes, unless that is what is known; each change lays out the window anew."""
        before = model.seconds
        if before is None or not _SAME_TIME * before < seconds < before / _SAME_TIME:
            self.model = replace(model, seconds=seconds)
            self.timed.emit(self.model)

    def _show(self, model: ModelAtWork) -> None:
        self.model = model
        self.changed.emit(model)

    def _end_pool(self) -> None:
        if self._pool is not None:
            self._ends.append(self._pool.stop())
        self._pool = None

    def _drop(self) -> None:
        self._end_pool()
        self.model = None
        self._given_up, self._order = set(), ()

    def _setting_changed(self, setting: Setting[Any]) -> None:
        if setting is SUGGESTIONS_AHEAD:
            self._presenter.ahead = max(_READ_AHEAD, self._settings.get(SUGGESTIONS_AHEAD))
            self._want()


def _about(made: "FrameModel") -> ModelAtWork:
    model, manifest = made.model, made.model.manifest
    return ModelAtWork(
        manifest.id, manifest.name, model.runtime, model.device, model.labels, manifest.defaults.threshold
    )  # fmt: skip
