"""One shape through time as CVAT's video XML has it: moments, some of them key frames, the others interpolated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annotator.core.errors import InvalidValueError
from annotator.core.shapes import ElementShape
from annotator.formats.cvat.elements import Findings, flag, left_out, texts_of, whole
from annotator.formats.cvat.meta import LARGEST_FRAME
from annotator.formats.cvat.shapes import SHAPE_TAGS, Numbers, mask_of, numbers_of, shape_of
from annotator.safe_io import Limits

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


@dataclass(frozen=True, slots=True)
class Moment:
    """A shape on a frame. numbers: see `shapes`, empty for a mask. texts: values of attributes by name."""

    frame: int
    element: "Element"
    numbers: Numbers
    outside: bool
    occluded: bool
    z_order: int
    texts: Mapping[str, str]


@dataclass(slots=True)
class Line:
    """The moments of one shape: `keys` with their shapes by frame, `between` the interpolated ones."""

    keys: dict[int, tuple[Moment, ElementShape]] = field(default_factory=dict)
    between: list[Moment] = field(default_factory=list)


def frame_number(element: "Element") -> int:
    """Return the frame number of an element. Raises InvalidValueError."""
    frame = whole(element, "frame")
    if not 0 <= frame <= LARGEST_FRAME:
        raise InvalidValueError(f"The {element.tag} has the frame {frame}, which cannot be.")
    return frame


def count_key_frames(track: "Element") -> int:
    """Return on how many frames a track, or a track inside it, has a key frame."""
    shapes = (shape for one in track.iter("track") for shape in one if shape.tag in SHAPE_TAGS)
    return len({one.get("frame") for one in shapes if flag(one, "keyframe", missing=True)})


@dataclass(frozen=True, slots=True)
class MomentReader:
    """Takes elements into lines; one that is broken is left out and told."""

    limits: Limits
    findings: Findings

    def add_with_frame(self, line: Line, element: "Element") -> None:
        """Add an element that says itself which frame it is on."""
        try:
            frame = frame_number(element)
        except InvalidValueError as error:
            text = f"{error} It was left out."
            self.findings.skipped("bad-frame", text, element.sourceline)
            return
        self.add(line, element, frame, is_key=flag(element, "keyframe", missing=True))

    def add(self, line: Line, element: "Element", frame: int, *, is_key: bool) -> None:
        """Add an element as it is on a frame."""
        try:
            moment = _moment(element, frame, self.findings)
            if not is_key:
                line.between.append(moment)
            elif frame in line.keys:
                raise InvalidValueError(f"The track has a second key frame on frame {frame}.")
            else:
                line.keys[frame] = moment, self._shape(moment)
        except InvalidValueError as error:
            text = f"{error} {left_out(element)}"
            self.findings.skipped("bad-shape", text, element.sourceline)

    def _shape(self, moment: Moment) -> ElementShape:
        tag = moment.element.tag
        if tag == "mask":
            return mask_of(moment.element, self.limits)
        return shape_of(tag, moment.numbers)

    def refuse(self, element: "Element") -> None:
        """Tell of an element that does not belong where it stands."""
        text = f"A track holds <{str(element.tag)[:40]}>, which does not belong there; it was left out."
        self.findings.skipped("unknown-element", text, element.sourceline)


def _moment(element: "Element", frame: int, findings: Findings) -> Moment:
    return Moment(
        frame,
        element,
        [] if element.tag == "mask" else numbers_of(element),
        flag(element, "outside"),
        flag(element, "occluded"),
        whole(element, "z_order", 0),
        texts_of(element, findings),
    )
