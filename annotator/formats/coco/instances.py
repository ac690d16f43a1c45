"""The format `coco_instances`: boxes, polygons and masks in the JSON of MS COCO.

An annotation counts once, by the shape it is stored as: run lengths are a mask, polygons one polygon of several
parts, an empty or missing segmentation is a box, and a box with an angle is a turned rectangle.
"""

from pathlib import Path

from annotator.formats.coco.files import verdict_on
from annotator.formats.coco.reader import CocoDataset
from annotator.formats.coco.writer import CocoWriter
from annotator.formats.dataset import Dataset, ReadOptions
from annotator.formats.registry import Verdict, Writer
from annotator.safe_io import Limits


def detect(path: Path, limits: Limits) -> Verdict:
    """Return whether a folder or file holds COCO instances."""
    return verdict_on(path, limits)


def open_dataset(path: Path, options: ReadOptions, limits: Limits) -> Dataset:
    """Open a folder or a file. Raises FormatError."""
    return CocoDataset(path, limits)


writer: Writer = CocoWriter()
