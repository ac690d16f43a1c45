"""The models of the user, read beside the GUI thread."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from annotator.core.errors import AnnotatorError
from annotator.ui.gui_calls import GuiCalls

if TYPE_CHECKING:
    from annotator.models.store import ModelStore

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is shown of an installed model. size: bytes. labels: those that it may propose."""

    id: str
    name: str
    kind: str = ""
    version: str = ""
    licence: str = ""
    description: str = ""
    homepage: str = ""
    size: int = 0
    labels: tuple[str, ...] = ()
    problem: str = ""


class ModelList(QObject):
    """Everything about the folder of models goes through one thread, one thing after the other.

    Signals, on the GUI thread: `changed()` when `models` was read anew; `failed(sentence)` when an act did not succeed.
    """

    changed = Signal()
    failed = Signal(str)

    def __init__(self, calls: GuiCalls, parent: QObject) -> None:
        super().__init__(parent)
        self._calls = calls
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="models-folder")
        self.models: tuple[ModelFacts, ...] = ()
        self.is_read = False

    def end(self) -> None:
        """Wait for what is being done."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def read(self) -> None:
        """Read which models there are."""
        self._do(_facts, self._take)

    def look_into(self, source: Path, then: Callable[[ModelFacts], None]) -> None:
        """Give `then` what a folder or archive of a model says of itself, before it is installed."""
        self._do(partial(_described, source), then)

    def install(self, source: Path, then: Callable[[str], None]) -> None:
        """Install a model from a folder or an archive, and give `then` its id."""
        self._do(lambda store: store.install(source).id, partial(self._done, then))

    def remove(self, model_id: str, then: Callable[[None], None]) -> None:
        """Delete a model."""
        self._do(lambda store: store.remove(model_id), partial(self._done, then))

    def check(self, model_id: str, then: Callable[[str], None]) -> None:
        """Compare the files of a model with its manifest; `then` gets the problem, empty where there is none."""
        self._do(partial(_checked, model_id), then)

    def _done(self, then: Callable[[T], None], result: T) -> None:
        self.read()
        then(result)

    def _take(self, models: tuple[ModelFacts, ...]) -> None:
        self.models, self.is_read = models, True
        self.changed.emit()

    def _do(self, act: "Callable[[ModelStore], T]", then: Callable[[T], None]) -> None:
        future = self._thread.submit(_with_store, act)
        future.add_done_callback(
            lambda done: (
                None if done.cancelled() else self._calls.post(partial(self._ended, done, then))
            )
        )

    def _ended(self, done: "Future[T]", then: Callable[[T], None]) -> None:
        error = done.exception()
        if isinstance(error, AnnotatorError):
            self.failed.emit(str(error))
        else:
            then(done.result())  # a bug is raised here


def _with_store(act: "Callable[[ModelStore], T]") -> T:
    # It imports what networks need, which takes a while.
    from annotator.models.store import user_store

    return act(user_store())


def _facts(store: "ModelStore") -> tuple[ModelFacts, ...]:
    from annotator.models.manifest import labels_of

    found = []
    for one in store.models():
        known = one.manifest
        if known is None:
            found.append(ModelFacts(one.id, one.id, problem=one.problem))
            continue
        labels: tuple[str, ...] = ()
        problem = one.problem
        if known.kind == "text":
            labels = ("text",)  # what it has as labels is its alphabet
        elif not problem:
            try:
                labels = labels_of(known, one.folder)
            except AnnotatorError as error:
                problem = str(error)
        found.append(
            ModelFacts(
                one.id, known.name, known.kind, known.version, known.licence, known.description,
                known.homepage, known.size, labels, problem,
            )
        )  # fmt: skip
    return tuple(found)


def _described(source: Path, _store: "ModelStore") -> ModelFacts:
    """Return what a package says of itself. Raises ModelError, InputError."""
    import tempfile

    from annotator.models.store import ModelStore

    # A trial, so that everything is checked before anybody is asked about the licence.
    with tempfile.TemporaryDirectory(prefix="annotator-model-") as folder:
        trial = ModelStore(Path(folder) / "models")
        trial.install(source)
        return _facts(trial)[0]


def _checked(model_id: str, store: "ModelStore") -> str:
    try:
        store.check(model_id)
    except AnnotatorError as error:
        return str(error)
    return ""
