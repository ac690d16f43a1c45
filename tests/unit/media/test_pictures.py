import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import simplejpeg
import tifffile

from annotator.media.decoding.jpeg import decode_jpeg
from annotator.media.errors import MediaError
from annotator.media.header import info_of
from annotator.media.opencv import cv2
from annotator.media.picture import Picture
from annotator.media.pictures import read_picture
from annotator.safe_io import DEFAULT_LIMITS, InputError
from tests.pictures import draw_pixels, encode
from tests.unit.media import encoded
from tests.unit.media.decoded import decode_picture

Pixels = npt.NDArray[np.uint8]

# How a viewer turns stored rows and columns, by EXIF's own words: for 6, "the 0th row is at the visual
# right-hand side, the 0th column at the visual top". Written with numpy, where the program uses OpenCV.
TURNS = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.swapaxes(0, 1),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].swapaxes(0, 1),
    8: lambda stored: np.rot90(stored),
}
RGB = draw_pixels(40, 26, channels=3, bits=8, seed=3)
RGBA = draw_pixels(40, 26, channels=4, bits=8, seed=3)


def rgb(picture) -> Pixels:
    return picture.pixels[..., 2::-1]


def rgba(picture) -> Pixels:
    return picture.pixels[..., [2, 1, 0, 3]]


def spread(samples) -> Pixels:
    """Samples of more than 8 bits as they are shown: from the second thousandth of them to the last but one."""
    ordered = np.sort(samples, axis=None)
    low, high = (
        ordered[max(0, int(np.ceil(share * ordered.size)) - 1)].astype(float)
        for share in (0.002, 0.998)
    )
    return np.rint(np.clip((samples - low) / (high - low), 0, 1) * 255).astype(np.uint8)


def assert_opaque(picture) -> None:
    assert not picture.has_alpha
    assert (picture.pixels[..., 3] == 255).all()


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff by OpenCV", "tiff by tifffile"])
def test_every_orientation_is_turned_upright(kind, orientation):
    stored = RGB
    match kind:
        case "jpeg":
            data = encode(RGB, ".jpg", orientation, 100)
        case "png":
            data = encode(RGB, ".png", orientation, 0)
        case "webp":
            data = encoded.extended_webp(
                encoded.webp(RGB[..., ::-1]), 40, 26, orientation=orientation
            )
        case "tiff by OpenCV":
            data = encoded.tiff(RGB, orientation=orientation)
        case _:
            data = encoded.tiff(RGB.astype(np.uint16) * 257, orientation=orientation)
            stored = spread(stored)
    picture = decode_picture(data)
    assert np.abs(rgb(picture) - TURNS[orientation](stored).astype(int)).max() <= (
        8 if kind == "jpeg" else 0
    )
    assert picture.pixels.flags.c_contiguous
    assert_opaque(picture)


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_is_decoded_as_libjpeg_turbo_does(channels):
    data = encode(draw_pixels(63, 41, channels=channels, bits=8, seed=1), ".jpg", None, 80)
    picture = decode_picture(data)
    assert np.array_equal(rgb(picture), simplejpeg.decode_jpeg(data, "RGB"))
    assert_opaque(picture)


def test_png_of_all_kinds():
    for channels in (1, 2, 3, 4):
        for bits in (8, 16):
            stored = draw_pixels(40, 26, channels=channels, bits=bits, seed=channels)
            picture = decode_picture(encode(stored, ".png", None, 0))
            eight = stored if bits == 8 else np.rint(stored / 257)
            colours = eight if bits == 8 else spread(stored[..., : 1 if channels < 3 else 3])
            wanted = np.repeat(colours[..., :1], 3, axis=2) if channels < 3 else colours[..., :3]
            assert np.array_equal(rgb(picture), wanted)
            if channels in (2, 4):
                assert picture.has_alpha
                assert np.abs(picture.pixels[..., 3] - eight[..., -1].astype(int)).max() <= (
                    bits == 16
                )
            else:
                assert_opaque(picture)


def test_colours_under_transparent_pixels_are_kept():
    pixels = RGBA.copy()
    pixels[..., 3] = 0
    assert np.array_equal(rgba(decode_picture(encode(pixels, ".png", None, 0))), pixels)


def test_an_alpha_channel_that_hides_nothing_is_no_alpha():
    pixels = RGBA.copy()
    pixels[..., 3] = 255
    assert_opaque(decode_picture(encode(pixels, ".png", None, 0)))


