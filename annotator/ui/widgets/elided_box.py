"""A list that opens, whose chosen text is shortened where it has no room instead of being cut."""
# ruff: noqa: D102 - Qt explains the events

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QToolTip

from annotator.ui.widgets.plain_tips import plain_tip

# What the style leaves free at both sides of the text.
_AROUND: Final = 4


class ElidedBox(QComboBox):
    """Asks for no more room than a few letters; what is shortened is a tool tip."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    @property
    def shown_text(self) -> str:
        """The text as it is seen."""
        return self._fitted(self._option())

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = self._option()
        option.currentText = self._fitted(option)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            whole = self._option().currentText
            if self.shown_text != whole:
                QToolTip.showText(event.globalPos(), plain_tip(whole), self)
                return True
        return super().event(event)

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        if self.currentIndex() < 0 and self.placeholderText():
            option.palette.setBrush(QPalette.ColorRole.ButtonText, option.palette.placeholderText())
            option.currentText = self.placeholderText()
        return option

    def _fitted(self, option: QStyleOptionComboBox) -> str:
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        width = room.width() - _AROUND
        if not option.currentIcon.isNull():
            width -= option.iconSize.width() + _AROUND
        text: str = option.currentText
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, width)
