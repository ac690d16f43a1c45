"""Having a model look at many frames, on several threads, with the answers in the order of the frames."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from annotator.background.progress import Progress
from annotator.core.errors import AnnotatorError
from annotator.models.processors import worker_count

A = TypeVar("A")
Q = TypeVar("Q")

# How long a cancel waits at most for a model that takes its time, in seconds.
_PATIENCE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Answer(Generic[Q, A]):
    """What was found for a question, or the error for the user that it ended with."""

    question: Q
    value: A | None
    error: AnnotatorError | None = None


def answers(
    questions: Iterable[Q],
    answer: Callable[[Q], A],
    progress: Progress,
    *,
    workers: int | None = None,
    stop: Callable[[], None] = lambda: None,
) -> Iterator[Answer[Q, A]]:
    """Yield an answer to each question, in order. `answer` runs on threads of its own.

    No more questions are taken than there are threads for, so that memory stays bounded however many there are.
    Raises Cancelled soon after it was asked for; what is being worked on then is waited for and dropped. stop: called
    then, so that it does not take long. An error that is not for the user is raised where it would have been answered.
    """
    count = workers or worker_count()
    waiting: deque[tuple[Q, Future[A]]] = deque()
    with ThreadPoolExecutor(count, thread_name_prefix="looking") as pool:
        try:
            for question in questions:
                waiting.append((question, pool.submit(answer, question)))
                # One more than there are threads, so that none waits for the next question.
                if len(waiting) > count:
                    yield _next(waiting, progress)
            while waiting:
                yield _next(waiting, progress)
        finally:
            for _, future in waiting:
                future.cancel()
            if any(future.running() for _, future in waiting):
                stop()


def _next(waiting: deque[tuple[Q, Future[A]]], progress: Progress) -> Answer[Q, A]:
    question, future = waiting[0]
    while not future.done():
        progress.checkpoint()
        wait([future], _PATIENCE)
    waiting.popleft()
    try:
        return Answer(question, future.result())
    except AnnotatorError as error:
        return Answer(question, None, error)