def test_palettes_with_and_without_a_transparent_colour():
    palette = encoded.png_chunk(b"PLTE", bytes([1, 2, 3, 40, 50, 60]))
    plain = encoded.png(2, 1, bits=8, colour=3, rows=b"\0\0\1", extra=palette)
    clear = encoded.png(
        2, 1, bits=8, colour=3, rows=b"\0\0\1", extra=palette + encoded.png_chunk(b"tRNS", b"\x80")
    )
    assert rgba(decode_picture(plain)).tolist() == [[[1, 2, 3, 255], [40, 50, 60, 255]]]
    assert rgba(decode_picture(clear)).tolist() == [[[1, 2, 3, 128], [40, 50, 60, 255]]]
    assert decode_picture(clear).has_alpha


def test_one_bit_is_black_and_white():
    data = encoded.png(4, 1, bits=1, colour=0, rows=b"\0\xa0")
    assert decode_picture(data).pixels[0, :, 0].tolist() == [255, 0, 255, 0]


def test_cmyk_is_what_the_inks_let_through():
    """libjpeg writes as Adobe's programs do: 255 stands for no ink."""
    stored = np.full((16, 16, 4), [250, 120, 60, 200], np.uint8)
    picture = decode_picture(encode(stored, ".jpg", None, 100))
    assert np.abs(rgb(picture)[0, 0] - np.array([250, 120, 60]) * 200 / 255).max() <= 3
    assert_opaque(picture)


def test_cmyk_of_other_programs_has_0_for_no_ink():
    adobe = encode(np.full((16, 16, 4), [250, 120, 60, 200], np.uint8), ".jpg", None, 100)
    data = encoded.without_segment(adobe, 0xEE)
    inks = simplejpeg.decode_jpeg(data, "CMYK")[0, 0].astype(int)
    let_through = (255 - inks[:3]) * (255 - inks[3]) / 255
    assert np.abs(rgb(decode_picture(data))[0, 0] - let_through).max() <= 1


def test_webp_with_alpha():
    pixels = RGBA.copy()
    picture = decode_picture(encoded.webp(pixels[..., [2, 1, 0, 3]]))
    visible = pixels[..., 3] > 0
    assert np.array_equal(rgba(picture)[visible], pixels[visible])
    assert picture.has_alpha


MASKS = np.array([0xFF0000, 0xFF00, 0xFF, 0xFF000000], "<u4").tobytes()


@pytest.mark.parametrize("downwards", [True, False])
def test_bmp(downwards):
    rows = bytes([1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0])
    picture = decode_picture(encoded.bmp(2, -2 if downwards else 2, 24, rows))
    pixels = np.array([[[3, 2, 1], [6, 5, 4]], [[9, 8, 7], [12, 11, 10]]])
    assert np.array_equal(rgb(picture), pixels if downwards else pixels[::-1])
    assert_opaque(picture)


def test_the_fourth_byte_of_bmp_counts_if_any_is_set():
    assert_opaque(
        decode_picture(encoded.bmp(1, 2, 32, bytes([1, 2, 3, 0, 4, 5, 6, 0]), masks=MASKS))
    )
    picture = decode_picture(encoded.bmp(1, -2, 32, bytes([1, 2, 3, 0, 4, 5, 6, 128]), masks=MASKS))
    assert picture.has_alpha
    assert rgba(picture).tolist() == [[[3, 2, 1, 0]], [[6, 5, 4, 128]]]


GREY = RGB[..., 0].copy()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (encoded.tiff(GREY), GREY),
        (encoded.tiff(GREY, compression="zlib"), GREY),
        (encoded.tiff(GREY, photometric="miniswhite"), 255 - GREY),
        (encoded.tiff(GREY.astype(np.uint16) * 257, photometric="miniswhite"), spread(255 - GREY)),
        (encoded.tiff(GREY.astype(np.uint16) * 257, byteorder=">"), spread(GREY)),
        (encoded.tiff(GREY > 80), np.where(GREY > 80, 255, 0)),
        (encoded.tiff(np.ascontiguousarray(RGB), bigtiff=True), RGB),
        (
            encoded.tiff(np.moveaxis(RGB, 2, 0).copy(), planarconfig="separate", photometric="rgb"),
            RGB,
        ),
        (encoded.tiff(np.pad(RGB, ((0, 0), (0, 0), (0, 2))), photometric="rgb"), RGB),
        (encoded.tiff(np.zeros((300, 200, 3), np.uint8), tile=(128, 128)), np.zeros((300, 200, 3))),
    ],
)
def test_tiff_of_many_kinds(data, expected):
    picture = decode_picture(data)
    assert np.array_equal(
        rgb(picture), expected if expected.ndim == 3 else np.dstack([expected] * 3)
    )
    assert_opaque(picture)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_tiff_with_alpha_keeps_its_colours(kind):
    data = encoded.tiff(
        RGBA.astype(kind) * (257 if kind is np.uint16 else 1), extrasamples=["unassalpha"]
    )
    shown = rgba(decode_picture(data))
    assert np.array_equal(shown[..., 3], RGBA[..., 3])
    colours = RGBA[..., :3]
    assert np.array_equal(shown[..., :3], colours if kind is np.uint8 else spread(colours))


