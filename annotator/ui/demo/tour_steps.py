"""The steps of the tour through the demo, and which of them are behind the person. No widgets."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias, get_args

StepId: TypeAlias = Literal["box", "label", "mistake", "export"]
STEPS: Final[tuple[StepId, ...]] = get_args(StepId)


@dataclass(frozen=True, slots=True)
class TourState:
    """How far the tour is. done: by the person's own hand. closed: for good."""

    done: frozenset[StepId] = frozenset()
    skipped: frozenset[StepId] = frozenset()
    is_closed: bool = False

    @property
    def current(self) -> StepId | None:
        """The first step that is neither done nor skipped; None at the end."""
        return next((one for one in STEPS if one not in self.done | self.skipped), None)

    def with_done(self, *steps: StepId) -> "TourState":
        """Return the state after some steps were done, in whatever order."""
        return replace(self, done=self.done.union(steps), skipped=self.skipped.difference(steps))

    def without_current(self) -> "TourState":
        """Return the state after the current step was skipped."""
        current = self.current
        return self if current is None else replace(self, skipped=self.skipped | {current})

    def closed(self) -> "TourState":
        """Return the state after the tour was closed."""
        return replace(self, is_closed=True)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "done": _in_order(self.done),
            "skipped": _in_order(self.skipped),
            "closed": self.is_closed,
        }


def state_from_json(value: object) -> TourState:
    """Return a state that was kept; what cannot be understood of it is as at the beginning."""
    if not isinstance(value, dict):
        return TourState()
    done = frozenset(_known(value.get("done")))
    skipped = frozenset(_known(value.get("skipped"))) - done
    return TourState(done, skipped, value.get("closed") is True)


def _in_order(steps: Collection[StepId]) -> Sequence[StepId]:
    return [one for one in STEPS if one in steps]


def _known(value: object) -> Iterable[StepId]:
    return [one for one in STEPS if one in value] if isinstance(value, list) else []
