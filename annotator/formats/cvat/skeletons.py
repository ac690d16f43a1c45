"""Tracks of skeletons in CVAT's video XML, in both of its dialects.

CVAT writes a `<skeleton>` for each frame with its elements inside; other programs write the elements as tracks
inside the track. Either way each element has key frames of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annotator.core.annotations import Keyframe, Source
from annotator.core.errors import InvalidValueError
from annotator.core.shapes import Skeleton, SkeletonElement
from annotator.formats.cvat.between import count_differing
from annotator.formats.cvat.elements import (
    NamesOfLabel,
    flag,
    foreign_of_shape,
    texts_of,
    values_of,
    whole,
)
from annotator.formats.cvat.moments import Line, MomentReader, count_key_frames, frame_number
from annotator.formats.cvat.shapes import ELEMENT_TAGS
from annotator.formats.cvat.track_values import TrackValues, mutable_names

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


@dataclass(frozen=True, slots=True)
class _State:
    """What a key frame says of a skeleton as a whole; it holds until the next."""

    outside: bool = False
    occluded: bool = False
    z_order: int = 0
    texts: Mapping[str, str] = field(default_factory=dict)
    element: "Element | None" = None


class SkeletonTrack:
    """Collects one track: what its key frames say of the whole, and a line for each point of the skeleton."""

    def __init__(self, names: NamesOfLabel, reader: MomentReader) -> None:
        self._names, self._reader = names, reader
        self._states: dict[int, _State] = {}
        self._lines = {name: Line() for name in names.points}

    def add(self, child: "Element") -> None:
        """Take in a child of the track."""
        if child.tag == "skeleton":
            self._add_skeleton(child)
        elif child.tag == "track":
            self._add_nested(child)
        else:
            self._reader.refuse(child)

    def _add_skeleton(self, skeleton: "Element") -> None:
        try:
            frame = frame_number(skeleton)
            z_order = whole(skeleton, "z_order", 0)
            if frame in self._states:
                raise InvalidValueError(f"The track has a second skeleton on frame {frame}.")
        except InvalidValueError as error:
            text = f"{error} The skeleton was left out."
            self._reader.findings.skipped("bad-shape", text, skeleton.sourceline)
            return
        is_key = flag(skeleton, "keyframe", missing=True)
        if is_key:
            outside, occluded = flag(skeleton, "outside"), flag(skeleton, "occluded")
            texts = texts_of(skeleton, self._reader.findings)
            self._states[frame] = _State(outside, occluded, z_order, texts, skeleton)
        for child in skeleton:
            if child.tag in ELEMENT_TAGS:
                line = self._line(child)
                if line is not None:
                    is_own_key = flag(child, "keyframe", missing=is_key)
                    self._reader.add(line, child, frame, is_key=is_own_key)
            elif child.tag != "attribute":
                self._reader.refuse(child)

    def _add_nested(self, track: "Element") -> None:
        line = self._line(track)
        if line is None:
            return
        for child in track:
            if child.tag in ELEMENT_TAGS:
                self._reader.add_with_frame(line, child)
            else:
                self._reader.refuse(child)

    def _line(self, element: "Element") -> Line | None:
        name = (element.get("label") or "").strip()
        line = self._lines.get(name)
        if line is None:
            text = (
                f"Skeleton {self._names.label.name!r} has no point {name[:40]!r}; it was left out."
            )
            count = max(1, count_key_frames(element))
            self._reader.findings.skipped("unknown-label", text, element.sourceline, count)
        return line

    def count_differing(self) -> int:
        """Return how many elements between key frames are not what interpolation gives."""
        return sum(
            count_differing(line, mutable_names(self._names.points[name].attributes))
            for name, line in self._lines.items()
        )

    def keyframes(self, values: TrackValues, source: Source) -> list[Keyframe]:
        """Return a key frame for each frame on which the whole or an element has a key.

        The whole is outside where it says so, or where all elements seen so far are.
        """
        elements = {
            self._names.points[name].point.id: self._elements(name, line)
            for name, line in self._lines.items()
        }
        frames = self._states.keys() | {frame for keys in elements.values() for frame in keys}
        keyframes: list[Keyframe] = []
        state = _State()
        seen: dict[int, SkeletonElement] = {}
        for frame in sorted(frames):
            state = self._states.get(frame, state)
            here = {point: keys[frame] for point, keys in elements.items() if frame in keys}
            seen |= here
            all_outside = bool(seen) and all(one.outside for one in seen.values())
            keyframe = Keyframe(
                frame,
                Skeleton(here),
                state.outside or all_outside,
                state.occluded,
                state.z_order,
                values.taken(state.texts),
                source,
                foreign={} if state.element is None else foreign_of_shape(state.element),
            )
            keyframes.append(keyframe)
        return keyframes

    def _elements(self, name: str, line: Line) -> dict[int, SkeletonElement]:
        attributes = self._names.points[name].attributes
        return {
            frame: SkeletonElement(
                shape, moment.occluded, moment.outside, values_of(moment.texts, attributes)
            )
            for frame, (moment, shape) in line.keys.items()
        }