def assert_colours_are_back(picture: Picture) -> None:
    """Compare with RGBA, whose colours were multiplied by alpha, rounded, and divided again."""
    shown, alpha = rgba(picture).astype(int), RGBA[..., 3:].astype(int)
    assert np.array_equal(shown[..., 3:], alpha)
    away = np.abs(shown[..., :3] - RGBA[..., :3])
    assert (away <= 0.5 * 255 / np.maximum(alpha, 1) + 0.5)[alpha[..., 0] > 0].all()


def test_tiff_with_alpha_that_only_opencv_unpacks_keeps_its_colours():
    assert_colours_are_back(decode_picture(encoded.tiff_with_lzw(RGBA[..., [2, 1, 0, 3]])))


def test_tiff_whose_alpha_is_in_its_colours_shows_them_as_they_were():
    multiplied = RGBA.copy()
    multiplied[..., :3] = np.rint(RGBA[..., :3] * (RGBA[..., 3:] / 255))
    data = encoded.tiff(multiplied, extrasamples=["assocalpha"])
    assert_colours_are_back(decode_picture(data))


@pytest.mark.parametrize("compression", [5000, 34712, 34925, 50000, 50001, 50002])
def test_tiff_packed_in_a_way_that_is_not_known_is_no_black_picture(compression):
    for pixels in (GREY, RGB, RGBA, GREY.astype(np.uint16)):
        data = encoded.with_tag(encoded.tiff(pixels), 259, compression)
        with pytest.raises(MediaError, match=r"or compressed in a way that is not known\.$"):
            decode_picture(data)


@pytest.mark.parametrize("pixels", [GREY, RGB, GREY.astype(np.uint16)])
def test_a_damaged_tiff_says_so(pixels):
    whole = encoded.tiff(pixels, compression="zlib")
    half = len(whole) - len(whole) // 3
    data = whole[:half] + bytes(8) + whole[half + 8 :]
    try:
        problem = decode_picture(data).problem
    except MediaError as error:
        problem = str(error)
    assert problem
    assert "damaged" in problem


@pytest.mark.parametrize("kind", [np.int16, np.uint32, np.float32, np.float64])
def test_samples_without_a_natural_range_are_spread(kind):
    samples = (
        np.linspace(-3000 if kind is not np.uint32 else 0, 70_00, 200).astype(kind).reshape(10, 20)
    )
    shown = decode_picture(encoded.tiff(samples)).pixels[..., 0].ravel()
    assert shown[0] == 0
    assert shown[-1] == 255
    assert (np.diff(shown.astype(int)) >= 0).all()


def test_samples_that_are_not_numbers_are_black():
    samples = np.array([[np.nan, 0.0, 1.0, np.inf]], np.float32)
    assert decode_picture(encoded.tiff(samples)).pixels[0, :, 0].tolist() == [0, 0, 255, 255]
    assert (
        decode_picture(encoded.tiff(np.full((2, 2), 7.0, np.float32))).pixels[..., 0].tolist()
        == [[128] * 2] * 2
    )


def test_pages_are_pictures_of_their_own(tmp_path: Path):
    path = tmp_path / "pages.tif"
    with tifffile.TiffWriter(path) as writer:
        for value in (10, 20, 30):
            writer.write(np.full((value, 12, 3), value, np.uint8), photometric="rgb")
    for page, value in enumerate((10, 20, 30)):
        picture = read_picture(path, page)
        assert (picture.height, picture.width) == (value, 12)
        assert (rgb(picture) == value).all()
    with pytest.raises(MediaError, match=r"pages\.tif: it has no page 4"):
        read_picture(path, 3)


