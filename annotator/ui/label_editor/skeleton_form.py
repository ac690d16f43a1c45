"""The points of a skeleton template: a picture, a list, and the fields of the chosen point."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QListWidgetItem, QWidget

from annotator.core.label_draft import LabelDraft, PointDraft
from annotator.translation import tr
from annotator.ui.label_editor.attribute_form import Attributes, AttributesSection
from annotator.ui.label_editor.choice_list import ReorderList
from annotator.ui.label_editor.fields import WordBox
from annotator.ui.label_editor.skeleton_picture import Edges, Points, SkeletonPicture
from annotator.ui.label_editor.words import label_kinds
from annotator.ui.look.theme import Theme
from annotator.ui.widgets.parts import column, push_button, row, text_label


class SkeletonForm(QWidget):
    """`edited(points, edges, field)`."""

    edited = Signal(object, object, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._points: Points = ()
        self._edges: Edges = ()
        self._wrong: Mapping[int, str] = {}
        self._current: int | None = None
        self._is_filling = False
        self.picture = SkeletonPicture(theme)
        self.list = ReorderList(tr("Points of the skeleton"))
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name of the point"))
        self.kind = WordBox(tr("Shape of the point"))
        self.join = WordBox(tr("Join the point with another"))
        self.delete = push_button(tr("Delete point"))
        self.attributes = AttributesSection()
        self.attributes_head = text_label("", "dim")
        self._lay_out()
        self.picture.edited.connect(self._drawn)
        self.picture.chosen.connect(self._choose)
        self.list.currentItemChanged.connect(lambda *_: self._listed())
        self.list.moved.connect(self._moved)
        self.list.delete_wanted.connect(self._delete)
        self.delete.clicked.connect(self._delete)
        self.name.textEdited.connect(lambda text: self._put("point name", name=text))
        self.kind.edited.connect(lambda kind: self._put("point kind", kind=kind))
        self.join.edited.connect(self._join)
        self.attributes.edited.connect(self._attributes_edited)

    def _lay_out(self) -> None:
        fields = QGridLayout()
        fields.setHorizontalSpacing(12)
        fields.setVerticalSpacing(8)
        fields.setColumnStretch(1, 1)
        rows = ((tr("Name"), self.name), (tr("Shape"), self.kind), (tr("Join with"), self.join))
        for place, (title, field) in enumerate(rows):
            fields.addWidget(text_label(title, "dim"), place, 0)
            fields.addWidget(field, place, 1)
        side = column(gap=8)
        side.addWidget(self.list)
        side.addLayout(fields)
        side.addWidget(self.delete, 0, Qt.AlignmentFlag.AlignLeft)
        side.addStretch(1)
        both = row(gap=16)
        both.addWidget(self.picture, 1)
        both.addLayout(side, 1)
        lines = column(self, gap=8)
        lines.addLayout(both)
        hint = tr(
            "Click to add a point, drag to move it; Ctrl and click joins it with the chosen one."
        )
        lines.addWidget(text_label(hint, "dim", wraps=True))
        lines.addWidget(self.attributes_head)
        lines.addWidget(self.attributes)

    def show_label(self, label: LabelDraft, wrong: Mapping[int, str]) -> None:
        """Show the points of a label. wrong: what must be put right, by the id of an attribute."""
        self._points, self._edges = label.points, label.edges
        self._wrong = wrong
        self._show()

    def choose(self, point_id: int) -> None:
        """Show the fields of a point."""
        self._choose(point_id)

    @property
    def _point(self) -> PointDraft | None:
        return next((one for one in self._points if one.id == self._current), None)

    def _show(self) -> None:
        ids = [point.id for point in self._points]
        if self._current not in ids:
            self._current = ids[0] if ids else None
        self.picture.show_points(self._points, self._edges, self._current)
        self._is_filling = True
        if [self.list.item(i).data(_ID) for i in range(self.list.count())] != ids:
            self.list.clear()
            for point in self._points:
                item = QListWidgetItem()
                item.setData(_ID, point.id)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
                self.list.addItem(item)
        for place, point in enumerate(self._points):
            self.list.item(place).setText(point.name or tr("(no name)"))
        if self._current is not None:
            self.list.setCurrentRow(ids.index(self._current))
        self._is_filling = False
        self.list.fit()
        self._show_point()

    def _show_point(self) -> None:
        point = self._point
        shown: tuple[QWidget, ...] = (self.name, self.kind, self.join, self.delete)
        for widget in shown:
            widget.setEnabled(point is not None)
        self.attributes.setVisible(point is not None)
        self.attributes_head.setVisible(point is not None)
        if point is None:
            self.name.clear()
            return
        if self.name.text() != point.name:
            self.name.setText(point.name)
        self.kind.offer(label_kinds(), point.kind)
        joined = {b if a == point.id else a for a, b in self._edges if point.id in (a, b)}
        part, join = tr("Part from {name}"), tr("Join with {name}")
        words: dict[int | None, str] = {None: tr("Choose a point")}
        words |= {
            one.id: (part if one.id in joined else join).format(name=one.name)
            for one in self._points
            if one.id != point.id
        }
        self.join.offer(words, None)
        self.attributes_head.setText(tr("Attributes of point “{name}”", name=point.name[:60]))
        self.attributes.show_attributes(point.attributes, self._wrong)

    def _choose(self, point_id: int) -> None:
        self._current = point_id
        self._show()

    def _listed(self) -> None:
        item = self.list.currentItem()
        if not self._is_filling and item is not None:
            self._choose(item.data(_ID))

    def _moved(self) -> None:
        by_id = {point.id: point for point in self._points}
        ids = [self.list.item(i).data(_ID) for i in range(self.list.count())]
        if set(ids) == set(by_id):
            self._tell(tuple(by_id[one] for one in ids), self._edges, "order")

    def _drawn(self, points: Points, edges: Edges, field: str) -> None:
        self._tell(points, edges, field)

    def _join(self, other: int | None) -> None:
        if other is not None:
            self.picture.join(other)

    def _delete(self) -> None:
        gone = self._current
        points = tuple(point for point in self._points if point.id != gone)
        edges = tuple(edge for edge in self._edges if gone not in edge)
        self._tell(points, edges, "delete")

    def _put(self, field: str, **changes: object) -> None:
        point = self._point
        if point is not None:
            new = replace(point, **changes)  # type: ignore[arg-type]
            points = tuple(new if one.id == new.id else one for one in self._points)
            self._tell(points, self._edges, f"{field} {new.id}")

    def _attributes_edited(self, attributes: Attributes, field: str) -> None:
        self._put(field, attributes=attributes)

    def _tell(self, points: Points, edges: Edges, field: str) -> None:
        self._points, self._edges = points, edges
        self._show()
        self.edited.emit(points, edges, field)


_ID = Qt.ItemDataRole.UserRole
