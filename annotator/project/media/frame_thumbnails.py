"""The thumbnails of the frames of a project: from its cache where the file is still the same, else from the file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from annotator.core.errors import AnnotatorError
from annotator.media.buffers import Pixels
from annotator.media.errors import MediaError
from annotator.media.identity import FileIdentity, file_identity
from annotator.media.thumbnails import Box, fitted, kept_size, make_thumbnail, pack, unpack
from annotator.project.media.thumbnail_store import ThumbnailKey, ThumbnailStore
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.safe_io import InputError

Trouble: TypeAlias = Literal["", "missing", "broken", "none"]


@dataclass(frozen=True, slots=True)
class FrameThumbnail:
    """What a list shows of the picture of a frame.

    pixels: (H, W, 4), opaque, read-only; None where there is none. identity: of the file, None where it is not
    there. trouble: "missing" for a file that is not there, of which an older thumbnail may be, "broken" for one that
    is no picture, "none" for a frame without media. reason: the trouble as a sentence.
    """

    pixels: Pixels | None
    identity: FileIdentity | None = None
    trouble: Trouble = ""
    reason: str = ""

    @property
    def nbytes(self) -> int:
        """Its bytes in memory."""
        return 0 if self.pixels is None else self.pixels.nbytes


class FrameThumbnails:
    """Makes and keeps thumbnails; for any thread. A project that cannot be changed is given no cache."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = ThumbnailStore(project.folder) if project.is_writable else None

    def read(
        self, frame_id: int, box: Box, known: FileIdentity | None = None
    ) -> FrameThumbnail | None:
        """Return the thumbnail of a frame in a box.

        known: the identity that is shown already; None is returned where the file still has it. Raises ProjectError.
        """
        frame = self._project.frame(frame_id)
        if frame is None or frame.media is None:
            return FrameThumbnail(None, None, "none", "This frame has no picture.")
        try:
            path = self._project.media_path(frame)
        except InputError as error:
            return FrameThumbnail(None, None, "missing", str(error))
        assert path is not None
        try:
            identity = file_identity(path)
        except MediaError as error:
            kept = self._kept(_key(frame, box), None)
            return FrameThumbnail(_sized(kept, box), None, "missing", str(error))
        if known is not None and (identity.size, identity.mtime_ns) == (known.size, known.mtime_ns):
            return None
        try:
            pixels = self._pixels(path, frame, identity, box)
        except AnnotatorError as error:
            return FrameThumbnail(None, identity, "broken", str(error))
        return FrameThumbnail(_sized(pixels, box), identity)

    def close(self) -> None:
        """Close the cache; not for the GUI thread."""
        if self._store is not None:
            self._store.close()

    def _pixels(self, path: Path, frame: Frame, identity: FileIdentity, box: Box) -> Pixels:
        key = _key(frame, box)
        kept = self._kept(key, identity)
        if kept is not None:
            return kept
        pixels = make_thumbnail(path, frame.source_index, box=kept_size(box))
        if self._store is not None:
            self._store.put(key, identity, pack(pixels))
        return pixels

    def _kept(self, key: ThumbnailKey, identity: FileIdentity | None) -> Pixels | None:
        data = None if self._store is None else self._store.get(key, identity)
        return None if data is None else unpack(data)


def _key(frame: Frame, box: Box) -> ThumbnailKey:
    assert frame.media is not None
    return ThumbnailKey(frame.media, frame.source_index, kept_size(box)[0])


def _sized(pixels: Pixels | None, box: Box) -> Pixels | None:
    if pixels is None:
        return None
    result = fitted(pixels, box)
    # A part of a picture would keep the whole of it in memory.
    result = result.copy() if result.base is not None else result
    result.flags.writeable = False
    return result
