"""What is annotated in the demo at first, and the mistakes that are made there on purpose.

Annotated are the first tray, the receipts and signs without what is written on them, and the first pictures of the
street; all else is left to the person and to models. Four things are wrong:

- on `tray_1.png` the first nut is labelled as a sweet, the first sweet has two boxes, and the last sweet has none;
- on `sign_2.png` the box of the sign lies beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from annotator.core.labels import Attribute, Label, LabelSchema, next_colour
from annotator.core.shapes import Rectangle, Shape
from annotator.demo.mistakes import Mistake, MistakeKind
from annotator.demo.scenes import Scene, SeenObject

TRAY: Final = "tray_1.png"
"""The picture that is shown first."""

_SIGN_BESIDE: Final = "sign_2.png"
# How far the box lies beside the sign, in pixels.
_BESIDE: Final = (70.0, 55.0)
_STREET: Final = tuple(f"street_{number:02d}.png" for number in range(1, 5))


@dataclass(frozen=True, slots=True)
class Drawn:
    """An annotation to be made: a label and its attributes by name, and a shape."""

    label: str
    shape: Shape
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FrameContents:
    """What is annotated on a picture, and what of it is wrong."""

    drawn: tuple[Drawn, ...]
    mistakes: tuple[Mistake, ...] = ()


def demo_labels() -> LabelSchema:
    """Return the labels of the demo, those of the first picture first: digits choose them in this order."""
    attributes = {
        "receipt": (Attribute("paid", "select", ("cash", "card")),),
        "text": (Attribute("text", "text"),),
    }
    labels: list[Label] = []
    for name in ("sweet", "nut", "receipt", "text", "sign", "post", "car"):
        colour = next_colour(label.colour for label in labels)
        labels.append(Label(name, colour, attributes=attributes.get(name, ())))
    return LabelSchema(tuple(labels))


def contents_of(scene: Scene) -> FrameContents:
    """Return what is annotated on a picture at first."""
    if scene.name == TRAY:
        return _tray(scene)
    if scene.name in _STREET:
        return FrameContents(tuple(_drawn(seen, scene) for seen in scene.objects))
    kept = [seen for seen in scene.objects if seen.label in ("receipt", "sign", "post")]
    drawn = [_drawn(seen, scene) for seen in kept]
    if scene.name != _SIGN_BESIDE:
        return FrameContents(tuple(drawn))
    (place,) = (place for place, one in enumerate(drawn) if one.label == "sign")
    right = drawn[place]
    drawn[place] = Drawn(right.label, right.shape.moved_by(*_BESIDE))
    return FrameContents(tuple(drawn), (_mistake("beside", scene, right),))


def _tray(scene: Scene) -> FrameContents:
    """Everything on the tray, with three mistakes."""
    drawn = [_drawn(seen, scene) for seen in scene.objects]
    sweets = [place for place, one in enumerate(drawn) if one.label == "sweet"]
    nut = next(place for place, one in enumerate(drawn) if one.label == "nut")
    mistakes = (
        _mistake("wrong label", scene, drawn[nut]),
        _mistake("duplicate", scene, drawn[sweets[0]]),
        _mistake("missing", scene, drawn[sweets[-1]]),
    )
    drawn[nut] = Drawn("sweet", drawn[nut].shape)
    # A little beside the first, as it happens to people.
    drawn.append(Drawn("sweet", drawn[sweets[0]].shape.moved_by(3, 2)))
    del drawn[sweets[-1]]
    return FrameContents(tuple(drawn), mistakes)


def _drawn(seen: SeenObject, scene: Scene) -> Drawn:
    """Annotate an object as a person would: sweets by boxes."""
    shape = Rectangle(seen.shape.box) if seen.label == "sweet" else seen.shape
    return Drawn(seen.label, shape, tuple(_attributes(seen, scene)))


def _attributes(seen: SeenObject, scene: Scene) -> Iterator[tuple[str, str]]:
    if seen.label == "receipt":
        words = {each.text for each in scene.objects}
        yield "paid", "card" if "CARD" in words else "cash"


def _mistake(kind: MistakeKind, scene: Scene, right: Drawn) -> Mistake:
    return Mistake(kind, scene.name, right.label, right.shape.box)
