"""When a mistake counts as mended: one annotation over the object, with the right label."""

import pytest

from annotator.core.annotations import Annotation
from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import Rectangle
from annotator.demo.mistakes import Mistake

LABELS = LabelSchema((Label("sweet", "#f2c14e"), Label("nut", "#4ec5c1")))
SWEET, NUT = (label.id for label in LABELS)
PLACE = (100.0, 100.0, 160.0, 160.0)


def drawn(label: int, dx: float = 0.0) -> Annotation:
    return Annotation(1, label, Rectangle((100 + dx, 100, 160 + dx, 160)))


@pytest.mark.parametrize(
    ("annotations", "mended"),
    [
        ([], False),
        ([drawn(NUT)], True),
        ([drawn(SWEET)], False),
        ([drawn(NUT), drawn(NUT, 3)], False),
        ([drawn(NUT), drawn(SWEET)], False),
        ([drawn(NUT, 6), drawn(SWEET, 50)], True),
        ([drawn(NUT, 40)], False),
        ([drawn(NUT), Annotation(1, SWEET, None)], True),
    ],
)
def test_mended(annotations, mended):
    assert Mistake("wrong label", "a.png", "nut", PLACE).is_mended(annotations, LABELS) is mended


def test_a_label_that_is_gone_mends_nothing():
    mistake = Mistake("wrong label", "a.png", "nut", PLACE)
    assert not mistake.is_mended([drawn(NUT)], LabelSchema())
