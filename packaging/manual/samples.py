"""The projects that the pictures of the manual show: scenes of the demo with what is to be seen on them."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from annotator.api import (
    Annotation,
    Attribute,
    Edit,
    Ellipse,
    Label,
    LabelSchema,
    Polygon,
    Project,
    create_project,
)
from annotator.core.labels import PALETTE
from annotator.core.shapes import AttributeValue, Rectangle, Shape
from annotator.demo.brush import circle
from annotator.demo.scenes import HEIGHT, STREET_FRAMES, Scene, SeenObject, all_scenes, street, tray
from annotator.media.opencv import cv2

STREET: Final = "street"
TABLE: Final = "table"

# Grain makes a PNG many times as large, and is not what the manual is about.
_SMOOTH: Final = (9, 24.0, 4.0)

# Blue, green, red, as the scene has them.
_PAINT: Final = {
    "red": (58, 66, 200), "blue": (196, 150, 60), "yellow": (80, 170, 220), "green": (90, 150, 80),
}  # fmt: skip
LABELS: Final = LabelSchema(
    (
        Label(
            "car",
            PALETTE[0],
            attributes=(
                Attribute("colour", "select", tuple(_PAINT)),
                Attribute("direction", "radio", ("left", "right")),
                Attribute("doors", "number", minimum=2, maximum=5, step=1, default="4"),
                Attribute("parked", "checkbox"),
            ),
        ),
        Label("sign", PALETTE[5]),
        Label("post", PALETTE[2]),
        Label("text", PALETTE[3], attributes=(Attribute("reads", "text"),)),
    )
)
TABLE_LABELS: Final = ("sweet", "nut", "receipt", "text")


def write_street(folder: Path) -> Path:
    """Write the pictures of a street and of signs into a folder."""
    return _write(folder, (one for one in all_scenes() if one.name.startswith(("street", "sign"))))


def write_table(folder: Path) -> Path:
    """Write the pictures of trays and receipts into a folder."""
    return _write(folder, (one for one in all_scenes() if one.name.startswith(("tray", "rec"))))


def label_street(folder: Path, *, frames: int = STREET_FRAMES) -> None:
    """Make the project of the street, with what is to be seen on its first frames."""
    with create_project(folder, folder, labels=LABELS) as project:
        _draw(project, {one.name: one for one in all_scenes()}, frames, _of_street)


def label_table(folder: Path) -> None:
    """Make the project of the trays and the receipts, with all that is to be seen."""
    with create_project(folder, folder, labels=TABLE_LABELS) as project:
        _draw(project, {one.name: one for one in all_scenes()}, 100, _plain)


def cars_of(frame: int) -> list[Rectangle]:
    """The boxes of the cars on a frame of the street, from 0."""
    return [one.shape for one in street("", frame).objects if isinstance(one.shape, Rectangle)]


def nuts_of(seed: int) -> list[Polygon]:
    """The outlines of the nuts on a tray."""
    return [one.shape for one in tray("", seed).objects if isinstance(one.shape, Polygon)]


def _write(folder: Path, scenes: Iterable[Scene]) -> Path:
    folder.mkdir(parents=True)
    for scene in scenes:
        cv2.imwrite(str(folder / scene.name), cv2.bilateralFilter(scene.pixels, *_SMOOTH))
    return folder


Values = dict[str, AttributeValue]


def _draw(
    project: Project,
    scenes: dict[str, Scene],
    frames: int,
    values_of: Callable[[Scene, SeenObject], Values],
) -> None:
    labels = project.labels
    for number, frame in enumerate(project.frames()):
        if number >= frames:
            return
        with project.edit(f"Draw on {frame.name}") as edit:
            scene = scenes[frame.name]
            for seen in scene.objects:
                label = labels.named(seen.label)
                assert label is not None
                _put(edit, frame.id, label, _drawable(seen.shape), values_of(scene, seen))


def _put(edit: Edit, frame: int, label: Label, shape: Shape, values: Values) -> None:
    by_name = {one.name: one.id for one in label.attributes}
    attributes = {by_name[name]: value for name, value in values.items()}
    edit.put(Annotation(frame, label.id, shape, attributes=attributes))


def _drawable(shape: Shape) -> Shape:
    """The shape, or what a person would draw for it with the tools there are."""
    if isinstance(shape, Ellipse):
        return Polygon.from_ring(circle(shape.centre, shape.radii[0], 16))
    return shape


def _of_street(scene: Scene, seen: SeenObject) -> Values:
    if seen.label == "text":
        return {"reads": seen.text}
    if seen.label != "car" or not isinstance(seen.shape, Rectangle):
        return {}
    x0, _, x1, y1 = seen.shape.xyxy
    body = scene.pixels[round(y1) - 55, round((x0 + x1) / 2)].astype(int)
    paint = min(_PAINT, key=lambda name: int(abs(body - _PAINT[name]).sum()))
    # They drive on the right, and those further away to the left.
    direction = "right" if y1 > HEIGHT * 0.6 else "left"
    return {"colour": paint, "direction": direction, "doors": 4.0, "parked": False}


def _plain(_scene: Scene, _seen: SeenObject) -> Values:
    return {}
