"""Which shared libraries a 64-bit little-endian ELF file names as needed (System V ABI, chapter 5)."""

import struct
from pathlib import Path

DYNAMIC_SECTION = 6
NEEDED = 1


def needed_libraries(path: Path) -> list[str]:
    data = path.read_bytes()
    assert data[:6] == b"\x7fELF\x02\x01", f"{path} is not such a file"
    (table,) = struct.unpack_from("<Q", data, 0x28)
    size, count = struct.unpack_from("<HH", data, 0x3A)
    sections = [
        struct.unpack_from("<IIQQQQII", data, table + number * size) for number in range(count)
    ]
    names = []
    for _, kind, _, _, offset, length, link, _ in sections:
        if kind != DYNAMIC_SECTION:
            continue
        texts = sections[link][4]
        for tag, value in struct.iter_unpack("<qQ", data[offset : offset + length]):
            if tag == NEEDED:
                start = texts + value
                names.append(data[start : data.index(b"\0", start)].decode())
    return names
