"""A decoded picture."""

from dataclasses import dataclass

from annotator.media.buffers import Pixels


@dataclass(frozen=True, slots=True)
class Picture:
    """The pixels of one picture, upright and ready to be painted."""

    pixels: Pixels
    """(H, W, 4), blue, green, red, alpha; contiguous, read-only, shared by all who show it. Alpha is not
    multiplied into the colours, and 255 throughout where `has_alpha` is false."""
    has_alpha: bool = False
    """Whether any pixel lets through what is behind it."""
    problem: str | None = None
    """What is wrong with the file, as a sentence, where it could be decoded all the same."""

    def __post_init__(self) -> None:
        self.pixels.flags.writeable = False

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.pixels.shape[0])
