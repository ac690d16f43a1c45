"""How much of an untrusted file the program takes in before it says no."""

from dataclasses import dataclass
from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on untrusted input. They hold for real data with a wide margin; whoever opens something can give others."""

    file_bytes: int = 4 * GIB
    """A file that is read into memory as a whole."""
    stream_bytes: int = 16 * GIB
    """A document that is read piece by piece, after decompression."""
    expansion: int = 100
    """Decompressed bytes for each compressed one, once past `expansion_free_bytes`."""
    expansion_free_bytes: int = 10 * MIB
    json_depth: int = 200
    yaml_bytes: int = 32 * MIB
    yaml_depth: int = 64
    yaml_nodes: int = 1_000_000
    """Nodes met while walking a YAML document, each alias counted every time it is used."""
    entries: int = 2_000_000
    """Files in one archive or folder."""
    picture_pixels: int = 300_000_000
    picture_bytes: int = 2 * GIB
    """One picture, decoded."""


DEFAULT_LIMITS: Final = Limits()
