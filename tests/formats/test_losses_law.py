"""What a writer says it loses and adds is what it loses and adds, and it says why."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import Mask
from annotator.formats.builtin import FORMATS
from annotator.formats.dataset import DatasetHeader, FrameItem, TrackItem
from annotator.formats.losses import LossReport, difference
from annotator.formats.memory import MemoryDataset
from annotator.formats.registry import Format
from tests.fact_bags import facts_of_view
from tests.formats.random_datasets import datasets, written_and_read


def writers() -> Iterator[Any]:
    """Every format that is written, with each of its options on and off."""
    for one in FORMATS:
        if one.writer:
            yield pytest.param(one, {}, id=one.id)
            for option in one.option_ids:
                yield pytest.param(one, {option: True}, id=f"{one.id}-{option}")


def check_law(one: Format, dataset: MemoryDataset, options: dict[str, Any]) -> None:
    said = one.losses(dataset, options)
    with tempfile.TemporaryDirectory() as folder:
        read = written_and_read(one, dataset, Path(folder) / "out", **options)
    found = difference(
        facts_of_view(dataset, one.decimals, relative=one.relative),
        facts_of_view(read, one.decimals, relative=one.relative),
    )
    assert (said.lost, said.added) == (found.lost, found.added)
    check_rows(said)


def check_rows(report: LossReport) -> None:
    """Every aspect that is lost is explained; what changes its name changes all its facts, explained once."""
    rows = list(report)
    assert all(row.text for row in rows)
    if not any(row.aspect in ("frame", "label") for row in rows):
        assert report.lost.keys() <= {row.aspect for row in rows if row.effect != "added"}


@pytest.mark.parametrize(("one", "options"), list(writers()))
@given(datasets())
@settings(max_examples=60)
def test_law_over_random_datasets(
    one: Format, options: dict[str, Any], dataset: MemoryDataset
) -> None:
    check_law(one, dataset, options)


@pytest.mark.parametrize(("of_track", "of_shape"), [("", "val"), ("val", ""), ("val", "test")])
def test_masks_of_one_frame_may_have_several_subsets(of_track: str, of_shape: str) -> None:
    label, mask = Label("car"), Mask.from_bitmap(np.ones((2, 2), dtype=bool))
    shape = FrameItem("", (9, 9), 0, of_shape, (Annotation(0, label.id, mask),))
    track = TrackItem(Track(label.id, (Keyframe(0, mask), Keyframe(1, mask, True))), of_track)
    header = DatasetHeader("", LabelSchema((label,)))
    dataset = MemoryDataset(header, [shape, FrameItem("", (9, 9), 1), track])
    check_law(FORMATS["cvat_video"], dataset, {})


def samples(shared: Path) -> Iterator[MemoryDataset]:
    for one in FORMATS:
        for path in sorted((shared / "fixtures" / "formats" / one.id).iterdir()):
            inner = [path] if one.verdict(path).fits else sorted(path.iterdir())
            for dataset in inner:
                yield MemoryDataset.read(one.read(dataset))


@pytest.mark.parametrize(("one", "options"), list(writers()))
def test_law_over_samples(shared: Path, one: Format, options: dict[str, Any]) -> None:
    count = 0
    for dataset in samples(shared):
        if dataset.frame_count < 1000:
            check_law(one, dataset, options)
            count += 1
    assert count >= 11
