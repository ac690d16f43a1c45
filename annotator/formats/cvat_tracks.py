"""The `<track>` element of CVAT's video XML: one object through time.

CVAT writes every frame on which an object is seen, the interpolated ones with `keyframe="0"`. Those are not read:
they are made again. Where they say something else than interpolation gives, that is told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annotator.core.annotations import GROUP_LIMIT, Annotation, Keyframe, Track
from annotator.core.errors import InvalidValueError
from annotator.core.labels import Attribute
from annotator.core.shapes import Attributes, AttributeValue, Skeleton, SkeletonElement
from annotator.formats.cvat_elements import (
    Findings,
    NamesOfLabel,
    flag,
    foreign_of_shape,
    foreign_of_track,
    joined,
    source_of,
    texts_of,
    values_of,
    whole,
)
from annotator.formats.cvat_meta import FrameRange
from annotator.formats.cvat_moments import Line, add_shape, count_differing, frame_number
from annotator.formats.cvat_shapes import ELEMENT_TAGS
from annotator.safe_io import Limits

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


@dataclass(frozen=True, slots=True)
class TrackReader:
    """Reads the tracks of one file.

    shapes_from_single_frames: whether a track that is seen on one frame only, as CVAT writes a plain shape of a
    video, becomes a plain shape again. Masks always do: CVAT has no tracks of masks.
    """

    labels: Mapping[str, NamesOfLabel]
    frames: FrameRange
    limits: Limits
    findings: Findings
    shapes_from_single_frames: bool = False

    def read(self, element: "Element") -> Iterator[Track | Annotation]:
        """Yield what a `<track>` element stands for: a track, or plain shapes, or nothing."""
        names = self.labels.get((element.get("label") or "").strip())
        if names is None:
            text = (
                f"The track has the label {(element.get('label') or '')[:40]!r}, which cannot be."
            )
            self.findings.skipped("unknown-label", text, element.sourceline)
            return
        is_skeleton = any(child.tag in ("skeleton", "track") for child in element)
        keyframes, constant = (
            self._skeleton(element, names) if is_skeleton else self._plain(element, names)
        )
        if not keyframes:
            text = "The track has no key frame that can be read."
            self.findings.skipped("no-keyframes", text, element.sourceline)
            return
        track = Track(
            names.label.id,
            tuple(keyframes),
            constant,
            self._group(element),
            source_of(element),
            foreign_of_track(element),
        )
        if track.kind == "mask":
            yield from (plain_shape(track, one) for one in keyframes if not one.outside)
        elif self.shapes_from_single_frames and self._is_seen_once(keyframes):
            yield plain_shape(track, keyframes[0])
        else:
            yield track

    def _group(self, element: "Element") -> int:
        try:
            return whole(element, "group_id", 0, GROUP_LIMIT)
        except InvalidValueError as error:
            self.findings.changed("bad-group", f"{error} It was left out.", element.sourceline)
            return 0

    def _is_seen_once(self, keyframes: list[Keyframe]) -> bool:
        first, following = keyframes[0], keyframes[0].frame + self.frames.step
        if first.outside:
            return False
        if len(keyframes) == 1:
            # CVAT leaves out the end where it would be on the last frame or beyond.
            return self.frames.stop is not None and following >= self.frames.stop
        return len(keyframes) == 2 and keyframes[1].outside and keyframes[1].frame == following

    # --- one shape ------------------------------------------------------------------------------------------

    def _plain(self, element: "Element", names: NamesOfLabel) -> tuple[list[Keyframe], Attributes]:
        line = Line()
        for child in element:
            if child.tag in ELEMENT_TAGS:
                self._add(line, child)
            else:
                self._unknown(child)
        self._keep_one_kind(line)
        is_mask = any(shape.kind == "mask" for _, shape in line.keys.values())
        self._tell_differing(
            element,
            # Plain shapes are seen on their own frames only.
            len(line.between) if is_mask else count_differing(line, _mutable(names.attributes)),
        )
        values = _Values(names.attributes)
        keyframes = [
            Keyframe(
                frame,
                shape,
                moment.outside,
                moment.occluded,
                moment.z_order,
                values.taken(moment.texts),
                source_of(element),
                foreign=foreign_of_shape(moment.element),
            )
            for frame, (moment, shape) in sorted(line.keys.items())
        ]
        self._tell_changing(element, values)
        return keyframes, values.constant

    def _add(self, line: Line, child: "Element") -> None:
        try:
            frame = frame_number(child)
        except InvalidValueError as error:
            self.findings.skipped("bad-frame", str(error), child.sourceline)
            return
        is_key = flag(child, "keyframe", missing=True)
        add_shape(line, child, frame, is_key=is_key, limits=self.limits, findings=self.findings)

    def _keep_one_kind(self, line: Line) -> None:
        keys = sorted(line.keys.items())
        for frame, (moment, shape) in keys:
            if shape.kind != keys[0][1][1].kind:
                text = f"A {shape.kind} stands in the track of a {keys[0][1][1].kind}."
                self.findings.skipped("bad-shape", text, moment.element.sourceline)
                del line.keys[frame]

    def _unknown(self, child: "Element") -> None:
        text = f"A track holds <{str(child.tag)[:40]}>, which is no shape."
        self.findings.skipped("unknown-element", text, child.sourceline)

    def _tell_differing(self, element: "Element", count: int) -> None:
        if count:
            text = (
                f"Shapes between key frames that are not what the key frames give there: {count}. "
                "They were left out, as CVAT does; set key frames where they matter."
            )
            self.findings.changed("not-interpolated", text, element.sourceline)

    def _tell_changing(self, element: "Element", values: "_Values") -> None:
        if values.changing:
            names = ", ".join(map(repr, sorted(values.changing)))
            text = f"The value of {names} changes, which its label does not allow; the last one was taken."
            self.findings.changed("changing-attribute", text, element.sourceline)

    # --- skeletons ------------------------------------------------------------------------------------------

    def _skeleton(
        self, element: "Element", names: NamesOfLabel
    ) -> tuple[list[Keyframe], Attributes]:
        states: dict[int, _State] = {}
        lines: dict[int, Line] = {point.point.id: Line() for point in names.points.values()}
        for child in element:
            if child.tag == "skeleton":
                self._add_skeleton(child, names, states, lines)
            elif child.tag == "track":
                self._add_nested(child, names, lines)
            else:
                self._unknown(child)
        values = {
            point.point.id: (point.attributes, _mutable(point.attributes))
            for point in names.points.values()
        }
        differing = sum(count_differing(line, values[point][1]) for point, line in lines.items())
        self._tell_differing(element, differing)
        elements = {
            point: {
                frame: SkeletonElement(
                    shape,
                    moment.occluded,
                    moment.outside,
                    values_of(moment.texts, values[point][0]),
                )
                for frame, (moment, shape) in line.keys.items()
            }
            for point, line in lines.items()
        }
        return self._skeleton_keyframes(element, names, states, elements)

    def _skeleton_keyframes(
        self,
        element: "Element",
        names: NamesOfLabel,
        states: dict[int, "_State"],
        elements: dict[int, dict[int, SkeletonElement]],
    ) -> tuple[list[Keyframe], Attributes]:
        values = _Values(names.attributes)
        frames = sorted(states.keys() | {frame for keys in elements.values() for frame in keys})
        keyframes: list[Keyframe] = []
        state = _State()
        seen: dict[int, SkeletonElement] = {}
        for frame in frames:
            state = states.get(frame, state)
            here = {point: keys[frame] for point, keys in elements.items() if frame in keys}
            seen |= here
            keyframes.append(
                Keyframe(
                    frame,
                    Skeleton(here),
                    state.outside or (bool(seen) and all(one.outside for one in seen.values())),
                    state.occluded,
                    state.z_order,
                    values.taken(state.texts),
                    source_of(element),
                    foreign={} if state.element is None else foreign_of_shape(state.element),
                )
            )
        self._tell_changing(element, values)
        return keyframes, values.constant

    def _add_skeleton(
        self,
        skeleton: "Element",
        names: NamesOfLabel,
        states: dict[int, "_State"],
        lines: dict[int, Line],
    ) -> None:
        try:
            frame = frame_number(skeleton)
            z_order = whole(skeleton, "z_order", 0)
            if frame in states:
                raise InvalidValueError(f"The track has a second skeleton on frame {frame}.")
        except InvalidValueError as error:
            self.findings.skipped("bad-shape", str(error), skeleton.sourceline)
            return
        is_key = flag(skeleton, "keyframe", missing=True)
        if is_key:
            outside, occluded = flag(skeleton, "outside"), flag(skeleton, "occluded")
            states[frame] = _State(outside, occluded, z_order, texts_of(skeleton), skeleton)
        for child in skeleton:
            if child.tag in ELEMENT_TAGS:
                line = self._line(child, names, lines)
                if line is not None:
                    is_own_key = flag(child, "keyframe", missing=is_key)
                    add_shape(
                        line,
                        child,
                        frame,
                        is_key=is_own_key,
                        limits=self.limits,
                        findings=self.findings,
                    )
            elif child.tag != "attribute":
                self._unknown(child)

    def _add_nested(self, track: "Element", names: NamesOfLabel, lines: dict[int, Line]) -> None:
        """Read the other dialect: the elements of a skeleton as tracks inside its track."""
        line = self._line(track, names, lines)
        if line is None:
            return
        for child in track:
            if child.tag in ELEMENT_TAGS:
                self._add(line, child)
            else:
                self._unknown(child)

    def _line(self, element: "Element", names: NamesOfLabel, lines: dict[int, Line]) -> Line | None:
        name = (element.get("label") or "").strip()
        point = names.points.get(name)
        if point is None:
            text = f"Skeleton {names.label.name!r} has no point {name[:40]!r}."
            self.findings.skipped("unknown-label", text, element.sourceline)
            return None
        return lines[point.point.id]


@dataclass(frozen=True, slots=True)
class _State:
    """What a key frame says of a skeleton as a whole; it holds until the next."""

    outside: bool = False
    occluded: bool = False
    z_order: int = 0
    texts: Mapping[str, str] = field(default_factory=dict)
    element: "Element | None" = None


class _Values:
    """Parts the values of key frames: those that may change stay there, of the others the last one counts."""

    def __init__(self, attributes: Mapping[str, Attribute]) -> None:
        self._attributes = attributes
        self._mutable = {one.id for one in attributes.values() if one.mutable}
        self._names = {one.id: one.name for one in attributes.values()}
        self.constant: dict[int, AttributeValue] = {}
        self.changing: set[str] = set()

    def taken(self, texts: Mapping[str, str]) -> dict[int, AttributeValue]:
        """Return the values that may change, and remember the others."""
        if not texts:
            return {}
        here: dict[int, AttributeValue] = {}
        for attribute, value in values_of(texts, self._attributes).items():
            if attribute in self._mutable:
                here[attribute] = value
                continue
            if self.constant.get(attribute, value) != value:
                self.changing.add(self._names[attribute])
            self.constant[attribute] = value
        return here


def _mutable(attributes: Mapping[str, Attribute]) -> frozenset[str]:
    return frozenset(name for name, one in attributes.items() if one.mutable)


def plain_shape(track: Track, keyframe: Keyframe) -> Annotation:
    """Return what a key frame of a track shows as an annotation of its own."""
    return Annotation(
        keyframe.frame,
        track.label,
        keyframe.shape,
        {**track.attributes, **keyframe.attributes},
        keyframe.occluded,
        keyframe.z_order,
        track.group,
        track.source,
        foreign=joined(track.foreign, keyframe.foreign),
    )
