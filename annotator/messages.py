"""The one way to tell the user something: `messages.info`, `warning` and `error`.

The window shows them in a quiet bar, the command line prints them to stderr, tests record them. What is said
before anybody listens is kept and given to the first listener.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Level: TypeAlias = Literal["info", "warning", "error"]

# What is said while nobody listens, such as by settings that are read before there is a window.
_MOST_KEPT: Final = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """Something the user can do about a message: a word on a button and what it does."""

    title: str
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Message:
    """One plain sentence: what happened, where, and what to do. answers: offered beside it."""

    level: Level
    text: str
    answers: tuple[Answer, ...] = ()


Listener: TypeAlias = Callable[[Message], None]


class MessageBoard:
    """Passes messages to listeners, on the thread that says them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: tuple[Listener, ...] = ()
        self._kept: deque[Message] = deque(maxlen=_MOST_KEPT)

    def say(self, message: Message) -> None:
        """Give a message to every listener, or keep it where there is none."""
        with self._lock:
            listeners = self._listeners
            if not listeners:
                self._kept.append(message)
        for listener in listeners:
            listener(message)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each message, what was kept first; the returned function ends that."""
        with self._lock:
            self._listeners = (*self._listeners, listener)
            kept, self._kept = self._kept, deque(maxlen=_MOST_KEPT)
        for message in kept:
            listener(message)
        return lambda: self._unsubscribe(listener)

    def _unsubscribe(self, listener: Listener) -> None:
        with self._lock:
            self._listeners = tuple(one for one in self._listeners if one is not listener)


BOARD: Final = MessageBoard()


def info(text: str, *answers: Answer) -> None:
    """Say what happened."""
    BOARD.say(Message("info", text, answers))


def warning(text: str, *answers: Answer) -> None:
    """Say that something is not as it should be, while the work goes on."""
    BOARD.say(Message("warning", text, answers))


def error(text: str, *answers: Answer) -> None:
    """Say that something could not be done."""
    BOARD.say(Message("error", text, answers))


def subscribe(listener: Listener) -> Callable[[], None]:
    """Listen to everything that is said; the returned function ends that."""
    return BOARD.subscribe(listener)
