"""Hostile and broken pictures: rows 14, 16, 17 and 18 of the list of threats, as far as pictures go."""

import json
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from annotator.media.errors import MediaError
from annotator.media.source import PictureFile
from annotator.safe_io import InputError, resolve_inside
from tests.pictures import draw_pixels, encode, exif_block
from tests.security.child import run_in_child
from tests.unit.media import encoded

READ = """
import json
from pathlib import Path
from annotator.core.errors import AnnotatorError
from annotator.media.pictures import read_picture
try:
    picture = read_picture(Path(sys.argv[1]))
    outcome = {"size": [picture.width, picture.height], "problem": picture.problem}
except AnnotatorError as error:
    outcome = {"error": str(error)}
# The peak that getrusage tells includes what the process was forked from.
status = Path("/proc/self/status")
if status.exists():
    (peak,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    outcome["megabytes"] = int(peak.split()[1]) // 1024
print(json.dumps(outcome))
"""

RGB = draw_pixels(60, 40, channels=3, bits=8, seed=1)


def read_in_child(path: Path) -> dict:
    return json.loads(run_in_child(READ, path))


def one_bit_png(side: int) -> bytes:
    """A white square as small as it gets."""
    row = b"\0" + b"\xff" * (side // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(encoded.png_chunk(*chunk) for chunk in chunks)


def jpeg_of(width: int, height: int) -> bytes:
    """A JPEG file whose header claims a size its content does not have."""
    small = encode(RGB, ".jpg", None, 90)
    return small.replace(struct.pack(">HH", 40, 60), struct.pack(">HH", height, width))


def tiff_of(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    """One directory at 8; entries: tag, type, count, value."""
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + struct.pack("<I", following)


SIZE = ((256, 4, 1, 64), (257, 4, 1, 64), (258, 3, 1, 8))
BIG_EXIF = (
    b"\xff\xe1" + struct.pack(">H", 65535) + b"Exif\0\0" + b"II*\0\xff\xff\xff\x7f" + bytes(65519)
)


@dataclass(frozen=True)
class Case:
    name: str
    data: bytes
    expected: str
    """A part of the refusal; "" where the picture is shown."""


CASES = [
    # Row 17: bombs. The header decides, so they cost neither time nor memory.
    Case(
        "30 000 squared.png", one_bit_png(30_000), "30000 x 30000 pixels, the limit is 300 million"
    ),
    Case("50 000 squared.png", one_bit_png(50_000), "the limit is 300 million"),
    Case(
        "claims much.png",
        encoded.png(2**31 - 1, 2**31 - 1, bits=16, colour=6, rows=b""),
        "the limit",
    ),
    Case("claims much.jpg", jpeg_of(65_500, 65_500), "the limit is 300 million"),
    Case("claims much.bmp", encoded.bmp(2**30, -(2**31), 32, b""), "the limit"),
    Case("claims much.tif", tiff_of((256, 4, 1, 2**32 - 1), (257, 4, 1, 2**32 - 1)), "the limit"),
    Case(
        "many channels.tif",
        tiff_of(*SIZE[:2], (258, 3, 1, 128), (277, 3, 1, 65_535)),
        "GB of memory",
    ),
    Case("large tile.tif", tiff_of(*SIZE, (322, 4, 1, 2**31), (323, 4, 1, 2**31)), "one tile"),
    # Row 18: broken files.
    Case("empty.jpg", b"", "not a picture"),
    Case("text.jpg", b"This is no picture.\n" * 10, "not a picture"),
    Case(
        "drawing.png",
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///x"/></svg>',
        "not a picture",
    ),
    Case("playlist.png", b"#EXTM3U\nfile:///etc/passwd\n", "not a picture"),
    Case("cut in the header.jpg", encode(RGB, ".jpg", None, 90)[:30], "breaks off"),
    Case("cut.jpg", encode(RGB, ".jpg", None, 90)[:-200], ""),
    Case("cut.png", encode(RGB, ".png", None, 0)[:-200], "damaged"),
    Case("cut.webp", encoded.webp(RGB)[:-20], "damaged"),
    Case("cut.bmp", encoded.bmp(60, 40, 24, bytes(7200))[:-200], "damaged"),
    Case("cut.tif", encoded.tiff(RGB)[:-200], "damaged"),
    Case("really a png.jpg", encode(RGB, ".png", None, 0), ""),
    Case("really a jpeg.tif", encode(RGB, ".jpg", None, 90), ""),
    Case("0 x 0.png", encoded.png(0, 0, bits=8, colour=2, rows=b""), "0 x 0 pixels"),
    Case("0 x 0.jpg", jpeg_of(0, 0), "0 x 0 pixels"),
    Case("0 x 0.bmp", encoded.bmp(0, 0, 24, b""), "0 x 0 pixels"),
    Case("0 x 0.tif", tiff_of(*SIZE[2:]), "0 x 0 pixels"),
    Case("larger than its content.jpg", jpeg_of(6000, 4000), ""),
    Case(
        "larger than its content.png",
        encoded.png(600, 400, bits=8, colour=2, rows=bytes(99)),
        "damaged",
    ),
    Case("circle of one.tif", tiff_of(*SIZE, following=8), "damaged"),
    Case("strips outside.tif", tiff_of(*SIZE, (273, 4, 1, 2**31), (279, 4, 1, 2**31)), "damaged"),
    Case("tags outside.tif", tiff_of((256, 4, 2**31, 2**32 - 1), *SIZE[1:]), "breaks off"),
    Case("directory outside.tif", b"MM\0*\xff\xff\xff\xff", "behind the end"),
    Case("directory far outside.tif", b"II+\0\x08\0\0\0" + b"\xff" * 8, "behind the end"),
    Case("many tags.tif", b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 2**40), "more tags"),
    Case(
        "large exif.jpg",
        (lambda jpeg: jpeg[:2] + BIG_EXIF * 40 + jpeg[2:])(encode(RGB, ".jpg", None, 90)),
        "",
    ),
    Case("orientation 9.jpg", encode(RGB, ".jpg", 9, 90), ""),
    Case("orientation 0.png", encode(RGB, ".png", 0, 0), ""),
    Case(
        "large profile.png",
        encoded.png(
            1,
            1,
            bits=8,
            colour=0,
            rows=b"\0\7",
            extra=encoded.png_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(100_000_000), 9)),
        ),
        "",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_picture_is_shown_or_refused_with_a_sentence(tmp_path: Path, case: Case):
    assert len(case.data) < 3_000_000
    path = tmp_path / case.name
    path.write_bytes(case.data)
    outcome = read_in_child(path)
    if case.expected:
        assert case.expected in outcome["error"]
        assert outcome["error"].startswith(f"{path}: ")
        assert "\n" not in outcome["error"]
        assert outcome.get("megabytes", 0) < 250
    else:
        assert "error" not in outcome


def test_a_large_picture_within_the_limits_is_shown(tmp_path: Path):
    """The legal neighbour of the bombs: 256 million pixels in 33 kB."""
    path = tmp_path / "16 000 squared.png"
    path.write_bytes(one_bit_png(16_000))
    assert read_in_child(path)["size"] == [16_000, 16_000]


FUZZ = """
from pathlib import Path
from tests.security.fuzz_pictures import count_shown
print(count_shown(Path(sys.argv[1]), int(sys.argv[2])))
"""

SEEDS = {
    "jpeg": encode(draw_pixels(64, 48, channels=3, bits=8, seed=1), ".jpg", 6, 80),
    "cmyk jpeg": encode(draw_pixels(64, 48, channels=4, bits=8, seed=1), ".jpg", None, 80),
    "png": encode(draw_pixels(40, 30, channels=4, bits=16, seed=1), ".png", 3, 0),
    "webp": encoded.extended_webp(encoded.webp(RGB, lossless=False), 60, 40, orientation=8),
    "lossless webp": encoded.webp(draw_pixels(60, 40, channels=4, bits=8, seed=1)),
    "bmp": encoded.bmp(20, 20, 24, bytes(1200)),
    "tiff": encoded.tiff(RGB, compression="zlib", orientation=6),
    "tiff with alpha": encoded.tiff(
        draw_pixels(20, 20, channels=4, bits=16, seed=1), extrasamples=["unassalpha"]
    ),
    "tiled tiff": encoded.tiff(np.zeros((40, 40), np.uint16), tile=(16, 16)),
}


@pytest.mark.parametrize("kind", SEEDS)
def test_no_change_of_bytes_ends_the_program(tmp_path: Path, kind):
    path = tmp_path / kind
    path.write_bytes(SEEDS[kind])
    shown = int(run_in_child(FUZZ, path, "300"))
    assert shown > 3, "the changes must leave something to decode"


def test_a_picture_named_from_outside_the_folder_is_not_read(tmp_path: Path):
    """Row 14: what a dataset names lies below the folder the user chose, or it is not touched."""
    root = tmp_path / "dataset"
    root.mkdir()
    (tmp_path / "secret.png").write_bytes(encode(RGB, ".png", None, 0))
    for name in (
        "../secret.png",
        str(tmp_path / "secret.png"),
        "a/../../secret.png",
        "..\\secret.png",
    ):
        with pytest.raises(InputError):
            PictureFile(resolve_inside(root, name), root=root)


@pytest.mark.parametrize("swapped", ["file", "folder"])
def test_a_picture_replaced_by_a_link_is_not_read(tmp_path: Path, swapped):
    """Row 16: between the check of the name and the reading of the file, a link is put in its place."""
    root, outside = tmp_path / "dataset", tmp_path / "private"
    for folder in (root / "images", outside):
        folder.mkdir(parents=True)
        (folder / "x.png").write_bytes(encode(RGB, ".png", None, 0))
    source = PictureFile(resolve_inside(root, "images/x.png"), root=root)
    assert source.read(0).width == 60
    if swapped == "file":
        source.path.unlink()
        source.path.symlink_to(outside / "x.png")
    else:
        (root / "images").rename(root / "before")
        (root / "images").symlink_to(outside)
    for ask in (lambda: source.read(0), lambda: source.info(0), lambda: len(source)):
        with pytest.raises(InputError):
            ask()


def test_a_link_to_a_private_file_that_is_no_picture_shows_nothing_of_it(tmp_path: Path):
    (tmp_path / "id_rsa").write_text("TOPSECRET" * 100)
    (tmp_path / "x.png").symlink_to(tmp_path / "id_rsa")
    with pytest.raises(MediaError) as caught:
        PictureFile(tmp_path / "x.png").read(0)
    assert "TOPSECRET" not in str(caught.value)


def test_exif_blocks_of_the_fuzz_seeds_are_read():
    """Without this the changes above might miss the EXIF parser."""
    assert exif_block(6) in SEEDS["jpeg"]
    assert exif_block(8) in SEEDS["webp"]
