"""The format `yolo_ultralytics_detect`: data.yaml, pictures, and a label file of boxes beside each picture.

The sizes of pictures that are not there stand in a file of our own, `sizes.csv`; see `sizes.py`.
"""

from pathlib import Path

from annotator.formats.dataset import Dataset, ReadOptions
from annotator.formats.registry import Verdict, Writer
from annotator.formats.yolo.reader import YoloDataset, verdict_on
from annotator.formats.yolo.writer import YoloWriter
from annotator.safe_io import Limits


def detect(path: Path, limits: Limits) -> Verdict:
    """Return whether a folder or a data.yaml is a detection dataset of Ultralytics YOLO."""
    return verdict_on(path, limits)


def open_dataset(path: Path, options: ReadOptions, limits: Limits) -> Dataset:
    """Open a folder or a data.yaml.

    Option `picture_size`: a function from subset and name of a frame to (width, height), for pictures that are
    not there and that `sizes.csv` does not name either.
    Raises FormatError.
    """
    return YoloDataset(path, options, limits)


writer: Writer = YoloWriter()
