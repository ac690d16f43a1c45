"""The tools, one below the other at the left edge."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QWidget

from annotator.canvas.tools import TOOLS
from annotator.canvas.view import CanvasView
from annotator.ui.look.tokens import TOOL_BUTTON, TOOL_STRIP
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.widgets.parts import action_button, column


class ToolStrip(QWidget):
    """A button for each tool; the active one is lit."""

    def __init__(self, actions: ActionSet, canvas: CanvasView) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(TOOL_STRIP)
        self._canvas = canvas
        self._last_drawing = next(tool.id for tool in TOOLS if tool.draws)
        group = QActionGroup(self)
        lines = column(self, gap=4)
        lines.setContentsMargins(7, 8, 6, 8)
        self._actions: dict[str, QAction] = {}
        for tool in TOOLS:
            action = actions[f"tool.{tool.id}"]
            group.addAction(action)
            actions.bind_switch(action.objectName(), partial(self._choose, tool.id), on=False)
            lines.addWidget(action_button(action, TOOL_BUTTON, "tool"))
            self._actions[tool.id] = action
        lines.addStretch(1)
        actions.bind("object.draw_again", self._draw_again)
        canvas.tool_changed.connect(self._show)
        self._show(canvas.tool)

    def _choose(self, tool_id: str, _on: bool = True) -> None:
        # The focus first: taking up the tool may open the question for a label, which needs it.
        self._canvas.setFocus()
        self._canvas.set_tool(tool_id)

    def _draw_again(self) -> None:
        """End the drawing that goes on, or take up the tool that drew last."""
        if not self._canvas.finish_drawing():
            self._choose(self._last_drawing)

    def _show(self, tool_id: str) -> None:
        self._actions[tool_id].setChecked(True)
        if any(tool.id == tool_id and tool.draws for tool in TOOLS):
            self._last_drawing = tool_id
