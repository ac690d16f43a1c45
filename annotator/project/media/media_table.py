"""Questions about media files by where they lie."""

import json
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any, Final

import apsw

from annotator.media.archive import ARCHIVE_SUFFIXES
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.project.storage.records import FRAME_SELECT, frame_of

_PAGED: Final = frozenset({".tif", ".tiff"})


def own_file(project: Project, frame: Frame) -> Path | None:
    """Return the file of a frame that is there and holds this frame's picture alone, or None.

    Raises InputError where the project names a file outside the folder of its media.
    """
    path = project.media_path(frame)
    if path is None or path.suffix.lower() in ARCHIVE_SUFFIXES or not path.is_file():
        return None
    if path.suffix.lower() in _PAGED and project.ask(partial(_is_shared, media=frame.media)):
        return None
    return path


def _is_shared(db: apsw.Connection, media: int | None) -> bool:
    query = "SELECT count(*) FROM (SELECT 1 FROM frame WHERE media_id = ? LIMIT 2)"
    count: Any = db.execute(query, (media,)).fetchone()
    return bool(count[0] > 1)


def frames_of_paths(db: apsw.Connection, root: int, paths: Collection[str]) -> list[Frame]:
    """Return the frames, without removed ones, whose media lie at some paths below a root, in their order."""
    rows: Any = db.execute(
        f"{FRAME_SELECT} WHERE removed = 0 AND media_id IN"  # noqa: S608 - own words
        " (SELECT id FROM media WHERE root_id = ? AND path IN (SELECT value FROM json_each(?)))"
        " ORDER BY task_id, position",
        (root, json.dumps(list(paths))),
    ).fetchall()
    return [frame_of(row) for row in rows]
