"""The formats that come with the program; declared here as a plug-in would, imported when they are used."""

from typing import Final

from annotator.formats.registry import Format, FormatRegistry

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
    detect="annotator.formats.coco_instances:detect",
    open="annotator.formats.coco_instances:open_dataset",
    writer="annotator.formats.coco_instances:writer",
    options={"save_images": False},
)

YOLO_ULTRALYTICS_DETECT: Final = Format(
    id="yolo_ultralytics_detect",
    title="Ultralytics YOLO detection",
    can_hold=frozenset({"frame", "subset", "label", "rectangle"}),
    detect="annotator.formats.yolo_ultralytics_detect:detect",
    open="annotator.formats.yolo_ultralytics_detect:open_dataset",
    writer="annotator.formats.yolo_ultralytics_detect:writer",
    decimals=6,
    relative=True,
    options={"save_images": False, "track_ids": False},
)

FORMATS: Final = FormatRegistry((COCO_INSTANCES, YOLO_ULTRALYTICS_DETECT))
