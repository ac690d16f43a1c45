"""Examining a project: the database, the counters, the media, and what a crash left behind.

Nothing is changed, and a window may have the project open meanwhile.
"""

import shlex
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import apsw

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import InvalidValueError
from annotator.core.validation import Size
from annotator.media.archive import ARCHIVE_SUFFIXES, read_archive
from annotator.media.errors import MediaError
from annotator.media.header import read_info
from annotator.project.broken_rules import RuleCheck, kinds_of
from annotator.project.damaged_rows import (
    BEFORE_ALL,
    ORGANISATION_ROWS,
    Kind,
    damaged_rows,
    kind_of,
    row_count,
)
from annotator.project.errors import (
    SEE_DOCTOR,
    DamagedRowError,
    NewerVersionError,
    ProjectError,
)
from annotator.project.findings import Finding, Severity
from annotator.project.folder import find_project
from annotator.project.project import FILE_NAME
from annotator.project.storage import history, reading, writer_row
from annotator.project.storage.database import Database, translated
from annotator.project.storage.memos import memo_of
from annotator.project.storage.records import ROOT_SELECT, root_of
from annotator.project.storage.rejections import REJECTION_SELECT, rejection_of
from annotator.project.suggesting.rows import SUGGESTION_SELECT, suggestion_of
from annotator.safe_io import InputError, real_path, resolve_inside

_MIB: Final = 1 << 20
_LOW_SPACE: Final = 1024 * _MIB
_NO_SPACE: Final = 100 * _MIB
# Rows read at once, so that no reading transaction stays open and holds up the log of a window.
_PAGE: Final = 2_000
_MOST_ROWS_TOLD: Final = 20

_RESTORE: Final = (
    "Copy the project folder before anything else, then restore a backup with `annotator restore`."
)
_REPORT: Final = "Annotations are not affected. Please report it, with the history of the project."


@dataclass(slots=True)
class _Patient:
    """The project that is looked at, with what one check leaves for another.

    sizes: (width, height) of the first picture of each media file whose header was read. rules: once all annotations
    were read and checked.
    """

    folder: Path
    db: apsw.Connection
    progress: Progress
    sizes: dict[int, Size] = field(default_factory=dict)
    rules: RuleCheck | None = None


Check: TypeAlias = Callable[[_Patient], Iterator[Finding]]


def examine_project(path: Path, progress: Progress = NO_PROGRESS) -> Iterator[Finding]:
    """Yield what is found in the project that a path means. Raises ProjectError where there is none."""
    folder = find_project(path)
    if folder is None:
        raise ProjectError(f"There is no project in {path}. Name the folder of a project.")
    file = folder / FILE_NAME
    try:
        database = Database(file, writable=False)
    except NewerVersionError as error:
        yield Finding("error", "file", str(error))
        return
    except ProjectError as error:
        yield Finding("error", "file", _sentence(error), _RESTORE)
        return
    try:
        patient = _Patient(folder, database.reader, progress)
        for name, check, good in _CHECKS:
            yield from _results(patient, name, check, good)
    finally:
        database.close()


def _results(patient: _Patient, name: str, check: Check, good: str) -> Iterator[Finding]:
    """Yield what a check finds, or that all is well."""
    is_well = True
    try:
        with translated(patient.folder / FILE_NAME):
            for finding in check(patient):
                is_well = False
                yield finding
    except ProjectError as error:
        is_well = False
        yield Finding("error", name, _sentence(error), _RESTORE)
    if is_well:
        yield Finding("ok", name, good)


def _sentence(error: ProjectError) -> str:
    # Who reads this asked the doctor already.
    return str(error).removesuffix(SEE_DOCTOR)


# The database ----------------------------------------------------------------------------------------------


def _integrity(patient: _Patient) -> Iterator[Finding]:
    patient.progress.report(0, None, "Checking the database")
    rows: Any = patient.db.execute(f"PRAGMA integrity_check({_MOST_ROWS_TOLD})")
    found = [text for (text,) in rows if text != "ok"]
    if found:
        yield Finding("error", "database", "The database is damaged.", _RESTORE, found)


def _references(patient: _Patient) -> Iterator[Finding]:
    rows: Any = patient.db.execute("PRAGMA foreign_key_check")
    broken = Counter((table, parent) for table, _row, parent, _number in rows)
    for (table, parent), count in broken.items():
        yield Finding(
            "error",
            "references",
            f"{count} rows of {table} refer to a {parent} that does not exist.",
            _RESTORE,
        )


def _labels(patient: _Patient) -> Iterator[Finding]:
    try:
        reading.labels(patient.db)
    except InvalidValueError as error:
        yield Finding("error", "labels", f"The labels cannot be read: {error}", _RESTORE)


