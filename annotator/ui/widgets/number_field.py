"""Fields for numbers that stand beside other fields and look like them."""

from PySide6.QtWidgets import QAbstractSpinBox

from annotator.ui.look.theme import number_font
from annotator.ui.look.tokens import FIELD

# As the padding of other fields; a style sheet does not reach the text of a spin box whose buttons have no width.
_MARGIN = 6


def like_other_fields(field: QAbstractSpinBox) -> None:
    """Give a spin box the height, the margins and the digits of the fields around it."""
    field.setFixedHeight(FIELD)
    field.setFont(number_font(field.font()))
    field.lineEdit().setTextMargins(_MARGIN, 0, _MARGIN, 0)
