"""One process with a model in it, as the program sees it."""

import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from annotator.models.errors import ModelError, WorkerLostError
from annotator.models.proposal import Proposal
from annotator.models.workers import wire
from annotator.models.workers.deadline import Deadline
from annotator.models.workers.limits import ModelLimits
from annotator.models.workers.own_process import OVER_MEMORY, OVER_TIME
from annotator.models.workers.shared_pixels import Pixels, SharedPixels

log = logging.getLogger(__name__)

_CHILD: Final = "annotator.models.workers.child"
# Bytes of what the process has printed that go to the log.
_MOST_LOGGED: Final = 4000
# Seconds in which a process that breaks off is gone.
_ENDING: Final = 1.0
_SIGKILL: Final = -9
# On Windows: without a console, and apart from Ctrl+C in that of the program.
if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _FLAGS = 0

A = TypeVar("A", wire.Loaded, wire.Seen)


class Worker:
    """Starts a process for a model. One thread may ask at a time; any may call `kill`. Raises ModelError."""

    def __init__(self, model_id: str, limits: ModelLimits) -> None:
        self._model = model_id
        self._limits = limits
        self._is_late = False
        self.is_dismissed = False
        """Whether it was killed, rather than lost."""
        self._pixels = SharedPixels()
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._process = _started(self._pixels.file, self._printed.fileno())
        self._deadline = Deadline(self._take_as_late)

    def load(self, load: wire.Load) -> wire.Loaded:
        """Load the model; to be called once, before anything else. Raises ModelError, WorkerLostError."""
        return self._asked(load, wire.Loaded, self._limits.loading)

    def look(
        self, pixels: Pixels, threshold: float, handed_over: Callable[[], None] | None = None
    ) -> list[Proposal]:
        """Return what the model sees; see `annotator.models.providers.Detector`.

        handed_over: is called when the process has all that it needs, and this one has nothing to do but wait.

        Raises ModelError where it cannot, WorkerLostError where the process is gone, too.
        """
        height, width, channels = pixels.shape
        self._pixels.put(pixels)
        block, size = self._pixels.place, self._pixels.size
        request = wire.Look(block, size, height, width, channels, threshold)
        seen = self._asked(request, wire.Seen, self._limits.seconds, handed_over)
        try:
            return wire.proposals_of(seen)
        except wire.WireError as error:
            raise self._lost(str(error)) from None

    def kill(self) -> None:
        """End the process at once, whatever it does; who waits for an answer gets WorkerLostError."""
        self.is_dismissed = True
        self._process.kill()

    def close(self) -> None:
        """End the process and give back what belongs to it; waits until nobody asks any more."""
        self.kill()
        self._deadline.close()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._printed):
            assert stream is not None
            with suppress(BrokenPipeError):  # what it has not read any more
                stream.close()
        self._pixels.close()

    def _asked(
        self,
        request: wire.Request,
        expected: type[A],
        seconds: float,
        handed_over: Callable[[], None] | None = None,
    ) -> A:
        """Send a request and return its answer. Raises ModelError, WorkerLostError."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        self._deadline.begin(seconds)
        try:
            wire.send(process.stdin, request)
            if handed_over is not None:
                handed_over()
            answer = wire.receive_answer(process.stdout)
        except wire.WireError as error:
            raise self._lost(str(error), request) from None
        finally:
            self._deadline.end()
        if isinstance(answer, wire.Failed):
            raise ModelError(answer.text)
        if self._is_late or not isinstance(answer, expected):
            raise self._lost(f"its answer is {type(answer).__name__}", request)
        return answer

    def _take_as_late(self) -> None:
        self._is_late = True
        self._process.kill()

    def _lost(self, what: str, request: wire.Request | None = None) -> WorkerLostError:
        """Return the error of a process that is gone; one that is not, because it lies, is ended."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDING)
        code = self._process.returncode
        self._process.kill()
        if not self.is_dismissed:
            log.info(
                "the process of %s ended with %s: %s\n%s", self._model, code, what, self._tail()
            )
        return WorkerLostError(self._sentence(code, is_loading=isinstance(request, wire.Load)))

    def _sentence(self, code: int | None, *, is_loading: bool) -> str:
        """Return why the process is gone."""
        model, limits = self._model, self._limits
        is_late = self._is_late or code == OVER_TIME
        if is_late and is_loading:
            return (
                f"The model “{model}” was stopped: it took longer than {limits.loading:g} seconds to be loaded."
                " Choose another model."
            )
        if is_late:
            return (
                f"The model “{model}” was stopped: it took longer than {limits.seconds:g} seconds for one picture."
                " The settings have the limit."
            )
        if code == OVER_MEMORY:
            most = limits.memory / (1 << 30)
            return (
                f"The model “{model}” was stopped: it needed more than {most:.3g} GB of memory."
                " The settings have the limit."
            )
        if code == _SIGKILL:
            return (
                f"The model “{model}” was ended by the system, most likely because memory ran out."
                " Close other programs."
            )
        return f"The model “{model}” broke off while it was at work. Check its files, or choose another model."

    def _tail(self) -> str:
        """Return the end of what the process has printed."""
        if self._printed.closed:
            return ""
        size = self._printed.seek(0, os.SEEK_END)
        self._printed.seek(max(0, size - _MOST_LOGGED))
        return self._printed.read().decode("utf-8", "replace").strip()


def _started(pixels: int | None, printed: int) -> "subprocess.Popen[bytes]":
    """Start the process. Raises ModelError."""
    # Nothing of the folder one happens to be in is imported; see `sys.flags.safe_path`.
    command = [sys.executable, "-P", "-m", _CHILD]
    inherited = () if pixels is None else (pixels,)
    try:
        return subprocess.Popen(  # noqa: S603 - this very program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=printed,
            pass_fds=inherited,
            creationflags=_FLAGS,
            # Ctrl+C in a terminal is for the program alone.
            process_group=None if sys.platform == "win32" else 0,
        )
    except OSError as error:
        raise ModelError(
            f"No process can be started for the model: {error.strerror or error}. Close other programs."
        ) from None
