"""Where frames lie in the film strip: cells of one width side by side, in device-independent pixels."""

from dataclasses import dataclass
from typing import Final

LEAST: Final = 64
MOST: Final = 200
_RATIO: Final = 1.5

# Above the picture, between it and the text, the text, below it, the scroll bar.
_TOP: Final = 5
_BETWEEN: Final = 1
TEXT: Final = 15
_BOTTOM: Final = 1
_GAP: Final = 8
SCROLL_BAR: Final = 10
# Of what the strip shows, so much more is wanted: ahead in the direction it goes, and behind.
_AHEAD: Final = 1.0
_BEHIND: Final = 0.5


@dataclass(frozen=True, slots=True)
class StripLayout:
    """Cells of pictures that are at most `height` pixels high. count: of frames. view: the width that is seen."""

    count: int = 0
    height: int = LEAST
    view: int = 0

    @property
    def picture(self) -> tuple[int, int]:
        """The width and height that a picture has at most."""
        return round(self.height * _RATIO), self.height

    @property
    def step(self) -> int:
        """From one cell to the next."""
        return self.picture[0] + _GAP

    @property
    def width(self) -> int:
        """Of all cells together."""
        return self.count * self.step + _GAP if self.count else 0

    @property
    def furthest(self) -> int:
        """The offset at which the last frame is at the right."""
        return max(0, self.width - self.view)

    def left(self, number: int) -> int:
        """Where the picture of a frame begins; half a gap on each side of it belongs to its cell."""
        return _GAP + number * self.step

    def picture_place(self, number: int) -> tuple[int, int, int, int]:
        """Return x, y, width and height of the room for a picture."""
        return self.left(number), _TOP, *self.picture

    def text_place(self, number: int) -> tuple[int, int, int, int]:
        """Return x, y, width and height of the line below a picture."""
        return self.left(number), _TOP + self.height + _BETWEEN, self.picture[0], TEXT

    def number_at(self, x: int) -> int | None:
        """Return the frame whose cell is at a place, or None."""
        number = (x - _GAP // 2) // self.step
        return number if 0 <= number < self.count and x >= 0 else None

    def seen(self, offset: int, *, before: int = 0, behind: int = 0) -> range:
        """Return the frames that are seen at least in part, and so many more on each side."""
        if not self.count:
            return range(0)
        first = max(0, (offset - _GAP // 2) // self.step - before)
        last = max(0, (offset + self.view - 1 - _GAP // 2) // self.step) + behind
        return range(min(first, self.count - 1), min(last, self.count - 1) + 1)

    def is_whole(self, number: int, offset: int) -> bool:
        """Whether all of a frame is seen."""
        left = self.left(number)
        return offset <= left and left + self.picture[0] <= offset + self.view

    def offset_to_show(self, number: int, offset: int) -> int:
        """Return the offset nearest to the present one at which a frame and the ones beside it are seen.

        From far away it comes to the middle.
        """
        margin = self.step + _GAP if self.view >= 3 * self.step + _GAP else _GAP
        least = self.left(number) + self.picture[0] + margin - self.view
        most = self.left(number) - margin
        wanted = min(max(offset, least), most)
        if abs(wanted - offset) > self.view:
            wanted = self.left(number) - (self.view - self.picture[0]) // 2
        return min(max(wanted, 0), self.furthest)

    def same_place(self, other: "StripLayout", offset: int, x: int) -> int:
        """Return the offset at which what is at `x` of the view stays there, after another layout had `offset`."""
        frames = (offset + x - _GAP / 2) / other.step
        return min(max(round(frames * self.step + _GAP / 2 - x), 0), self.furthest)


def height_for(dock: int) -> int:
    """Return the height of pictures in a strip of a height."""
    return min(MOST, max(LEAST, dock - (_TOP + _BETWEEN + TEXT + _BOTTOM + SCROLL_BAR)))


def strip_height(height: int) -> int:
    """Return the height of a strip for pictures of a height."""
    return _TOP + height + _BETWEEN + TEXT + _BOTTOM + SCROLL_BAR


def wanted_first(seen: range, count: int, shown: int, direction: int) -> list[int]:
    """Return the frames whose pictures are wanted, the most wanted first.

    That is the shown one, what is in sight, then what will come into sight. count: of all frames. direction: 1 where
    the strip goes to later frames, -1 where it goes back.
    """
    ahead, behind = round(len(seen) * _AHEAD), round(len(seen) * _BEHIND)
    if direction < 0:
        ahead, behind = behind, ahead
    after = range(seen.stop, min(count, seen.stop + ahead))
    before = range(seen.start - 1, max(0, seen.start - behind) - 1, -1)
    in_sight = sorted(seen, key=lambda number: number != shown)
    beyond = (after, before) if direction > 0 else (before, after)
    return [*in_sight, *beyond[0], *beyond[1]]
