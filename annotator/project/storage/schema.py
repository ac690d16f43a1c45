"""The tables of a project.

Recorded tables are those whose changes a step holds and undo reverts; each of their rows carries `rev`, the
number of the transaction that wrote it last, so that any later change to a row is seen. Counters, media
identities and the history itself are never recorded.
"""

from typing import Final

# "Anno" in ASCII: lets `file` and others tell a project from any SQLite database.
APPLICATION_ID: Final = 0x416E6E6F
SCHEMA_VERSION: Final = 3
# The first version whose recorded tables have the columns of today: steps made since can be undone.
RECORDED_SINCE: Final = 2

# In an order in which parents come before children.
RECORDED_TABLES: Final = (
    "label", "task", "job", "media_root", "media", "frame", "track", "shape", "geometry", "rejection",
)  # fmt: skip

# The columns of the recorded tables in their order, which is that of a changeset's values too.
COLUMNS: Final = {
    table: tuple(names.split())
    for table, names in {
        "label": "id rev position definition",
        "task": "id rev name definition",
        "job": "id rev task_id first last stage state assignee",
        "media_root": "id rev path",
        "media": "id rev root_id path",
        "frame": "id rev task_id position media_id source_index name subset done removed extra",
        "track": "id rev task_id label_id group_id source attributes extra",
        "shape": "id rev frame_id label_id track_id kind flags z_order group_id source score"
        " x0 y0 x1 y1 attributes",
        "geometry": "id rev data extra",
        "rejection": "id rev frame_id label_id name x0 y0 x1 y1",
    }.items()
}

# Which column of which recorded table refers to which recorded table.
REFERENCES: Final = (
    ("job", "task_id", "task"),
    ("media", "root_id", "media_root"),
    ("frame", "task_id", "task"),
    ("frame", "media_id", "media"),
    ("track", "task_id", "task"),
    ("track", "label_id", "label"),
    ("shape", "frame_id", "frame"),
    ("shape", "label_id", "label"),
    ("shape", "track_id", "track"),
    ("geometry", "id", "shape"),
)

_LATER: Final = "DEFERRABLE INITIALLY DEFERRED"

# What every version has.
_TABLES: Final = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE writer (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    host TEXT NOT NULL, process INTEGER NOT NULL, started TEXT NOT NULL, since INTEGER NOT NULL
) STRICT;
CREATE TABLE step (
    id INTEGER PRIMARY KEY, made_at INTEGER NOT NULL, title TEXT NOT NULL, author TEXT NOT NULL,
    task_id INTEGER, frame_id INTEGER, state TEXT NOT NULL, undone_at INTEGER,
    schema_version INTEGER NOT NULL
) STRICT;
CREATE INDEX step_by_task ON step (task_id, author);
CREATE INDEX step_by_state ON step (state, undone_at) WHERE state <> 'complete';
CREATE TABLE step_part (
    rev INTEGER PRIMARY KEY, step_id INTEGER NOT NULL REFERENCES step (id),
    rows INTEGER NOT NULL, reverted INTEGER NOT NULL DEFAULT 0,
    -- 0: a changeset, 1: the ids of annotations that were added
    form INTEGER NOT NULL, changes BLOB NOT NULL
) STRICT;
CREATE INDEX step_part_by_step ON step_part (step_id, rev, rows);

CREATE TABLE label (
    id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, position INTEGER NOT NULL, definition TEXT NOT NULL
) STRICT;
CREATE TABLE task (
    id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL
) STRICT;
CREATE TABLE job (
    id INTEGER PRIMARY KEY, rev INTEGER NOT NULL,
    task_id INTEGER NOT NULL REFERENCES task (id) {_LATER},
    first INTEGER NOT NULL, last INTEGER, stage TEXT NOT NULL, state TEXT NOT NULL,
    assignee TEXT NOT NULL
) STRICT;
CREATE INDEX job_by_task ON job (task_id);
CREATE TABLE media_root (id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, path TEXT NOT NULL) STRICT;
CREATE TABLE media (
    id INTEGER PRIMARY KEY, rev INTEGER NOT NULL,
    root_id INTEGER NOT NULL REFERENCES media_root (id) {_LATER}, path TEXT NOT NULL
) STRICT;
CREATE INDEX media_by_root ON media (root_id, path);
CREATE TABLE media_identity (
    media_id INTEGER PRIMARY KEY, size INTEGER, modified INTEGER, hash BLOB
) STRICT;
CREATE TABLE frame (
    id INTEGER PRIMARY KEY, rev INTEGER NOT NULL,
    task_id INTEGER NOT NULL REFERENCES task (id) {_LATER}, position INTEGER NOT NULL,
    media_id INTEGER REFERENCES media (id) {_LATER}, source_index INTEGER NOT NULL,
    name TEXT NOT NULL, subset TEXT NOT NULL, done INTEGER NOT NULL, removed INTEGER NOT NULL,
    extra TEXT
) STRICT;
CREATE UNIQUE INDEX frame_by_task ON frame (task_id, position);
CREATE INDEX frame_by_media ON frame (media_id);
CREATE TABLE track (
    id INTEGER PRIMARY KEY, rev INTEGER NOT NULL,
    task_id INTEGER NOT NULL REFERENCES task (id) {_LATER},
    label_id INTEGER NOT NULL REFERENCES label (id) {_LATER},
    group_id INTEGER NOT NULL, source TEXT NOT NULL, attributes TEXT, extra TEXT
) STRICT;
CREATE INDEX track_by_task ON track (task_id);
CREATE INDEX track_by_label ON track (label_id);
-- An annotation has a label; a key frame has a track instead, and its label is the track's.
CREATE TABLE shape (
    id INTEGER PRIMARY KEY, rev INTEGER NOT NULL,
    frame_id INTEGER NOT NULL REFERENCES frame (id) {_LATER},
    label_id INTEGER REFERENCES label (id) {_LATER},
    track_id INTEGER REFERENCES track (id) {_LATER},
    kind INTEGER NOT NULL, flags INTEGER NOT NULL, z_order INTEGER NOT NULL,
    group_id INTEGER NOT NULL, source INTEGER NOT NULL, score REAL,
    x0 REAL, y0 REAL, x1 REAL, y1 REAL, attributes TEXT
) STRICT;
CREATE INDEX shape_by_frame ON shape (frame_id, label_id, flags);
CREATE INDEX shape_by_label ON shape (label_id) WHERE label_id IS NOT NULL;
CREATE UNIQUE INDEX shape_by_track ON shape (track_id, frame_id) WHERE track_id IS NOT NULL;
CREATE TABLE geometry (
    id INTEGER PRIMARY KEY REFERENCES shape (id) {_LATER}, rev INTEGER NOT NULL,
    data BLOB NOT NULL, extra TEXT
) STRICT;

