"""A model at work in processes of its own: one for each thread that asks at the same time."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from annotator.models.errors import ModelError, ModelGivenUpError, WorkerLostError
from annotator.models.manifest import Manifest
from annotator.models.processors import threads_of_each
from annotator.models.proposal import Proposal
from annotator.models.providers import Pixels
from annotator.models.store import ModelStore, compiled_folder, user_store
from annotator.models.workers import wire
from annotator.models.workers.limits import DEFAULT_MODEL_LIMITS, ModelLimits
from annotator.models.workers.worker import Worker

# It may be the picture on which it is lost; when it is on the next one, too, it is the model.
_MOST_LOST: Final = 2


class WorkerModel:
    """A detector, as `annotator.models.providers` says. A `with` block starts and closes it.

    Where its process is lost, because it took too long, needed too much memory or broke off, that picture fails and the
    next one gets a new process; after two in a row the model is given up and every picture fails with that sentence.
    """

    def __init__(
        self,
        model_id: str,
        *,
        runtime: str = "",
        limits: ModelLimits = DEFAULT_MODEL_LIMITS,
        store: ModelStore | None = None,
    ) -> None:
        """Name an installed model. runtime: the only one to be used. store: where it lies, if not at the user's."""
        chosen = store or user_store()
        self._limits = limits
        self._load = wire.Load(
            str(chosen.folder),
            tuple(map(str, chosen.shipped)),
            model_id,
            runtime,
            str(compiled_folder()),
            threads_of_each(),
            limits.seconds,
            limits.memory,
        )
        self._lock = threading.Lock()
        self._is_ended = False
        self._all: set[Worker] = set()
        self._free: list[Worker] = []
        self._loaded: wire.Loaded | None = None
        self._lost = 0
        self._reason = ""

    def start(self) -> None:
        """Load it, which takes up to some seconds. Raises ModelError."""
        self._give_back(self._new())

    @property
    def manifest(self) -> Manifest:
        """What the package says of itself."""
        return self._about.manifest

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the labels it may propose."""
        return self._about.labels

    @property
    def runtime(self) -> str:
        """What computes it, a key of `annotator.models.runtimes.RUNTIMES`."""
        return self._about.runtime

    @property
    def device(self) -> str:
        """On what it is computed, in a few letters."""
        return self._about.device

    @property
    def is_given_up(self) -> bool:
        """Whether it was lost so often that it is not asked any more."""
        return self._lost >= _MOST_LOST

    def detect(
        self, pixels: Pixels, threshold: float, handed_over: Callable[[], None] | None = None
    ) -> list[Proposal]:
        """Return what is seen on (H, W, 3) pixels, blue, green, red, with at least a score, the best first.

        A fourth channel is left out. handed_over: see `Worker.look`. Raises ModelError; WorkerLostError where its
        process was lost; ModelGivenUpError where it is asked no more.
        """
        worker = self._taken() or self._new()
        try:
            found = worker.look(pixels, threshold, handed_over)
        except WorkerLostError as error:
            self._forget(worker, str(error))
            if self.is_given_up:
                raise ModelGivenUpError(self._reason) from None
            raise
        except ModelError:
            self._give_back(worker)
            raise
        self._give_back(worker)
        return found

    def interrupt(self) -> None:
        """End what is being looked at; who waits for that gets an error, who asks next gets an answer."""
        with self._lock:
            for worker in self._all.difference(self._free):
                worker.kill()

    def kill(self) -> None:
        """End all processes at once; who waits for one of them gets an error. `close` is still to be called."""
        with self._lock:
            self._is_ended = True
            for worker in self._all:
                worker.kill()

    def close(self) -> None:
        """End all processes and wait until they are gone. Nobody may be asking it."""
        self.kill()
        workers, self._all, self._free = self._all, set(), []
        for worker in workers:
            worker.close()

    def __enter__(self) -> Self:
        try:
            self.start()
        except ModelError:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _about(self) -> wire.Loaded:
        assert self._loaded is not None, "start it first"
        return self._loaded

    def _new(self) -> Worker:
        """Return a worker that has loaded the model."""
        worker = Worker(self._load.model, self._limits)
        with self._lock:
            self._all.add(worker)
            if self._is_ended:
                worker.kill()
        try:
            self._loaded = worker.load(self._load)
        except ModelError as error:
            self._forget(worker, str(error))
            raise
        return worker

    def _taken(self) -> Worker | None:
        """Return a worker that nobody else asks, if there is one."""
        with self._lock:
            if self._is_ended:
                raise ModelError(f"The model “{self._load.model}” is closed.")
            if self.is_given_up:
                raise ModelGivenUpError(self._reason)
            return self._free.pop() if self._free else None

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            self._lost = 0
            self._free.append(worker)

    def _forget(self, worker: Worker, reason: str) -> None:
        with self._lock:
            if not worker.is_dismissed:
                self._lost += 1
            self._reason = f"{reason} That was the second time in a row, so it is asked no more."
            self._all.discard(worker)
        worker.close()
