"""The tools, in the order in which they are offered: a new one is a module and a line here."""

from typing import Final

from annotator.canvas.tools.polygon import PolygonTool
from annotator.canvas.tools.rectangle import RectangleTool
from annotator.canvas.tools.select import SelectTool
from annotator.canvas.tools.tool import Tool

TOOLS: Final[tuple[type[Tool], ...]] = (
    SelectTool,
    RectangleTool,
    PolygonTool,
)
