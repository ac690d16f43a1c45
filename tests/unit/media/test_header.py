import struct
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from annotator.media.errors import MediaError
from annotator.media.header import PictureInfo, check_limits, info_of, read_info
from annotator.safe_io import DEFAULT_LIMITS, InputError
from tests.pictures import draw_pixels, encode, exif_block
from tests.unit.media import encoded

RGB = draw_pixels(37, 21, channels=3, bits=8, seed=1)

SAMPLES = {
    "jpeg": encode(RGB, ".jpg", 6, 90),
    "png": encode(draw_pixels(37, 21, channels=4, bits=16, seed=1), ".png", 3, 0),
    "webp": encoded.extended_webp(encoded.webp(RGB), 37, 21, orientation=8),
    "lossy webp": encoded.webp(RGB, lossless=False),
    "bmp": encoded.bmp(37, -21, 24, bytes(112 * 21)),
    "tiff": encoded.tiff(RGB, orientation=5),
    "big tiff": encoded.tiff(RGB.astype(np.uint16), bigtiff=True, byteorder=">"),
}


@pytest.mark.parametrize(
    ("suffix", "channels", "bits"),
    [(".jpg", 1, 8), (".jpg", 3, 8), (".jpg", 4, 8)]
    + [(".png", channels, bits) for channels in (1, 2, 3, 4) for bits in (8, 16)],
)
@pytest.mark.parametrize("orientation", [None, 1, 6, 8])
def test_jpeg_and_png(tmp_path: Path, make_picture, suffix, channels, bits, orientation):
    path = tmp_path / f"Bild 猫{suffix}"
    make_picture(path, 40, 30, channels=channels, bits=bits, orientation=orientation)
    width, height = (30, 40) if orientation in (6, 8) else (40, 30)
    kind = "png" if suffix == ".png" else "jpeg"
    assert read_info(path) == PictureInfo(width, height, orientation or 1, channels, bits, kind)
    assert read_info(path).stored_size == (40, 30)


PALETTE = encoded.png_chunk(b"PLTE", bytes(6))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            encoded.png(9, 1, bits=1, colour=0, rows=b"\0\0\0"),
            PictureInfo(9, 1, 1, 1, 1, "png"),
        ),
        (
            encoded.png(2, 1, bits=8, colour=3, rows=b"\0\0\1", extra=PALETTE),
            PictureInfo(2, 1, 1, 3, 8, "png"),
        ),
        (
            encoded.png(
                2,
                1,
                bits=4,
                colour=3,
                rows=b"\0\1",
                extra=PALETTE + encoded.png_chunk(b"tRNS", b"\x80"),
            ),
            PictureInfo(2, 1, 1, 4, 8, "png"),
        ),
        (encoded.webp(RGB), PictureInfo(37, 21, 1, 3, 8, "webp")),
        (encoded.webp(RGB, lossless=False), PictureInfo(37, 21, 1, 3, 8, "webp")),
        (
            encoded.webp(draw_pixels(20, 10, channels=4, bits=8, seed=0)),
            PictureInfo(20, 10, 1, 4, 8, "webp"),
        ),
        (SAMPLES["webp"], PictureInfo(21, 37, 8, 3, 8, "webp")),
        (SAMPLES["bmp"], PictureInfo(37, 21, 1, 3, 8, "bmp")),
        (encoded.bmp(5, 4, 32, bytes(80)), PictureInfo(5, 4, 1, 4, 8, "bmp")),
        (
            b"BM"
            + struct.pack("<IHHI", 30, 0, 0, 26)
            + struct.pack("<IHHHH", 12, 7, 3, 1, 24)
            + bytes(72),
            PictureInfo(7, 3, 1, 3, 8, "bmp"),
        ),
        (SAMPLES["tiff"], PictureInfo(21, 37, 5, 3, 8, "tiff")),
        (SAMPLES["big tiff"], PictureInfo(37, 21, 1, 3, 16, "tiff")),
        (encoded.tiff(RGB[..., 0] > 50), PictureInfo(37, 21, 1, 1, 1, "tiff")),
        (encoded.tiff(RGB[..., 0].astype(np.float32)), PictureInfo(37, 21, 1, 1, 32, "tiff")),
    ],
)
def test_other_kinds(data, expected):
    assert info_of(BytesIO(data)) == expected


def test_the_pages_of_a_tiff_file_have_sizes_of_their_own():
    stream = BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        for width in (12, 20, 5):
            writer.write(np.zeros((10, width, 3), np.uint8), photometric="rgb")
    assert [info_of(BytesIO(stream.getvalue()), page).width for page in range(3)] == [12, 20, 5]
    assert info_of(BytesIO(stream.getvalue())).pages == 3
    with pytest.raises(MediaError, match="no page 4, but 3"):
        info_of(BytesIO(stream.getvalue()), 3)


def test_the_bytes_decide_not_the_name(tmp_path: Path):
    path = tmp_path / "picture.jpg"
    path.write_bytes(SAMPLES["png"])
    assert read_info(path).format == "png"
    path.write_text("not a picture")
    with pytest.raises(MediaError, match=r"picture\.jpg: it is not a picture of a known kind"):
        read_info(path)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path):
    with pytest.raises(InputError, match="does not exist"):
        read_info(tmp_path / "gone.png")


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_is_none_counts_as_upright(orientation):
    data = encode(RGB, ".jpg", orientation, 90)
    assert info_of(BytesIO(data)).orientation == 1


