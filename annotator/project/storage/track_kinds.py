"""The law that all key frames of a track have shapes of one kind, which holds after every transaction.

`Track` has it too, but nobody need have the whole track in hand who sets one key frame, or takes one back.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

import apsw

from annotator.project.storage.row_changes import RowChange
from annotator.project.storage.schema import COLUMNS

TRACK: Final = COLUMNS["shape"].index("track_id")
KIND: Final = COLUMNS["shape"].index("kind")

# Those that were there before are of one kind, so that one of them stands for all.
_BREACH: Final = """
    WITH written (id) AS MATERIALIZED (SELECT value FROM json_each(?)),
         touched AS (SELECT track_id, min(kind) AS least, max(kind) AS most FROM written
                     JOIN shape USING (id) WHERE track_id IS NOT NULL GROUP BY track_id)
    SELECT 1 FROM touched WHERE least <> most OR least <> (
        SELECT kind FROM shape
        WHERE shape.track_id = touched.track_id AND shape.id NOT IN (SELECT id FROM written) LIMIT 1
    ) LIMIT 1
"""


def are_mixed(db: apsw.Connection, row_ids: Iterable[int]) -> bool:
    """Whether key frames that were just written left a track with shapes of several kinds."""
    return db.execute(_BREACH, (json.dumps(list(row_ids)),)).fetchone() is not None


def keyframes_coming(changes: Iterable[RowChange]) -> Iterator[tuple[int, Any, int]]:
    """Yield (id, track, kind) of key frames that will come, or be of another kind, once changes are applied.

    The track is `apsw.no_change` for a row that is there already, which may be an annotation too.
    """
    for table, row_id, _, then in changes:
        if table == "shape" and then is not None and then[TRACK] is not None:
            kind = then[KIND]
            if kind is not apsw.no_change:
                yield row_id, then[TRACK], kind
