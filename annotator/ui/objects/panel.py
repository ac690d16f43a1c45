"""The list of what is on the shown frame; what is selected there is selected on the canvas, and the reverse."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QObject,
    QPoint,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QStackedLayout, QToolButton, QWidget

from annotator.canvas.view import CanvasView
from annotator.settings import OBJECT_GROUPS, OBJECT_ORDER, Setting, Settings
from annotator.translation import in_digits, tr
from annotator.ui.labels.asking import LabelAsking
from annotator.ui.labels.control import LabelControl
from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import FIELD, ICON
from annotator.ui.objects.acts import toggle_hidden, toggle_locked, toggle_occluded
from annotator.ui.objects.arrangement import ORDERS, Order, Wanted
from annotator.ui.objects.delegate import Mark, ObjectDelegate
from annotator.ui.objects.menu import OBJECT_COMMANDS, show_menu
from annotator.ui.objects.model import HeadRow, ObjectRow, ObjectsModel
from annotator.ui.objects.view import ObjectView
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shown.document import ProjectDocument
from annotator.ui.timers import single_shot
from annotator.ui.widgets.boxes import let_go_items
from annotator.ui.widgets.parts import column, push_button, row, text_label
from annotator.ui.widgets.plain_tips import plain_tip

_PADDING: Final = 12
# A search over more objects than this waits until the typing rests.
_MANY: Final = 2_000
_REST_MS: Final = 150


class ObjectsPanel(QWidget):
    """All annotations of the frame. `count_changed` when there are more or fewer."""

    count_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        actions: ActionSet,
        document: ProjectDocument,
        canvas: CanvasView,
        labels: LabelControl,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._settings = settings
        self._actions = actions
        self._document = document
        self._canvas = canvas
        self._asking = LabelAsking(theme, labels)
        self._is_following = False
        # The row of what was selected on the canvas is to be brought into sight.
        self._is_to_scroll = False
        self.rows = ObjectsModel(document, self)
        self.list = ObjectView()
        self.list.setModel(self.rows)
        self.list.setItemDelegate(ObjectDelegate(theme, actions, self.list))
        # Its arrows, Home and End move in the list.
        actions.add_canvas_keys(self.list, "Edit")
        self.search = self._search_field()
        self.sort = self._sort_button()
        self._lay_out()
        # Rows that come and go take their selection with them: wait until the canvas has settled, too.
        self._settle = single_shot(self, 0, self._settled)
        self._typing = single_shot(self, 0, self._arrange)
        self._connect()
        self._arrange()

    @property
    def count(self) -> int:
        """How many annotations the frame has."""
        return self.rows.total

    # Putting together -------------------------------------------------------------------------------

    def _search_field(self) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(tr("Find objects"))
        field.setAccessibleName(tr("Find objects"))
        field.setClearButtonEnabled(True)
        self._glass = field.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        field.installEventFilter(self)
        return field

    def _sort_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("field")
        button.setFixedSize(FIELD, FIELD)
        button.setIconSize(QSize(ICON - 2, ICON - 2))
        button.setToolTip(tr("Sort and group"))
        button.setAccessibleName(tr("Sort and group"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        group = QActionGroup(menu)
        self._orders: dict[Order, QAction] = {}
        for order, title in _order_titles().items():
            action = menu.addAction(title)
            action.setCheckable(True)
            action.triggered.connect(
                lambda _=False, order=order: self._settings.set(OBJECT_ORDER, order)
            )
            group.addAction(action)
            self._orders[order] = action
        menu.addSeparator()
        self.grouping = menu.addAction(tr("Group by label"))
        self.grouping.setCheckable(True)
        self.grouping.triggered.connect(lambda on: self._settings.set(OBJECT_GROUPS, on))
        self._folding = menu.addAction(tr("Fold all groups"))
        self._folding.triggered.connect(self._fold_all)
        button.setMenu(menu)
        self._check_arrangement()
        return button

    def _lay_out(self) -> None:
        head = row(gap=6)
        head.setContentsMargins(8, 8, 8, 8)
        head.addWidget(self.search, 1)
        head.addWidget(self.sort)
        self.empty = text_label("", "dim", wraps=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.empty.setContentsMargins(_PADDING, 4, _PADDING, _PADDING)
        self._head = QWidget()
        self._head.setLayout(head)
        let_go_items(head)
        body = QWidget()
        self._pile = QStackedLayout(body)
        self._pile.addWidget(self.list)
        self._pile.addWidget(self.empty)
        self._pile.addWidget(self._nothing_found())
        lines = column(self, gap=0)
        lines.addWidget(self._head)
        lines.addWidget(body, 1)
        # At the lower end: rows do not move when it comes and goes.
        self.left_out = text_label("", "statusText")
        self.left_out.setContentsMargins(_PADDING, 5, _PADDING, 5)
        self.left_out.hide()
        lines.addWidget(self.left_out)

    def _nothing_found(self) -> QWidget:
        page = QWidget()
        lines = column(page, gap=4)
        lines.setContentsMargins(_PADDING, 4, _PADDING, _PADDING)
        self._nothing = text_label("", "dim", wraps=True)
        lines.addWidget(self._nothing)
        self.show_all = push_button(tr("Show all"), "link")
        self.show_all.clicked.connect(self._look_for_nothing)
        lines.addWidget(self.show_all, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addStretch(1)
        return page

    def _connect(self) -> None:
        document, canvas, view = self._document, self._canvas, self.list
        document.loaded.connect(self._refresh)
        document.updated.connect(lambda _changed, _deleted: self._refresh())
        document.visibility.changed.connect(self._refresh)
        canvas.selection_changed.connect(self._selected)
        self._settings.subscribe(self._setting_changed)
        view.selectionModel().selectionChanged.connect(self._lead_canvas)
        view.mark_clicked.connect(self._toggle)
        view.head_clicked.connect(self._fold)
        view.relabel_wanted.connect(self.ask_for_label)
        view.menu_wanted.connect(self._open_menu)
        self.search.textChanged.connect(self._typed)
        self._actions.bind("object.find", self._find)
        self._actions.keys_changed.connect(self._show_keys)
        self._show_keys()
        self._theme.changed.connect(self._recolour)
        self._recolour()

    def _show_keys(self) -> None:
        """Name the keys as they are now."""
        actions = self._actions
        tip = tr("Label, attribute, kind or number; also conditions such as area>500")
        self.search.setToolTip(plain_tip(actions.with_key(tip, "object.find")))
        rectangle, polygon = (
            actions.with_key(actions.title(command), command)
            for command in ("tool.rectangle", "tool.polygon")
        )
        self.empty.setText(
            tr(
                "What is drawn on this frame is listed here. Choose a tool at the left, such as {rectangle} or"
                " {polygon}, and draw.",
                rectangle=rectangle,
                polygon=polygon,
            )
        )

    def _recolour(self) -> None:
        dim, ratio = self._theme.colours.dim, self.devicePixelRatioF()
        self._glass.setIcon(QIcon(icon_pixmap("search", dim, ICON, ratio)))
        self.sort.setIcon(QIcon(icon_pixmap("sort", dim, ICON, ratio)))

    # Rows -------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        self._changing(self.rows.refresh)

    def _arrange(self) -> None:
        wanted = Wanted(
            _order(self._settings.get(OBJECT_ORDER)),
            self._settings.get(OBJECT_GROUPS),
            self.rows.wanted.folded,
            self.search.text().strip(),
        )
        self._changing(lambda: self.rows.arrange(wanted))

    def _changing(self, change: Callable[[], None]) -> None:
        """Change the rows without telling the canvas of what that does to the selection."""
        with self._following():
            change()
        self._show_page()
        self._settle.start()
        self.count_changed.emit()

    def _show_page(self) -> None:
        total, found = self.rows.total, self.rows.found
        self._pile.setCurrentIndex(0 if found else 2 if total else 1)
        if total and not found:
            self._nothing.setText(
                tr("Nothing on this frame is found.")
                if self.search.text().strip()
                else tr("Nothing on this frame passes the filter.")
            )
        self.left_out.setVisible(0 < found < total)
        if 0 < found < total:
            self.left_out.setText(
                tr("{found} of {total} are listed", found=in_digits(found), total=in_digits(total))
            )
        self.search.setEnabled(bool(total) or bool(self.search.text()))
        self._folding.setEnabled(self.rows.wanted.is_grouped)

    def _typed(self) -> None:
        self._typing.start(_REST_MS if self.rows.total > _MANY else 0)

    def _look_for_nothing(self) -> None:
        if self.search.text():
            self.search.clear()
        else:
            self._actions["view.clear_filter"].trigger()

    def _setting_changed(self, setting: Setting[Any]) -> None:
        if setting is OBJECT_ORDER or setting is OBJECT_GROUPS:
            self._check_arrangement()
            self._arrange()

    def _check_arrangement(self) -> None:
        """Mark in the menu how the list is arranged; the settings page arranges it, too."""
        self._orders[_order(self._settings.get(OBJECT_ORDER))].setChecked(True)
        self.grouping.setChecked(self._settings.get(OBJECT_GROUPS))

    def _fold(self, head: HeadRow) -> None:
        wanted = self.rows.wanted
        folded = wanted.folded ^ {head.label_id}
        self._changing(lambda: self.rows.arrange(replace(wanted, folded=folded)))

    def _fold_all(self) -> None:
        wanted = self.rows.wanted
        present = frozenset(self._document.listing().labels.tolist())
        folded: frozenset[int] = frozenset() if present <= wanted.folded else present
        self._changing(lambda: self.rows.arrange(replace(wanted, folded=folded)))

    # The selection ----------------------------------------------------------------------------------

    @contextmanager
    def _following(self) -> Iterator[None]:
        """What happens to the selection of the list meanwhile is no wish of the user."""
        self._is_following = True
        try:
            yield
        finally:
            self._is_following = False

    def _selected(self, ids: Collection[int]) -> None:
        self._is_to_scroll = bool(ids)
        self._follow_canvas()
        self._settle.start()

    def _settled(self) -> None:
        """All rows are there, and the list knows how high it is: also that of an object that was just drawn."""
        wanted = self._follow_canvas()
        if wanted and self._is_to_scroll:
            self._is_to_scroll = False
            self.list.scrollTo(self.rows.index(wanted[-1]))

    def _follow_canvas(self) -> list[int]:
        """Select in the list what is selected on the canvas; return its rows."""
        wanted = self.rows.rows_of(self._canvas.selection)
        selection = QItemSelection()
        for first, last in _stretches(wanted):
            selection.append(QItemSelectionRange(self.rows.index(first), self.rows.index(last)))
        with self._following():
            self.list.selectionModel().select(
                selection, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
        return wanted

    def _lead_canvas(self) -> None:
        if self._is_following:
            return
        selection = self.list.selectionModel().selection()
        ranges = [selection.at(place) for place in range(selection.count())]
        stretches = [(one.top(), one.bottom()) for one in ranges]
        self._canvas.select(self.rows.ids_at(sorted(stretches)))

    # What is done to objects ------------------------------------------------------------------------

    def _toggle(self, clicked: ObjectRow, mark: Mark) -> None:
        if mark == "occluded":
            if self._document.is_writable:
                toggle_occluded(self._document, (clicked.id,))
        elif mark == "lock":
            toggle_locked(self._document, (clicked.id,))
        else:
            toggle_hidden(self._document, (clicked.id,))

    def ask_for_label(self) -> None:
        """Let the user choose another label for what is selected, beside its row."""
        rows = self.rows.rows_of(self._canvas.selection)
        if not rows or not self._document.is_writable:
            return
        ids = self._canvas.selection
        kinds = self._document.listing().kinds_of(ids)
        current = self.list.currentIndex()
        place = self.list.visualRect(current if current.row() in rows else self.rows.index(rows[0]))
        self._asking.ask(
            tr("Label of what is selected"),
            self._document.labels,
            kinds,
            self.list,
            self.list.viewport().mapTo(self.list, place.bottomLeft()) + QPoint(0, 2),
            lambda label: self._document.relabel(ids, label),
        )

    def _open_menu(self, place: QPoint) -> None:
        show_menu(self._actions, OBJECT_COMMANDS, self, place)

    # The search by keys -----------------------------------------------------------------------------

    def _find(self) -> None:
        self._show_panel()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _show_panel(self) -> None:
        action: QAction = self._actions["view.dock_objects"]
        if not self.isVisible():
            action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search, Down and Enter go to the list, Esc ends it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                if self.search.text():
                    self.search.clear()
                else:
                    self._canvas.setFocus()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._typing.stop()
                self._arrange()
                self._enter_list()
                return True
        return super().eventFilter(watched, event)

    def _enter_list(self) -> None:
        if not self.rows.rowCount():
            return
        self.list.setFocus()
        first = next(
            (r for r in range(self.rows.rowCount()) if isinstance(self.rows.row_at(r), ObjectRow)),
            0,
        )
        self.list.setCurrentIndex(self.rows.index(first))


def _order_titles() -> dict[Order, str]:
    titles: dict[Order, str] = {
        "oldest": tr("Oldest first"),
        "newest": tr("Newest first"),
        "label": tr("By label"),
        "size": tr("Largest first"),
        "left": tr("From left to right"),
        "top": tr("By z-order, the highest first"),
    }
    return {order: titles[order] for order in ORDERS}


def _order(kept: str) -> Order:
    return next((order for order in ORDERS if order == kept), "oldest")


def _stretches(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return sorted rows as first and last of each run without gaps."""
    found: list[tuple[int, int]] = []
    for place in rows:
        if found and place == found[-1][1] + 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found