def _annotations(patient: _Patient) -> Iterator[Finding]:
    try:
        labels, tasks = reading.labels(patient.db), reading.tasks(patient.db)
    except InvalidValueError:
        # Told by the checks of these.
        labels, tasks = None, []
    rules = RuleCheck(labels, {task.id for task in tasks}, patient.sizes)
    yield from _values(patient, "annotations", (*kinds_of(rules), *_MODEL_ROWS))
    if labels is not None:
        patient.rules = rules


def _rules(patient: _Patient) -> Iterator[Finding]:
    if patient.rules is None:
        text = "Whether annotations keep the rules cannot be told before the rest is in order."
        yield Finding("note", "rules", text)
    else:
        yield from patient.rules.findings(patient.db)


def _organisation(patient: _Patient) -> Iterator[Finding]:
    return _values(patient, "tasks", ORGANISATION_ROWS)


def _values(patient: _Patient, check: str, kinds: Iterable[Kind]) -> Iterator[Finding]:
    """Read every row, and name those of which no value can be made."""
    for kind in kinds:
        damaged = dict(damaged_rows(patient.db, kind, patient.progress))
        if damaged:
            first, reason = next(iter(damaged.items()))
            total = row_count(patient.db, kind.table)
            text = (
                f"{len(damaged)} of {total} {kind.what} cannot be read;"
                f" in row {first} of table {kind.table} {reason}."
            )
            rows = [str(row_id) for row_id in damaged]
            yield Finding("error", check, text, _RESTORE, rows)


_MODEL_ROWS: Final = (
    kind_of("rejection", "rejections", REJECTION_SELECT, rejection_of),
    kind_of("suggestion", "suggestions", SUGGESTION_SELECT, suggestion_of),
)


# Written so that both sides show: what is counted and not there, and what is there and not counted.
_WRONG_ON_FRAMES: Final = """
SELECT count(*) FROM (
    SELECT frame_id, label_id, sum(total), sum(occluded) FROM (
        SELECT frame_id, label_id, total, occluded FROM frame_count
        UNION ALL
        SELECT frame_id, label_id, -count(*), -sum(flags & 1) FROM shape
        WHERE label_id IS NOT NULL GROUP BY frame_id, label_id
    ) GROUP BY frame_id, label_id HAVING sum(total) <> 0 OR sum(occluded) <> 0
)
"""
_WRONG_OF_LABELS: Final = """
SELECT count(*) FROM (
    SELECT label_id FROM (
        SELECT label_id, total FROM label_count
        UNION ALL
        SELECT label_id, -count(*) FROM shape WHERE label_id IS NOT NULL GROUP BY label_id
    ) GROUP BY label_id HAVING sum(total) <> 0
)
"""


def _counters(patient: _Patient) -> Iterator[Finding]:
    patient.progress.report(0, None, "Counting annotations")
    with patient.db:  # both counts of one moment
        on_frames = _number(patient.db, _WRONG_ON_FRAMES)
        of_labels = _number(patient.db, _WRONG_OF_LABELS)
    if on_frames:
        text = f"The number of annotations is wrong for {on_frames} labels on frames."
        yield Finding("error", "counters", text, _REPORT)
    if of_labels:
        text = f"The number of annotations in the project is wrong for {of_labels} labels."
        yield Finding("error", "counters", text, _REPORT)


_STALE: Final = "SELECT count(*) FROM media_identity WHERE media_id NOT IN (SELECT id FROM media)"


def _stale(patient: _Patient) -> Iterator[Finding]:
    count = _number(patient.db, _STALE)
    if count:
        text = f"{count} rows of media_identity are about media that are gone, such as undone ones."
        yield Finding("note", "stale rows", text)


# Media -----------------------------------------------------------------------------------------------------


def _media(patient: _Patient) -> Iterator[Finding]:
    found: dict[str, list[str]] = {
        "forbidden": [], "missing": [], "changed": [], "unreadable": [],
    }  # fmt: skip
    roots = _roots(patient)
    known: dict[Size, Size] = {}
    total = row_count(patient.db, "media")
    after, seen = BEFORE_ALL, 0
    while page := _page_of_media(patient.db, after):
        for media_id, root, path, size, modified in page:
            # What is damaged or refers to nothing was found before.
            if isinstance(path, str) and root in roots:
                state, shown = _state_of(roots[root], path, size, modified)
                if state:
                    found[state].append(path)
                if shown is not None:
                    # Most pictures have one of a few sizes.
                    patient.sizes[media_id] = known.setdefault(shown, shown)
            after, seen = media_id, seen + 1
            patient.progress.report(seen, total, "Looking at media")
    for state, paths in found.items():
        if paths:
            severity, text, advice = _MEDIA_TEXTS[state]
            yield Finding(severity, "media", text.format(len(paths), total), advice, paths)


def _roots(patient: _Patient) -> dict[int, Path]:
    """The folders of media that can be read."""
    roots: dict[int, Path] = {}
    for row in patient.db.execute(f"{ROOT_SELECT} ORDER BY id"):
        try:
            root = root_of(row)
        except DamagedRowError:
            continue
        roots[root.id] = real_path(patient.folder / root.path)
    return roots


