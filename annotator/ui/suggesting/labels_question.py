"""A quiet question: what becomes of labels that a model sees and the project has not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from annotator import messages
from annotator.core.errors import AnnotatorError
from annotator.core.labels import Label, next_colour
from annotator.messages import Answer, Message
from annotator.project.storage.changes import Change
from annotator.project.suggesting.model_labels import Alikes, ModelLabels, Target
from annotator.project.suggesting.suggestions import Suggestions
from annotator.project.view_memory import ViewMemory
from annotator.translation import tr, tr_n
from annotator.ui.shell.message_bar import MessageBar
from annotator.ui.shown.session import Session
from annotator.ui.suggesting.looking import ModelAtWork

_NAME: Final = "suggesting-asked"
# So many names are said in the question.
_MOST_NAMED: Final = 6


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked, and of what: about some labels of a model, as it sees them on the shown frame."""

    message: Message
    names: Sequence[str]
    suggestions: Suggestions
    model: ModelAtWork
    threshold: float


class LabelsQuestion(QObject):
    """Asks about each label of a model once, and once at most while a project is open. Nothing waits for the answer.

    The question goes with its frame, and with labels of the project that answer it. It was asked when somebody has
    answered or closed it.

    Emits `dialog_wanted()` when somebody wants to choose label by label, and `answered()` when labels were made.
    """

    dialog_wanted = Signal()
    answered = Signal()

    def __init__(self, session: Session, bar: MessageBar, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._bar = bar
        self._open: _Asked | None = None
        self._asked_now: set[str] = set()
        session.opened.connect(self._asked_now.clear)
        session.frame_changed.connect(self.take_back)
        session.closed.connect(self.take_back)
        session.changed.connect(self._project_changed)

    def ask(self, suggestions: Suggestions, model: ModelAtWork, threshold: float) -> None:
        """Ask about what the model sees on the shown frame, if something of it was never asked about."""
        if self._open is not None:
            if self._bar.holds(self._open.message):
                return
            self.settle()  # it was closed
        frame, project = self._session.frame, self._session.project
        # Where the model knows one label alone, it is made with the first thing that is accepted.
        if frame is None or len(model.labels) < 2 or model.id in self._asked_now:
            return
        seen = dict.fromkeys(
            one.label for one in suggestions.stored(frame.id, threshold) if one.model == model.id
        )
        asked = self._asked(model.id)
        if asked.issuperset(seen):
            return
        targets = suggestions.labels_of(model.id, model.labels).targets
        schema = project.labels
        # With no labels at all, everything is shown, and made when it is accepted.
        open_to = [n for n in seen if n not in asked and self._is_open(targets.get(n))]
        if not open_to:
            return
        named = ", ".join(f"“{name}”" for name in open_to[:_MOST_NAMED])
        if len(open_to) > _MOST_NAMED:
            named = tr("{names} and others", names=named)
        if len(schema):
            text = tr(
                "{model} sees {names}, for which the project has no label.",
                model=model.name,
                names=named,
            )
        else:
            text = tr(
                "The project has no labels yet. {model} sees {names}.",
                model=model.name,
                names=named,
            )
        message = Message(
            "info",
            text,
            (
                Answer(
                    tr_n("Create it", "Create them", len(open_to)),
                    lambda: self._create(suggestions, model.id, open_to),
                ),
                Answer(tr("Choose labels…"), self.dialog_wanted.emit),
            ),
        )
        self._open = _Asked(message, open_to, suggestions, model, threshold)
        self._bar.say(message)

    def take_back(self) -> None:
        """Ask no more for now: another project, frame or model. What nobody has answered is asked another time."""
        asked = self._open
        if asked is not None and not self._bar.holds(asked.message):
            self.settle()
        elif asked is not None:
            self._open = None
            self._bar.take_back(asked.message)

    def settle(self) -> None:
        """Ask no more: it was closed, or is answered here or elsewhere."""
        asked, self._open = self._open, None
        if asked is None:
            return
        self._bar.take_back(asked.message)
        if self._session.is_open:
            self._asked_now.add(asked.model.id)
            self._remember(asked.model.id, self._asked(asked.model.id).union(asked.names))

    def _project_changed(self, change: Change) -> None:
        asked = self._open
        if change.labels and asked is not None:
            self.take_back()
            self.ask(asked.suggestions, asked.model, asked.threshold)

    def _is_open(self, target: Target) -> bool:
        """Whether a label is not shown, or would be made of a project that has none."""
        return target is None or (isinstance(target, str) and not len(self._session.labels))

    def _create(self, suggestions: Suggestions, model: str, names: Iterable[str]) -> None:
        self.settle()
        try:
            create_labels(self._session, suggestions, model, names)
        except AnnotatorError as error:
            messages.error(str(error))
            return
        self.answered.emit()

    def _asked(self, model: str) -> frozenset[str]:
        kept: Any = ViewMemory(self._session.project).get(_NAME)
        names = kept.get(model) if isinstance(kept, dict) else None
        return (
            frozenset(n for n in names if isinstance(n, str))
            if isinstance(names, list)
            else frozenset()
        )

    def _remember(self, model: str, names: frozenset[str]) -> None:
        memory = ViewMemory(self._session.project)
        kept: Any = memory.get(_NAME)
        others = kept if isinstance(kept, dict) else {}
        memory.set(_NAME, {**others, model: sorted(names)})


def create_labels(
    session: Session, suggestions: Suggestions, model: str, names: Iterable[str]
) -> None:
    """Make labels of a model's names where they are missing, as one step, and remember them. Raises ProjectError."""
    schema, made, targets = session.labels, [], dict[str, Target]()
    for name in names:
        label = Alikes(schema).find(name)
        if label is None:
            label = Label(name, next_colour(one.colour for one in schema))
            schema = schema.with_label(label)
            made.append(label)
        targets[name] = label.id
    if made:
        with session.project.edit(tr("Add labels"), task=session.task.id) as edit:
            for label in made:
                edit.put_label(label)
    suggestions.remember(ModelLabels(model, targets))
