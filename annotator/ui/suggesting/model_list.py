"""The models of the user, read beside the GUI thread."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner, Work
from annotator.core.errors import AnnotatorError
from annotator.translation import tr
from annotator.ui.gui_calls import GuiCalls

if TYPE_CHECKING:
    from annotator.models.recommended import RecommendedModel
    from annotator.models.store import ModelStore

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is shown of a model that is installed, or can be had.

    size: bytes. labels: those that it may propose. requirement, wheel: the package it is fetched out of, and its file;
    empty for others. addresses: where its files are. download: bytes that are fetched.
    """

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
    is_installed: bool = True
    requirement: str = ""
    wheel: str = ""
    addresses: tuple[str, ...] = ()
    download: int = 0


class ModelList(QObject):
    """Everything about the folder of models goes through one thread, one thing after the other, but for fetching.

    models: those that are installed; recommended: others that can be had; fetched: the ids of those that are on their
    way. Signals, on the GUI thread: `changed()` when any of this is another; `failed(sentence)` when an act did not
    succeed.
    """

    changed = Signal()
    failed = Signal(str)

    def __init__(self, calls: GuiCalls, runner: BackgroundRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._calls = calls
        self._runner = runner
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="models-folder")
        self.models: tuple[ModelFacts, ...] = ()
        self.recommended: tuple[ModelFacts, ...] = ()
        self.fetched: frozenset[str] = frozenset()
        self.is_read = False

    def end(self) -> None:
        """Wait for what is being done."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def read(self) -> None:
        """Read which models there are, and which others can be had."""
        self._do(_all_facts, self._take)

    def look_into(self, source: Path, then: Callable[[tuple[ModelFacts, ...]], None]) -> None:
        """Give `then` what a folder or file says of the models in it, before they are installed."""
        self._do(partial(_described, source), then)

    def install(self, source: Path, then: Callable[[str], None]) -> None:
        """Install what a folder or a file holds, and give `then` the id of the first."""
        self._do(partial(_installed, source), partial(self._done, then))

    def fetch(self, one: ModelFacts) -> None:
        """Fetch a model in the background, from the package index."""
        title = tr("Fetching {model}", model=one.name)
        fetch = partial(_fetched, one.id)
        work = self._runner.start(title, fetch, uses=None, tells_itself=True)
        self.fetched |= {one.id}
        self.changed.emit()
        work.when_done(lambda _: self._calls.post(partial(self._is_fetched, one.id, work)))

    def _is_fetched(self, model_id: str, work: Work[None]) -> None:
        self.fetched -= {model_id}
        if isinstance(work.error, AnnotatorError):
            self.failed.emit(str(work.error))
        self.read()

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
        self.models = tuple(one for one in models if one.is_installed)
        self.recommended = tuple(one for one in models if not one.is_installed)
        self.is_read = True
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


def _all_facts(store: "ModelStore") -> tuple[ModelFacts, ...]:
    """Return the installed models, then those that can be had."""
    from annotator.models.recommended import recommended

    found = _facts(store)
    there = {one.id for one in found}
    others = [one for one in recommended() if one.manifest.id not in there]
    return found + tuple(_of_recommended(one) for one in others)


def _of_recommended(one: "RecommendedModel") -> ModelFacts:
    known, wheel = one.manifest, one.wheel
    return ModelFacts(
        known.id, known.name, known.kind, known.version, known.licence, known.description, known.homepage,
        known.size, ("text",) if known.kind == "text" else known.labels, is_installed=False,
        requirement="" if wheel is None else wheel.requirement, wheel="" if wheel is None else wheel.wheel,
        addresses=one.addresses, download=one.download,
    )  # fmt: skip


def _described(source: Path, store: "ModelStore") -> tuple[ModelFacts, ...]:
    """Return what the models in a folder or a file say of themselves. Raises ModelError, InputError."""
    import tempfile

    from annotator.models.recommended import install
    from annotator.models.store import ModelStore

    # A trial, so that everything is checked before anybody is asked about the licence.
    with tempfile.TemporaryDirectory(prefix="annotator-model-") as folder:
        trial = ModelStore(Path(folder) / "models", (store.folder, *store.shipped))
        made = {one.id for one in install(trial, source)}
        return tuple(one for one in _facts(trial) if one.id in made)


def _installed(source: Path, store: "ModelStore") -> str:
    from annotator.models.recommended import install

    return install(store, source)[0].id


def _fetched(model_id: str, progress: Progress) -> None:
    from annotator.models.recommended import fetch
    from annotator.models.store import user_store

    fetch(user_store(), model_id, progress)


def _checked(model_id: str, store: "ModelStore") -> str:
    try:
        store.check(model_id)
    except AnnotatorError as error:
        return str(error)
    return ""