-- How many annotations of a label lie on a frame, and in the project. Made from `shape` alone.
CREATE TABLE frame_count (
    frame_id INTEGER NOT NULL, label_id INTEGER NOT NULL, total INTEGER NOT NULL,
    occluded INTEGER NOT NULL, PRIMARY KEY (frame_id, label_id)
) WITHOUT ROWID, STRICT;
CREATE TABLE label_count (label_id INTEGER PRIMARY KEY, total INTEGER NOT NULL) STRICT;
"""

# What version 3 dropped: nobody filled it. Sizes are read from the headers of files, which takes a tenth of the time
# that an export of their frames takes, and is right also where a picture was replaced.
_FRAME_SIZE: Final = """
CREATE TABLE frame_size (
    frame_id INTEGER PRIMARY KEY, width INTEGER NOT NULL, height INTEGER NOT NULL
) STRICT;
"""

# What version 2 added, table by table with its index.
_TABLES_2: Final = (
    # What models propose. Not recorded: a key, not a row, ties it to what a person made of it.
    """
CREATE TABLE suggestion (
    id INTEGER PRIMARY KEY, frame_id INTEGER NOT NULL, model TEXT NOT NULL, label TEXT NOT NULL,
    key TEXT NOT NULL, kind INTEGER NOT NULL, score REAL NOT NULL,
    x0 REAL, y0 REAL, x1 REAL, y1 REAL, data BLOB NOT NULL, attributes TEXT
) STRICT;
""",
    # Which frames a model has looked at, also where it saw nothing.
    """
CREATE TABLE looked_at (
    frame_id INTEGER NOT NULL, model TEXT NOT NULL, revision TEXT NOT NULL, threshold REAL NOT NULL,
    PRIMARY KEY (frame_id, model)
) WITHOUT ROWID, STRICT;
""",
    # What a person does not want to be offered again. It refers to nothing, so that it is in nobody's way: a label
    # or frame that is gone leaves a row that never fits anything. Without numbers: a tag.
    """
CREATE TABLE rejection (
    id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, frame_id INTEGER NOT NULL, label_id INTEGER,
    name TEXT NOT NULL, x0 REAL, y0 REAL, x1 REAL, y1 REAL
) STRICT;
""",
)
_INDEXES_2: Final = """
CREATE INDEX suggestion_by_frame ON suggestion (frame_id, model);
CREATE INDEX rejection_by_frame ON rejection (frame_id);
"""

TABLES: Final = _TABLES + "".join(_TABLES_2) + _INDEXES_2

_ADD: Final = """
    INSERT INTO frame_count VALUES (new.frame_id, new.label_id, 1, new.flags & 1)
        ON CONFLICT DO UPDATE SET total = total + 1, occluded = occluded + (new.flags & 1);
    INSERT INTO label_count VALUES (new.label_id, 1)
        ON CONFLICT DO UPDATE SET total = total + 1;
"""
_TAKE: Final = """
    UPDATE frame_count SET total = total - 1, occluded = occluded - (old.flags & 1)
        WHERE frame_id = old.frame_id AND label_id = old.label_id;
    UPDATE label_count SET total = total - 1 WHERE label_id = old.label_id;
"""

TRIGGERS: Final = f"""
CREATE TRIGGER count_added AFTER INSERT ON shape WHEN new.label_id IS NOT NULL BEGIN {_ADD} END;
CREATE TRIGGER count_removed AFTER DELETE ON shape WHEN old.label_id IS NOT NULL BEGIN {_TAKE} END;
CREATE TRIGGER count_moved AFTER UPDATE OF frame_id, label_id, flags ON shape
WHEN old.label_id IS NOT NULL AND new.label_id IS NOT NULL
AND (old.frame_id <> new.frame_id OR old.label_id <> new.label_id OR old.flags <> new.flags)
BEGIN {_TAKE} {_ADD} END;
"""

CREATE_ALL: Final = TABLES + TRIGGERS

# What made the project of each version that can be read, all of it and its tables alone.
TABLES_OF_VERSION: Final = {
    1: _TABLES + _FRAME_SIZE,
    2: TABLES + _FRAME_SIZE,
    SCHEMA_VERSION: TABLES,
}
CREATE_VERSION: Final = {
    version: tables + TRIGGERS for version, tables in TABLES_OF_VERSION.items()
}
# What makes the next version of each older one.
UPDATES: Final = {1: "".join(_TABLES_2) + _INDEXES_2, 2: "DROP TABLE frame_size"}
# The tables that are missing, empty, for a connection that reads an older project and must not change it.
STAND_INS: Final = {
    1: "".join(_TABLES_2).replace("CREATE TABLE ", "CREATE TEMP TABLE "),
    2: "",
}
