"""Random datasets with everything in them, and a way to write one and read it again."""

import struct
import zlib
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from annotator.core.labels import Label, LabelSchema
from annotator.formats.dataset import (
    DatasetHeader,
    DatasetItem,
    FrameItem,
    TrackItem,
    VideoDescription,
)
from annotator.formats.memory import MemoryDataset
from annotator.formats.registry import Format
from tests import strategies

SIZES = ((640, 480), (64, 48), (333, 77))


def frame_names() -> SearchStrategy[str]:
    """Names of pictures: plain ones, in folders, and some that no file system likes."""
    plain = ("a.jpg", "b.jpg", "a.png", "A.jpg", "b/a.jpg", "b", "ä b.c.jpg", "frame_000001")
    odd = ("../a.jpg", "c:\\a.jpg", "con.png", "b//c. ", "images/a.jpg", "train/a.jpg", "a.txt/c")
    return st.one_of(st.sampled_from(plain), st.sampled_from((*plain, *odd)), strategies.names())


def subsets() -> SearchStrategy[str]:
    return st.sampled_from(("", "", "train", "val", "default", "val2017", "Mine/1", "train "))


@st.composite
def datasets(draw: DrawFn, **options: Any) -> MemoryDataset:
    """Datasets of all kinds of labels, annotations and tracks, of pictures or of a video.

    Pictures may lack a size. options: as for `tests.strategies.annotations` and `tracks`.
    """
    schema = _with_taker(
        draw(strategies.schemas(kinds=("any", "any", "skeleton", "rectangle"), max_size=4))
    )
    is_video = draw(st.sampled_from((False, False, True)))
    named = st.lists(st.tuples(subsets(), frame_names()), max_size=4, unique=True)
    places = draw(named)
    if is_video:
        # Some frames of a video have a name, the images that stand beside its tracks; not that of another frame.
        beside = [one for one in places if not one[1].startswith("frame_")]
        places = draw(st.permutations([*beside[:2], ("", ""), ("", "")]))
    items: list[DatasetItem] = []
    for number, (subset, name) in enumerate(places):
        found = strategies.annotation_lists(schema, max_size=5, frames=(number,), **options)
        size = draw(st.sampled_from((*SIZES, *SIZES, None)))
        items.append(FrameItem(name, size, number, subset, tuple(draw(found))))
    if places and draw(st.booleans()):
        tracks = strategies.tracks(schema, frames=range(len(places)), max_keyframes=3, **options)
        unique = st.lists(tracks, max_size=2, unique_by=lambda track: track.id)
        items += [TrackItem(track) for track in draw(unique)]
    video = VideoDescription("v.mp4", len(places)) if is_video else None
    return MemoryDataset(DatasetHeader("", schema, name="Made up", video=video), items)


def _with_taker(schema: LabelSchema) -> LabelSchema:
    """A schema in which some label takes any kind."""
    if any(label.kind == "any" for label in schema):
        return schema
    return schema.with_label(Label("anything at all", id=10**6))


def written_and_read(
    one: Format, dataset: MemoryDataset, folder: Path, **options: Any
) -> MemoryDataset:
    """Write a dataset into a new folder and read it again."""
    folder.mkdir()
    one.write(dataset, folder, options)
    return MemoryDataset.read(one.read(folder))


def write_header(path: Path, size: tuple[int, int]) -> None:
    """Write a PNG file without pixels."""
    header = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IEND", b""))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in chunks
        )
    )
