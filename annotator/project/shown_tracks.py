"""What tracks show on a frame, as annotations: at their key frames and between them."""

from collections.abc import Iterator

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.interpolation import interpolate_track
from annotator.project.organisation import Frame
from annotator.project.project import Project


class ShownTracks:
    """The tracks of a project with the places of their key frames, read again when they have changed."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._places: dict[int, _Places] = {}

    def on(self, frame: Frame) -> Iterator[Annotation]:
        """Yield what each track shows on a frame, with the id of the track."""
        tracks = self._project.tracks(frame.task)
        if not tracks:
            return
        places = self._places.get(frame.task)
        if places is None or places.tracks is not tracks:
            places = self._places[frame.task] = _Places(self._project, frame.task, tracks)
        yield from places.shown(frame)


class _Places:
    """The tracks of a task with the positions of the frames of their key frames."""

    def __init__(self, project: Project, task: int, tracks: list[Track]) -> None:
        self.tracks = tracks
        wanted = {keyframe.frame for track in tracks for keyframe in track.keyframes}
        # Removed frames, too: a track that has a key frame on one goes on from there.
        self._position_of = {
            frame.id: frame.position for frame in project.all_frames(task) if frame.id in wanted
        }

    def shown(self, frame: Frame) -> Iterator[Annotation]:
        """Yield what each track shows on a frame."""

        def place(frame_id: int) -> int:
            return frame.position if frame_id == frame.id else self._position_of[frame_id]

        for track in self.tracks:
            keyframe = interpolate_track(track, frame.id, place)
            if keyframe is not None and not keyframe.outside:
                yield _as_annotation(track, keyframe, frame)


def _as_annotation(track: Track, keyframe: Keyframe, frame: Frame) -> Annotation:
    return Annotation(
        frame.id,
        track.label,
        keyframe.shape,
        {**track.attributes, **keyframe.attributes},
        keyframe.occluded,
        keyframe.z_order,
        track.group,
        keyframe.source,
        keyframe.score,
        id=track.id,
    )
