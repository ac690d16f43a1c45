"""Questions about media files by where they lie."""

import json
from collections.abc import Collection
from typing import Any, Final

import apsw

from annotator.project.organisation import Frame
from annotator.project.storage.records import FRAME_SELECT, frame_of

_PAGED: Final = frozenset({".tif", ".tiff"})


def frames_of_paths(db: apsw.Connection, root: int, paths: Collection[str]) -> list[Frame]:
    """Return the frames, without removed ones, whose media lie at some paths below a root, in their order."""
    rows: Any = db.execute(
        f"{FRAME_SELECT} WHERE removed = 0 AND media_id IN"  # noqa: S608 - own words
        " (SELECT id FROM media WHERE root_id = ? AND path IN (SELECT value FROM json_each(?)))"
        " ORDER BY task_id, position",
        (root, json.dumps(list(paths))),
    ).fetchall()
    return [frame_of(row) for row in rows]
