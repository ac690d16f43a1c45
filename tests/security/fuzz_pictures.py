"""Changes bytes of a picture file at random and decodes what comes out. Run in a process of its own."""

import random
import struct
import zlib
from pathlib import Path

from annotator.core.errors import AnnotatorError
from tests.unit.media.decoded import decode_picture

VALUES = (0, 1, 127, 128, 255)
LARGE = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4))


def count_shown(path: Path, rounds: int) -> int:
    """Decode `rounds` changed copies; return how many could be. Raises whatever is not an AnnotatorError."""
    seed = path.read_bytes()
    chance = random.Random(path.name)
    shown = 0
    for _ in range(rounds):
        try:
            picture = decode_picture(with_right_sums(changed(seed, chance)))
        except AnnotatorError:
            continue
        assert picture.pixels.shape == (picture.height, picture.width, 4)
        picture.pixels.sum()
        shown += 1
    return shown


def changed(seed: bytes, chance: random.Random) -> bytearray:
    data = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        # Most of what matters stands in front.
        place = chance.randrange(max(1, min(len(data), chance.choice((40, 200, len(data))))))
        match chance.randrange(5):
            case 0 | 1:
                data[place : place + 1] = bytes([chance.choice((*VALUES, chance.randrange(256)))])
            case 2:
                data[place : place + 4] = chance.choice(LARGE)
            case 3:
                del data[place : place + chance.randrange(1, 20)]
            case _:
                data[place:place] = data[place : place + chance.randrange(1, 50)]
    return data


def with_right_sums(data: bytearray) -> bytes:
    """Mend the check sums of a PNG file; with wrong ones nothing behind them would be tried."""
    place = 8
    while data.startswith(b"\x89PNG") and place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        end = place + 8 + length
        if end + 4 <= len(data):
            data[end : end + 4] = struct.pack(">I", zlib.crc32(data[place + 4 : end]))
        place = end + 4
    return bytes(data)
