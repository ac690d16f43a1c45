"""Which digit chooses which label."""

from collections.abc import Mapping

from annotator.commands import LABEL_DIGITS
from annotator.core.labels import LabelSchema


def label_digits(labels: LabelSchema) -> Mapping[str, int]:
    """Return label ids by digit, in the order of the digits on the keyboard.

    A label whose hot key is a digit has it; the others take the free ones in their order. Labels beyond ten are
    found by typing.
    """
    own = {
        label.hotkey: label.id for label in reversed(labels.labels) if label.hotkey in LABEL_DIGITS
    }
    own.pop("", None)
    others = iter([label.id for label in labels if label.id not in own.values()])
    taken = {digit: own.get(digit) or next(others, None) for digit in LABEL_DIGITS}
    return {digit: label_id for digit, label_id in taken.items() if label_id is not None}