_MEDIA_TEXTS: Final[dict[str, tuple[Severity, str, str]]] = {
    "forbidden": (
        "error", "The project names {} files outside the folders of its media.",
        "Somebody changed the project file; do not trust it.",
    ),
    "missing": (
        "error", "{} of {} media files are missing.",
        "Put them back where they were, or move the project along with them.",
    ),
    "changed": (
        "warning", "{} of {} media files have changed since they were added.",
        "Look at their frames: annotations may no longer fit.",
    ),
    "unreadable": (
        "error", "{} of {} media files cannot be read.",
        "Replace them by intact copies; until then their frames show the error.",
    ),
}  # fmt: skip


def _page_of_media(db: apsw.Connection, after: int) -> list[Any]:
    return db.execute(
        "SELECT m.id, m.root_id, m.path, i.size, i.modified FROM media m"
        " LEFT JOIN media_identity i ON i.media_id = m.id WHERE m.id > ? ORDER BY m.id LIMIT ?",
        (after, _PAGE),
    ).fetchall()


def _state_of(
    root: Path, name: str, size: int | None, modified: int | None
) -> tuple[str, Size | None]:
    """Return what is wrong with a media file, or nothing, and how large its first picture is where it was read."""
    try:
        path = resolve_inside(root, name)
    except InputError:
        return "forbidden", None
    try:
        status = path.stat()
    except OSError:
        return "missing", None
    shown: Size | None = None
    try:
        if path.suffix.lower() in ARCHIVE_SUFFIXES:
            read_archive(path, root=root)
        else:
            info = read_info(path, root=root)
            shown = (info.width, info.height)
    except (MediaError, InputError):
        return "unreadable", None
    is_known = size is not None and modified is not None
    is_changed = is_known and (status.st_size, status.st_mtime_ns) != (size, modified)
    return "changed" if is_changed else "", shown


# What a crash left behind ----------------------------------------------------------------------------------


def _steps(patient: _Patient) -> Iterator[Finding]:
    writer = writer_row.current_writer(patient.db)
    is_open = writer is not None and writer.is_alive
    for step in history.steps_in_state(patient.db, "open"):
        if is_open:
            yield Finding("note", "steps", f"“{step.title}” is just being made.")
        else:
            where = f"{shlex.quote(str(patient.folder))} --step {step.id}"
            yield Finding(
                "warning",
                "steps",
                f"“{step.title}” was interrupted; what was written so far is in the project.",
                f"{_go_on(patient, step, where)} it back with `annotator undo {where}`, or keep it with"
                f" `annotator keep {where}`.",
            )
    for step in history.steps_in_state(patient.db, "undoing", "redoing"):
        yield Finding(
            "note",
            "steps",
            f"“{step.title}” is being undone or done again; an interruption is made good at the next opening.",
        )


def _go_on(patient: _Patient, step: history.Step, where: str) -> str:
    """The beginning of the advice, with the command that goes on with a step where that is possible."""
    if step.is_sealed or memo_of(patient.db, step.id) is None:
        return "Take"
    return f"Go on with `annotator resume {where}`, take"


def _writer(patient: _Patient) -> Iterator[Finding]:
    writer = writer_row.current_writer(patient.db)
    if writer is not None and writer.is_alive:
        yield Finding("note", "writer", f"The project is open for changing elsewhere: {writer}.")
    elif writer is not None:
        yield Finding(
            "note",
            "writer",
            f"The project was not closed properly by {writer}; the next opening makes that good.",
        )


def _space(patient: _Patient) -> Iterator[Finding]:
    free = shutil.disk_usage(patient.folder).free
    if free < _LOW_SPACE:
        yield Finding(
            "error" if free < _NO_SPACE else "warning",
            "disk space",
            f"Only {free // _MIB} MB are free on the disk that holds the project.",
            "Free some space; edits are refused once the disk is full.",
        )


def _number(db: apsw.Connection, query: str) -> int:
    row: Any = db.execute(query).fetchone()
    return int(row[0])


_CHECKS: Final[tuple[tuple[str, Check, str], ...]] = (
    ("database", _integrity, "The database is intact."),
    ("references", _references, "Everything refers to something that exists."),
    ("labels", _labels, "The labels can be read."),
    # Before the annotations, as these are measured against their pictures.
    ("media", _media, "All media files are there and unchanged, and their headers can be read."),
    ("annotations", _annotations, "Every annotation, track and suggestion can be read."),
    ("rules", _rules, "What can be read keeps the rules of its labels and fits its pictures."),
    ("tasks", _organisation, "Every task, job, media file and frame can be read."),
    ("counters", _counters, "The counters agree with the annotations."),
    ("stale rows", _stale, "Nothing is kept about media that are gone."),
    ("steps", _steps, "No step was interrupted."),
    ("writer", _writer, "Nobody else has the project open for changing."),
    ("disk space", _space, "There is enough space on the disk."),
)
