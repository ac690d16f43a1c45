"""Writing a detection dataset for Ultralytics YOLO.

`data.yaml` names a list of pictures for each subset, so that the names of pictures which are not copied are kept
as well. Each picture has a label file, an empty one where nothing is on it: that it was looked at can be seen.
The sizes of pictures that are not copied go into `sizes.csv`, since boxes are parts of them.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from annotator.background.progress import Progress
from annotator.core.labels import Label, LabelSchema
from annotator.formats.dataset import DatasetView, WriteOptions
from annotator.formats.dry_run import dry_run
from annotator.formats.losses import LossReport
from annotator.formats.picture_files import copy_picture, mention_missing_pictures
from annotator.formats.yolo.config import FORMAT_ID, SPLITS
from annotator.formats.yolo.places import label_path_of
from annotator.formats.yolo.plan import YoloPlan
from annotator.formats.yolo.rows import DECIMALS, Size
from annotator.formats.yolo.sizes import write_sizes

_NOT_THERE: Final = "YOLO detection has boxes and nothing else."
_REASONS: Final = {
    "polyline": "YOLO detection has boxes only; a line covers no area.",
    "points": "YOLO detection has boxes only; points cover no area.",
    "cuboid": "YOLO detection has no cuboids.",
    "tag": "YOLO detection has no tags.",
    "rotation": "YOLO detection has upright boxes only.",
    "attribute": _NOT_THERE,
    "occluded": _NOT_THERE,
    "z-order": _NOT_THERE,
    "group": _NOT_THERE,
    "score": _NOT_THERE,
    "source": _NOT_THERE,
    "track": "Each track becomes one box on each frame; option track_ids writes its number behind the box.",
    "key frame": "Each frame gets a box of its own.",
    "frame": "Names are made fit for files, with a number where two label files would be the same.",
    "subset": "Ultralytics knows train, val and test only; what is none of them is written as train.",
    "label": "Classes stand side by side; equal names are written with those above them.",
    "label colour": "YOLO has no colours; a reader chooses them anew.",
    "label kind": "YOLO does not say what kind of shapes a label is for.",
    "label parent": "Classes stand side by side.",
    "label attribute": _NOT_THERE,
    "hot key": "YOLO has no keys.",
    "skeleton template": _NOT_THERE,
}


class YoloWriter:
    """Writes a view. Options: `save_images` copies the pictures, `track_ids` writes the numbers of tracks."""

    def losses(self, view: DatasetView, options: WriteOptions, progress: Progress) -> LossReport:
        """Say what `write` would lose, without writing."""
        plan = YoloPlan(view, options)
        report = dry_run(
            view,
            LabelSchema(plan.classes),
            map(plan.frame_plan, plan.frames(progress, "Checking")),
            _REASONS,
            DECIMALS,
            relative=True,
        )
        if options.get("save_images"):
            mention_missing_pictures(report, view)
        return report

    def write(
        self, view: DatasetView, folder: Path, options: WriteOptions, progress: Progress
    ) -> None:
        """Write into an empty folder: data.yaml, lists of pictures, `labels/`, and `images/` or `sizes.csv`."""
        plan = YoloPlan(view, options)
        lists: defaultdict[str, list[str]] = defaultdict(list)
        sizes: list[tuple[str, Size]] = []
        for planned in plan.frames(progress, "Writing"):
            lists[planned.subset].append(f"./{planned.path}\n")
            labels = folder / label_path_of(planned.path)
            labels.parent.mkdir(parents=True, exist_ok=True)
            text = "".join(f"{one.row}\n" for one in planned.rows if one.row is not None)
            labels.write_text(text, encoding="ascii", newline="\n")
            picture = view.picture(planned.source) if options.get("save_images") else None
            if picture is not None:
                copy_picture(picture, folder / planned.path)
            elif planned.source.size is not None:
                sizes.append((planned.path, planned.source.size))
        if sizes:
            write_sizes(folder, sizes)
        splits = [split for split in SPLITS if split in lists] or ["train"]
        for split in splits:
            text = "".join(lists[split])
            (folder / f"{split}.txt").write_text(text, encoding="utf-8", newline="\n")
        data = _data_yaml(view, plan.classes, splits)
        (folder / "data.yaml").write_text(data, encoding="utf-8", newline="\n")


def _data_yaml(view: DatasetView, classes: tuple[Label, ...], splits: list[str]) -> str:
    """Return the text of data.yaml; without `path`, places are relative to its own folder."""
    import yaml

    own = view.foreign.get(FORMAT_ID)
    kept = own.get("keys") if isinstance(own, dict) else None
    content: dict[str, Any] = {split: f"{split}.txt" for split in splits}
    content["nc"] = len(classes)
    content["names"] = {number: label.name for number, label in enumerate(classes)}
    others = {key: value for key, value in (kept or {}).items() if key not in content}
    text: str = yaml.safe_dump(
        {**content, **others}, sort_keys=False, allow_unicode=True, width=2**31 - 1
    )
    return text
