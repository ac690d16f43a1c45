"""Which frames a reader will find in a file of CVAT for video."""

from collections.abc import Iterator

from annotator.core.annotations import Track
from annotator.formats.cvat.holding import Holding
from annotator.formats.cvat.meta import known_subset
from annotator.formats.cvat.xml import legal_text
from annotator.formats.facts import frame_name
from annotator.safe_io import DEFAULT_LIMITS


class HeldFrames:
    """The frames that will be read back: all of the range, and beyond it those of key frames and masks."""

    def __init__(self, holding: Holding) -> None:
        frames = holding.frames
        self.range = range(
            frames.start, -1 if frames.stop is None else frames.stop + 1, frames.step
        )
        if len(self.range) > DEFAULT_LIMITS.entries:
            # A reader does not believe in so many; see `memory.MemoryDataset`.
            self.range = range(0)
        self._known = holding.shown_frames
        self.beyond: set[int] = set()
        self._of_tracks: dict[int, str] = {}
        self._of_shapes: dict[int, str] = {}

    def note_track(self, track: Track) -> None:
        """Take note of the frames that the key frames of a track are on."""
        for keyframe in track.keyframes:
            if keyframe.frame not in self.range:
                self.beyond.add(keyframe.frame)

    def note_mask(self, frame: int, subset: str, *, is_from_track: bool) -> None:
        """Take note of a frame that a mask is on; the first mask in the file that has a subset gives it that."""
        subsets = self._of_tracks if is_from_track else self._of_shapes
        if name := known_subset(legal_text(subset)):
            subsets.setdefault(frame, name)
        if frame not in self.range:
            self.beyond.add(frame)

    def missing(self) -> Iterator[str]:
        """Yield the names of the frames of the range that are not in the view."""
        known = set(self._known) if len(self._known) < len(self.range) else self.range
        for number in self.range:
            if number not in known:
                yield frame_name("", number)

    def subsets(self) -> Iterator[tuple[str, str]]:
        """Yield the names of frames that get a subset, with it."""
        for number, subset in {**self._of_shapes, **self._of_tracks}.items():
            yield frame_name("", number), subset