@pytest.mark.parametrize("scale", [1, 2, 3, 4, 5, 8, 16, 100])
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_smaller_picture_has_the_size_that_was_asked_for(suffix, scale):
    stored = draw_pixels(201, 99, channels=3, bits=8, seed=2)
    picture = decode_picture(encode(stored, suffix, 6, 95), scale=scale)
    assert (picture.width, picture.height) == (-(-99 // scale), -(-201 // scale))
    assert np.abs(rgb(picture).mean(axis=(0, 1)) - stored.mean(axis=(0, 1))).max() < 6
    assert picture.pixels.flags.c_contiguous


@pytest.mark.parametrize("factor", [2, 4, 8])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_jpeg_is_made_smaller_while_it_is_decoded(channels, factor):
    """Exactly as libjpeg-turbo reduces it: decoding all of it and resizing takes several times as long."""
    data = encode(
        draw_pixels(203, 101, channels=channels, bits=8, seed=4), ".jpg", None, quality=90
    )
    picture = decode_picture(data, scale=factor)
    expected = simplejpeg.decode_jpeg(
        data, "BGRA", min_height=-(-101 // factor), min_width=-(-203 // factor)
    )
    assert np.array_equal(picture.pixels, expected)


def test_a_cmyk_jpeg_keeps_its_colours_when_it_is_made_smaller():
    data = encode(draw_pixels(160, 96, channels=4, bits=8, seed=4), ".jpg", None, quality=100)
    whole, small = decode_picture(data), decode_picture(data, scale=4)
    difference = rgb(small).mean(axis=(0, 1)) - rgb(whole).mean(axis=(0, 1))
    assert np.abs(difference).max() < 2


def test_a_cut_jpeg_is_said_to_be_damaged_when_it_is_made_smaller():
    data = encode(draw_pixels(320, 240, channels=3, bits=8, seed=5), ".jpg", None, quality=95)
    picture = decode_picture(data[: len(data) * 6 // 10], scale=4)
    assert (picture.width, picture.height) == (80, 60)
    assert picture.problem == "The picture is damaged: premature end of JPEG file."


def test_whoever_asks_is_told_when_decoding_begins(tmp_path: Path):
    """When the file is read: it may be gone then."""
    path = tmp_path / "picture.jpg"
    path.write_bytes(encode(RGB, ".jpg", None, 90))
    expected = read_picture(path)
    told: list[bool] = []
    picture = read_picture(path, begins=lambda: (path.write_bytes(b""), told.append(True)))
    assert told == [True]
    assert np.array_equal(picture.pixels, expected.pixels)
    with pytest.raises(MediaError):
        read_picture(path, begins=lambda: told.append(False))
    assert told == [True]


def test_pixels_cannot_be_changed_by_one_of_those_who_share_them():
    with pytest.raises(ValueError, match="read-only"):
        decode_picture(encode(RGB, ".png", None, 0)).pixels[0, 0, 0] = 1


def test_a_cut_jpeg_is_shown_as_far_as_it_goes_and_said_to_be_damaged(tmp_path: Path):
    stored = draw_pixels(320, 240, channels=3, bits=8, seed=5)
    whole = encode(stored, ".jpg", None, 95)
    path = tmp_path / "cut.jpg"
    path.write_bytes(whole[: len(whole) * 6 // 10])
    picture = read_picture(path)
    assert picture.problem == "The picture is damaged: premature end of JPEG file."
    assert np.array_equal(picture.pixels[:80], decode_picture(whole).pixels[:80])
    assert not np.array_equal(picture.pixels, decode_picture(whole).pixels)


def with_junk_between_scans() -> tuple[bytes, bytes]:
    """A progressive JPEG file as it is, and with three more bytes before its last scan."""
    stored = draw_pixels(320, 240, channels=3, bits=8, seed=5)
    ok, encoded_ = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])
    assert ok
    data = bytes(encoded_)
    scan = data.rindex(b"\xff\xda")
    return data, data[:scan] + b"\0\0\0" + data[scan:]


def test_bytes_that_cameras_leave_between_segments_are_no_damage():
    clean, with_junk = with_junk_between_scans()
    with pytest.raises(ValueError, match="extraneous bytes"):
        simplejpeg.decode_jpeg(with_junk, strict=True)
    picture = decode_picture(with_junk)
    assert picture.problem is None
    assert np.array_equal(picture.pixels, decode_picture(clean).pixels)


def test_harmless_bytes_do_not_hide_that_the_end_is_missing():
    assert decode_picture(with_junk_between_scans()[1][:-400]).problem is not None


def test_bytes_before_the_first_scan_are_taken_too():
    """TurboJPEG refuses them."""
    data = encode(RGB, ".jpg", None, 95)
    scan = data.index(b"\xff\xda")
    picture = decode_picture(data[:scan] + b"\0\0\0" + data[scan:])
    assert np.array_equal(picture.pixels, decode_picture(data).pixels)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that cannot be read")
def test_an_error_in_reading_is_a_sentence():
    with pytest.raises(MediaError, match="/proc/self/mem cannot be read: Input/output error"):
        read_picture(Path("/proc/self/mem"))


def test_what_was_in_recycled_memory_does_not_show_through_a_damaged_picture():
    data = encode(draw_pixels(64, 640, channels=3, bits=8, seed=5), ".jpg", None, 95)

    def used(shape: tuple[int, ...]) -> Pixels:
        return np.full(shape, 77, np.uint8)

    def clean(shape: tuple[int, ...]) -> Pixels:
        return np.zeros(shape, np.uint8)

    cut = data[: len(data) // 2]
    info = info_of(BytesIO(cut))
    assert np.array_equal(decode_jpeg(cut, info, used)[0], decode_jpeg(cut, info, clean)[0])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", encode(RGB, ".png", None, 0)),
        ("a.webp", encoded.webp(RGB)),
        ("a.bmp", encoded.bmp(40, 26, 24, bytes(120 * 26))),
        ("a.tif", encoded.tiff(RGB)),
        ("b.tif", encoded.tiff(RGB.astype(np.uint16))),
    ],
)
def test_other_cut_files_are_refused_with_their_name(tmp_path: Path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    assert read_picture(path).problem is None
    for share in (0.95, 0.5):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(MediaError, match=f"{name}: it is damaged or incomplete"):
            read_picture(path)


def test_a_picture_that_is_not_there_or_none(tmp_path: Path):
    with pytest.raises(InputError, match=r"gone\.png does not exist"):
        read_picture(tmp_path / "gone.png")
    (tmp_path / "empty.png").touch()
    with pytest.raises(MediaError, match=r"empty\.png: it is not a picture"):
        read_picture(tmp_path / "empty.png")


def test_the_limit_holds_before_anything_is_decoded(tmp_path: Path, make_picture):
    path = tmp_path / "a.png"
    make_picture(path, 100, 100)
    with pytest.raises(MediaError, match=r"a\.png: it has 100 x 100 pixels"):
        read_picture(path, limits=replace(DEFAULT_LIMITS, picture_pixels=9_999))
    assert read_picture(path, limits=replace(DEFAULT_LIMITS, picture_pixels=10_000)).width == 100


def test_names_in_any_script(tmp_path: Path, make_picture):
    path = tmp_path / "Prüfbild 猫犬 \U0001f415.jpg"
    make_picture(path, 20, 10)
    assert read_picture(path).width == 20


@pytest.mark.parametrize("set_before", [True, False])
def test_opencv_leaves_no_trace_in_the_environment(set_before):
    names = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    if set_before:
        environment |= dict.fromkeys(names, "/mine")
    code = (
        "import os, annotator.media.opencv as shim\n"
        "assert shim.cv2.imread\n"
        "print([os.environ.get(name) for name in ('QT_QPA_PLATFORM_PLUGIN_PATH', 'QT_QPA_FONTDIR')])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ("['/mine', '/mine']" if set_before else "[None, None]")


def test_listing_and_headers_load_no_decoder():
    code = (
        "import sys, annotator.media.folder, annotator.media.header, annotator.media.identity\n"
        "sys.exit(' '.join({'cv2', 'simplejpeg', 'tifffile', 'numpy'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stderr.strip() == ""


def test_real_pictures_are_shown_or_said_to_be_broken(shared: Path):
    said: dict[str, str | None] = {}
    for path in sorted((shared / "images").iterdir()):
        if path.suffix in {".jpg", ".png", ".tif"}:
            try:
                said[path.name] = read_picture(path).problem
            except MediaError as error:
                said[path.name] = str(error).partition(": ")[2]
    assert len(said) > 25
    assert {name: text for name, text in said.items() if text} == {
        "truncated.jpg": "The picture is damaged: premature end of JPEG file.",
        "corrupt_bytes.jpg": "The picture is damaged: corrupt JPEG data: premature end of data segment.",
        "not_an_image.jpg": "it is not a picture of a known kind (JPEG, PNG, WebP, BMP or TIFF).",
    }


def test_real_pictures_look_like_their_originals(shared: Path):
    def mean_difference(name: str, other: str) -> float:
        first, second = (
            read_picture(shared / "images" / one).pixels[..., :3] for one in (name, other)
        )
        return float(np.abs(first.astype(int) - second).mean())

    assert mean_difference("coffee_cmyk.jpg", "coffee.png") < 4
    assert mean_difference("chelsea_rgba.png", "chelsea.png") < 1