def test_exif_in_both_byte_orders_and_after_other_segments():
    big = struct.pack(">2sHI", b"MM", 42, 8) + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 0)
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x/>"
    jpeg = encode(RGB, ".jpg", None, 90)
    segments = b"".join(
        b"\xff\xff\xe1" + struct.pack(">H", len(data) + 2) + data
        for data in (xmp, b"Exif\0\0" + big)
    )
    assert info_of(BytesIO(jpeg[:2] + segments + jpeg[2:])).orientation == 6


@pytest.mark.parametrize(
    "exif", [b"", b"II*\0", exif_block(6)[:12], b"\xff" * 40, b"II*\0\xff\xff\xff\xff"]
)
def test_a_broken_exif_block_does_not_matter(exif):
    jpeg = encode(RGB, ".jpg", None, 90)
    segment = b"Exif\0\0" + exif
    data = jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]
    assert info_of(BytesIO(data)) == PictureInfo(37, 21, 1, 3, 8, "jpeg")


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_file_cut_anywhere_is_a_picture_or_refused(kind):
    data = SAMPLES[kind]
    whole = info_of(BytesIO(data))
    for length in range(min(len(data), 2000)):
        try:
            info = info_of(BytesIO(data[:length]))
        except MediaError:
            continue
        assert info.stored_size == whole.stored_size


@given(
    kind=st.sampled_from(sorted(SAMPLES)),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8),
)
def test_changed_bytes_make_another_header_or_a_refusal(kind, changes):
    data = bytearray(SAMPLES[kind])
    for place, value in changes:
        data[place % len(data)] = value
    try:
        info = info_of(BytesIO(bytes(data)))
    except MediaError:
        return
    assert info.width > 0
    assert info.height > 0
    assert 1 <= info.orientation <= 8


@pytest.mark.parametrize("loop", ["itself", "back"])
def test_tiff_directories_in_a_circle_end(loop):
    directory = struct.pack("<HHHIIHHII", 2, 256, 4, 1, 10, 257, 4, 1, 10)
    second = 8 + len(directory) + 4
    data = b"II*\0" + struct.pack("<I", 8) + directory
    data += struct.pack("<I", 8 if loop == "itself" else second)
    data += directory + struct.pack("<I", 8)
    assert info_of(BytesIO(data)).pages == (1 if loop == "itself" else 2)


@pytest.mark.parametrize(
    "data",
    [
        encode(RGB, ".jpg", None, 90).replace(struct.pack(">HH", 21, 37), bytes(4)),
        encoded.png(0, 5, bits=8, colour=2, rows=b""),
        encoded.bmp(0, 0, 24, b""),
        b"II*\0" + struct.pack("<IHHHII", 8, 1, 256, 4, 1, 10) + bytes(4),
    ],
)
def test_a_picture_without_pixels_is_refused(data):
    with pytest.raises(MediaError, match="pixels"):
        info_of(BytesIO(data))


def test_a_header_takes_few_reads_of_a_long_file():
    class Counting(BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            self.taken += len(data)
            return data

    jpeg = encode(RGB, ".jpg", 6, 90)
    thumbnail = b"\xff\xe2" + struct.pack(">H", 65535) + bytes(65533)
    stream = Counting(jpeg[:2] + thumbnail * 20 + jpeg[2:] + bytes(10**6))
    assert info_of(stream).orientation == 6
    assert stream.taken < 2000


def test_junk_without_end_is_not_searched_for_ever():
    with pytest.raises(MediaError, match="damaged"):
        info_of(BytesIO(b"\xff\xd8\xff\0" + bytes(10**7)))


def test_a_picture_over_the_limits_is_refused_and_its_neighbour_is_not():
    info = PictureInfo(20_000, 15_000, 1, 3, 8, "png")
    check_limits(info, DEFAULT_LIMITS)
    with pytest.raises(MediaError, match="20001 x 15000 pixels, the limit is 300 million; cut it"):
        check_limits(replace(info, width=20_001), DEFAULT_LIMITS)
    check_limits(replace(info, width=20_001), replace(DEFAULT_LIMITS, picture_pixels=400_000_000))
    with pytest.raises(MediaError, match="GB of memory"):
        check_limits(replace(info, bit_depth=64), DEFAULT_LIMITS)


def test_real_pictures(shared: Path):
    expected = {
        "exif_portrait_6.jpg": PictureInfo(450, 600, 6, 3, 8, "jpeg"),
        "exif_landscape_3.jpg": PictureInfo(600, 450, 3, 3, 8, "jpeg"),
        "coffee_cmyk.jpg": PictureInfo(600, 400, 1, 4, 8, "jpeg"),
        "camera_gray16.png": PictureInfo(512, 512, 1, 1, 16, "png"),
        "chelsea_rgba.png": PictureInfo(451, 300, 1, 4, 8, "png"),
        "chessboard_gray_u16.tif": PictureInfo(200, 200, 1, 1, 16, "tiff"),
        "three_pages.tif": PictureInfo(256, 256, 1, 3, 8, "tiff", 3),
    }
    assert {name: read_info(shared / "images" / name) for name in expected} == expected
