"""The labels of the project: how often each is used, what of it is shown, and a field that adds one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from annotator.canvas.view import CanvasView
from annotator.core.labels import Label
from annotator.project.storage.changes import Change
from annotator.translation import in_digits, tr
from annotator.ui.fuzzy import ranked
from annotator.ui.labels.control import LabelControl
from annotator.ui.labels.list import LabelsList, Spot
from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import ICON
from annotator.ui.shown.document import ProjectDocument
from annotator.ui.shown.label_choice import LabelChoice
from annotator.ui.shown.session import Session
from annotator.ui.timers import single_shot
from annotator.ui.trying import tried
from annotator.ui.widgets.label_rows import LabelRow
from annotator.ui.widgets.parts import column, text_label

if TYPE_CHECKING:
    from annotator.ui.labels.colour import ColourPopup

# The counters are asked once after a row of changes.
_REST_MS: Final = 120


class LabelsPanel(QWidget):
    """Colour, name, digit and number of annotations of each label; a click draws with it next.

    The numbers are those of the frame and of the task. What is hidden and locked is remembered with the project.
    """

    count_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        session: Session,
        choice: LabelChoice,
        control: LabelControl,
        document: ProjectDocument,
        canvas: CanvasView,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._session = session
        self._control = control
        self._document = document
        self._canvas = canvas
        # By label id, on all frames of the task.
        self._totals: Mapping[int, int] = {}
        self.list = LabelsList(theme, self)
        self.rows = self.list.rows
        self._lay_out()
        self._soon = single_shot(self, _REST_MS, self._count)
        self._next = single_shot(self, 0, self._show)
        self.list.clicked.connect(self._use)
        self.list.activated.connect(self._use)
        self.list.spot_clicked.connect(self._spot)
        self.list.menu_wanted.connect(self._open_menu)
        self.search.textChanged.connect(self._show)
        session.opened.connect(self._opened)
        session.changed.connect(self._changed)
        choice.changed.connect(self._chosen)
        control.keys_changed.connect(self._next.start)
        document.loaded.connect(self._next.start)
        document.updated.connect(lambda _changed, _deleted: self._next.start())
        document.visibility.changed.connect(self._next.start)
        theme.changed.connect(self._recolour)
        self._recolour()

    @property
    def count(self) -> int:
        """How many labels there are."""
        return len(self._session.labels)

    def _lay_out(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find labels"))
        self.search.setAccessibleName(tr("Find labels"))
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self._glass = self.search.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        head = column(gap=0)
        head.setContentsMargins(8, 8, 8, 8)
        head.addWidget(self.search)
        self.empty = text_label("", "dim", wraps=True)
        self.empty.setContentsMargins(12, 4, 12, 0)
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Add label"))
        self.field.setAccessibleName(tr("Add label"))
        self.field.returnPressed.connect(self._add)
        lines = column(self, gap=0)
        lines.addLayout(head)
        lines.addWidget(self.empty)
        lines.addWidget(self.list, 1)
        lines.addStretch(0)
        foot = column(gap=0)
        foot.setContentsMargins(8, 8, 8, 8)
        foot.addWidget(self.field)
        lines.addLayout(foot)

    def _recolour(self) -> None:
        dim, ratio = self._theme.colours.dim, self.devicePixelRatioF()
        self._glass.setIcon(QIcon(icon_pixmap("search", dim, ICON, ratio)))

    # What is shown ----------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Begin where the label of what is drawn next stands, once there is a size."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._bring_into_sight)

    def _opened(self) -> None:
        self._totals = {}
        self.search.clear()
        self._show()
        self._soon.start()

    def _changed(self, change: Change) -> None:
        if change.labels:
            self._show()
        if change.annotations or change.frames or change.labels:
            self._soon.start()

    def _count(self) -> None:
        """Ask for the numbers of the task beside the GUI thread: they are summed over all frames."""
        if self._session.is_open:
            task = self._session.task.id
            self._document.ask(lambda project: project.task_label_counts(task), self._counted)

    def _counted(self, totals: Mapping[int, int]) -> None:
        self._totals = totals
        self._show()

    def _show(self, _text: object = None) -> None:
        labels = self._session.labels
        keys = self._control.shown_keys(labels)
        on_frame = Counter(self._document.listing().labels.tolist())
        following = self._control.next_label if self._session.is_open else None
        visibility = self._document.visibility
        self.rows.show(
            [
                LabelRow(
                    label.id,
                    label.name,
                    label.colour,
                    keys.get(label.id, ""),
                    f"{in_digits(on_frame[label.id])} / {in_digits(self._totals.get(label.id, 0))}",
                    is_next=following is not None and following.id == label.id,
                    is_hidden=label.id in visibility.hidden_labels,
                    is_locked=label.id in visibility.locked_labels,
                )
                for label in self._found()
            ]
        )
        self._say_why_empty()
        self.search.setVisible(bool(len(labels)))
        self.field.setEnabled(self._session.is_writable)
        self.count_changed.emit()

    def _chosen(self) -> None:
        self._show()
        self._bring_into_sight()

    def _bring_into_sight(self) -> None:
        """Scroll to the label of what is drawn next, if it cannot be seen: it may have been chosen by typing."""
        rows = map(self.rows.index, range(self.rows.rowCount()))
        following = next((one for one in rows if self.rows.row_at(one).is_next), None)
        if following is not None:
            self.list.scrollTo(following)

    def _found(self) -> list[Label]:
        """The labels in their order, or those that are looked for, the best first."""
        labels = list(self._session.labels)
        text = self.search.text().strip()
        return [labels[i] for i in ranked(text, [one.name for one in labels])] if text else labels

    def _say_why_empty(self) -> None:
        if self.rows.rowCount():
            self.empty.hide()
            return
        self.empty.setText(
            tr("No label has this name. Enter in the field below makes one.")
            if len(self._session.labels)
            else tr(
                "No label yet. Type the name of the first one below; drawings get it from then on."
            )
        )
        self.empty.show()

    # What the user does -----------------------------------------------------------------------------

    def _use(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index)
        if row.label is not None:
            self._control.use(row.label)

    def _add(self) -> None:
        name = self.field.text().strip()
        if name and self._control.create(name) is not None:
            self.field.clear()

    def _spot(self, label_id: int, spot: Spot) -> None:
        match spot:
            case "hide":
                self._hide(label_id)
            case "lock":
                self._lock(label_id)
            case _:
                self.ask_for_colour(label_id)

    def _hide(self, label_id: int) -> None:
        visibility = self._document.visibility
        visibility.hide_labels((label_id,), hidden=label_id not in visibility.hidden_labels)

    def _lock(self, label_id: int) -> None:
        visibility = self._document.visibility
        visibility.lock_labels((label_id,), locked=label_id not in visibility.locked_labels)

    def _show_only(self, label_id: int) -> None:
        visibility = self._document.visibility
        visibility.hide_labels((one.id for one in self._session.labels), hidden=True)
        visibility.hide_labels((label_id,), hidden=False)

    def _show_all(self) -> None:
        visibility = self._document.visibility
        visibility.hide_labels(visibility.hidden_labels, hidden=False)

    def ask_for_colour(self, label_id: int) -> "ColourPopup | None":
        """Let the user choose another colour of a label; None where nothing can be changed."""
        from annotator.ui.labels.colour import ColourPopup

        label = self._session.labels.get(label_id)
        if label is None or not self._session.is_writable:
            return None
        popup = ColourPopup(self._theme, label.colour, self)
        popup.chosen.connect(lambda colour: self._give_colour(label_id, colour))
        popup.open_at(self.list.place_of(label_id))
        return popup

    def _give_colour(self, label_id: int, colour: str) -> None:
        label = self._session.labels.get(label_id)
        if label is None or label.colour == colour:
            return
        session, changed = self._session, replace(label, colour=colour)

        def change() -> None:
            title = tr("Change the colour of {name}", name=label.name)
            # Of the task, so that undo takes it back: it does so with what was done here.
            with session.project.edit(title, task=session.task.id) as edit:
                edit.put_label(changed)

        tried(change)

    def _select_all_of(self, label_id: int) -> None:
        columns = self._document.listing()
        self._canvas.select(columns.ids[columns.labels == label_id].tolist())

    def _open_menu(self, label_id: int, place: QPoint) -> None:
        menu = self.menu_for(label_id)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def menu_for(self, label_id: int) -> QMenu:
        """Return what can be done with a label."""
        visibility = self._document.visibility
        menu = QMenu(self)
        hidden, locked = label_id in visibility.hidden_labels, label_id in visibility.locked_labels
        menu.addAction(tr("Draw with it next"), lambda: self._control.use(label_id))
        menu.addAction(tr("Select all on this frame"), lambda: self._select_all_of(label_id))
        menu.addSeparator()
        menu.addAction(tr("Show") if hidden else tr("Hide"), lambda: self._hide(label_id))
        menu.addAction(tr("Show only this label"), lambda: self._show_only(label_id))
        menu.addAction(tr("Show all labels"), self._show_all)
        menu.addAction(tr("Unlock") if locked else tr("Lock"), lambda: self._lock(label_id))
        menu.addSeparator()
        recolour = menu.addAction(tr("Colour…"), lambda: self.ask_for_colour(label_id))
        recolour.setEnabled(self._session.is_writable)
        return menu

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search, Down goes to the list, Enter uses the first, Esc ends it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            match Qt.Key(event.key()):
                case Qt.Key.Key_Escape:
                    if self.search.text():
                        self.search.clear()
                    else:
                        self._canvas.setFocus()
                    return True
                case Qt.Key.Key_Down if self.rows.rowCount():
                    self.list.setFocus()
                    self.list.setCurrentIndex(self.rows.index(0))
                    return True
                case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.rows.rowCount():
                    self._use(self.rows.index(0))
                    self.search.clear()
                    return True
                case _:
                    pass
        return super().eventFilter(watched, event)
