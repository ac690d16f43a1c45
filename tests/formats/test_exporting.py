"""Exports appear whole or not at all, and say what they lose before they begin."""

import errno
import os
from pathlib import Path

import pytest

from annotator.background.progress import Progress, ProgressReport
from annotator.core.annotations import Annotation
from annotator.core.errors import Cancelled
from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import Points, Rectangle
from annotator.formats.builtin import FORMATS
from annotator.formats.dataset import DatasetHeader, FrameItem, FramePicture
from annotator.formats.exporting import export_dataset
from annotator.formats.memory import MemoryDataset
from annotator.formats.picture_files import copy_picture
from annotator.formats.registry import Format, FormatError
from annotator.safe_io import InputError

WRITERS = [pytest.param(one, id=one.id) for one in FORMATS if one.writer]
WITH_PICTURES = [pytest.param(one, id=one.id) for one in FORMATS if "save_images" in one.option_ids]


def dataset(*shapes, media: tuple[Path, ...] = ()) -> MemoryDataset:
    frames = [
        FrameItem(f"{number}.png", (64, 48), number, annotations=(Annotation(number, 1, shape),))
        for number, shape in enumerate(shapes)
    ]
    labels = LabelSchema((Label("cat", id=1),))
    return MemoryDataset(DatasetHeader("", labels, media_roots=media), frames)


BOXES = [Rectangle((1, 2, 3, 4))] * 3


@pytest.mark.parametrize("one", WRITERS)
def test_export(one: Format, tmp_path: Path) -> None:
    target = tmp_path / "new" / "out"
    export_dataset(dataset(*BOXES), one, target)
    assert one.verdict(target).fits
    assert [path.name for path in target.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("one", WRITERS)
def test_an_export_is_recognised_as_what_it_is(one: Format, tmp_path: Path) -> None:
    export_dataset(dataset(*BOXES), one, tmp_path / "out")
    assert FORMATS.detect(tmp_path / "out") is one


def test_occupied_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="not an empty folder"):
        export_dataset(dataset(*BOXES), FORMATS["coco_instances"], tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_strict_refuses_any_loss_before_anything_is_written(tmp_path: Path) -> None:
    view = dataset(Points([[1.0, 2.0]]))
    with pytest.raises(FormatError, match="1 x points"):
        export_dataset(view, FORMATS["coco_instances"], tmp_path / "out", {"strict": True})
    assert list(tmp_path.iterdir()) == []
    report = export_dataset(view, FORMATS["coco_instances"], tmp_path / "out")
    assert report.lost["points"] == 1


def test_unknown_option(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="save_pictures"):
        export_dataset(dataset(), FORMATS["coco_instances"], tmp_path / "out", {"save_pictures": 1})


@pytest.mark.parametrize("one", WRITERS)
@pytest.mark.parametrize("calls", range(1, 8))
def test_cancelled_in_the_middle(one: Format, calls: int, tmp_path: Path) -> None:
    """Cancelled after any number of reports, while looking and while writing: nothing is left behind."""
    seen: list[ProgressReport] = []

    def listen(report: ProgressReport) -> None:
        seen.append(report)
        if len(seen) == calls:
            progress.cancel()

    progress = Progress(listen, interval=0.0)
    with pytest.raises(Cancelled):
        export_dataset(dataset(*BOXES), one, tmp_path / "out", progress=progress)
    assert list(tmp_path.iterdir()) == []
    assert len(seen) == calls


@pytest.mark.parametrize("one", WITH_PICTURES)
def test_picture_that_cannot_be_copied(one: Format, tmp_path: Path, make_picture) -> None:
    """It stops the export with a sentence, and nothing is left behind."""
    for number in range(3):
        make_picture(tmp_path / "in" / f"{number}.png", 64, 48)
    view = dataset(*BOXES, media=(tmp_path / "in",))
    original = view.picture

    def gone(frame: FrameItem) -> FramePicture | None:
        picture = original(frame)
        missing = FramePicture(tmp_path / "in" / "gone.png")
        return missing if frame.number == 2 and picture else picture

    view.picture = gone  # type: ignore[method-assign]
    with pytest.raises(
        FormatError, match=r"A picture cannot be copied\. .*gone\.png does not exist"
    ):
        export_dataset(view, one, tmp_path / "out", {"save_images": True})
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_disk_that_becomes_full_is_told_of_the_copy(tmp_path: Path, make_picture) -> None:
    make_picture(tmp_path / "a.png", 64, 48)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)) as caught:
        copy_picture(FramePicture(tmp_path / "a.png"), Path("/dev/full"))
    assert caught.value.filename == "/dev/full"


def test_a_place_that_takes_no_folder_is_told_before_anything_is_looked_through(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    reports: list[ProgressReport] = []
    with pytest.raises(InputError, match="is not a folder; choose another place"):
        export_dataset(
            dataset(*BOXES),
            FORMATS["coco_instances"],
            tmp_path / "file" / "out",
            progress=Progress(reports.append, interval=0.0),
        )
    assert reports == []


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="needs a user without all rights"
)
def test_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError):
        export_dataset(dataset(), FORMATS["coco_instances"], tmp_path / "out")
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("one", WITH_PICTURES)
def test_pictures_are_copied(one: Format, tmp_path: Path, make_picture) -> None:
    for number in range(3):
        make_picture(tmp_path / "in" / f"{number}.png", 64, 48, seed=number)
    view = dataset(*BOXES, media=(tmp_path / "in",))
    export_dataset(view, one, tmp_path / "out", {"save_images": True})
    written = {path.read_bytes() for path in (tmp_path / "out").rglob("*.png")}
    assert written == {path.read_bytes() for path in (tmp_path / "in").iterdir()}
    assert len(written) == 3
