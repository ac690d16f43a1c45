"""The formats that come with the program; declared here as a plug-in would, imported when they are used."""

from typing import Final

from annotator.formats.options import SAVE_IMAGES, FormatOption
from annotator.formats.registry import Format, FormatRegistry

_TRACK_IDS: Final = FormatOption(
    "track_ids",
    "Write the numbers of tracks",
    "A sixth column tells which boxes are one object; some trainings do not read it.",
)

COCO_INSTANCES: Final = Format(
    id="coco_instances",
    title="COCO instances",
    can_hold=frozenset(
        {
            "frame",
            "subset",
            "label",
            "rectangle",
            "rotation",
            "polygon",
            "mask",
            "attribute",
            "occluded",
            "score",
        }
    ),
    detect="annotator.formats.coco.instances:detect",
    open="annotator.formats.coco.instances:open_dataset",
    writer="annotator.formats.coco.instances:writer",
    options=(SAVE_IMAGES,),
)

YOLO_ULTRALYTICS_DETECT: Final = Format(
    id="yolo_ultralytics_detect",
    title="Ultralytics YOLO detection",
    can_hold=frozenset({"frame", "subset", "label", "rectangle"}),
    detect="annotator.formats.yolo.detect:detect",
    open="annotator.formats.yolo.detect:open_dataset",
    writer="annotator.formats.yolo.detect:writer",
    decimals=6,
    relative=True,
    options=(SAVE_IMAGES, _TRACK_IDS),
)

CVAT_VIDEO: Final = Format(
    id="cvat_video",
    title="CVAT for video 1.1",
    can_hold=frozenset(
        {
            "label", "label colour", "label kind", "label attribute", "skeleton template", "track",
            "key frame", "rectangle", "ellipse", "polygon", "polyline", "points", "cuboid", "mask", "skeleton",
            "rotation", "attribute", "occluded", "z-order", "group", "source",
        }
    ),
    detect="annotator.formats.cvat.video:detect",
    open="annotator.formats.cvat.video:open_dataset",
    writer="annotator.formats.cvat.video:writer",
    decimals=2,
    options=(SAVE_IMAGES,),
)  # fmt: skip

FORMATS: Final = FormatRegistry((COCO_INSTANCES, YOLO_ULTRALYTICS_DETECT, CVAT_VIDEO))
