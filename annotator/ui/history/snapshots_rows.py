"""Snapshots and backups as rows of a table, and what was done since one of them in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from annotator.project.copies.backups import Backup, Reason
from annotator.project.copies.difference import Difference, Kind
from annotator.project.copies.snapshot_files import Snapshot
from annotator.project.moments import moment_of
from annotator.translation import decimal_text, in_digits, tr
from annotator.ui.widgets.report_table import Tone

_KIB: Final = 1024


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """One snapshot."""

    snapshot: Snapshot

    @property
    def path(self) -> Path:
        """Its file."""
        return self.snapshot.path

    @property
    def name(self) -> str:
        """What it is called."""
        return self.snapshot.name

    @property
    def trouble(self) -> str:
        """Why it cannot be used, as a sentence, or nothing."""
        return self.snapshot.damage

    @property
    def cells(self) -> Sequence[str | int]:
        """Name, time, annotations, frames, size."""
        one = self.snapshot
        if one.damage:
            name = tr("{name} (damaged)", name=one.name)
            return name, moment_text(one.made_at_ms), "", "", size_text(one.size)
        annotations = one.counts.get("annotations", 0) + one.counts.get("tracks", 0)
        frames = one.counts.get("frames", 0)
        return one.name, moment_text(one.made_at_ms), annotations, frames, size_text(one.size)

    @property
    def tone(self) -> Tone:
        """A damaged one is told by its colour, too."""
        return "bad" if self.snapshot.damage else ""


@dataclass(frozen=True, slots=True)
class BackupRow:
    """One backup."""

    backup: Backup

    @property
    def path(self) -> Path:
        """Its file."""
        return self.backup.path

    @property
    def name(self) -> str:
        """What it is called: the moment it was made."""
        return moment_text(self.backup.made_at_ms)

    @property
    def trouble(self) -> str:
        """Why it cannot be used; what is damaged is only seen when it is read."""
        return ""

    @property
    def cells(self) -> Sequence[str | int]:
        """Time, reason, size."""
        return self.name, reason_text(self.backup.reason), size_text(self.backup.size)

    @property
    def tone(self) -> Tone:
        """Nothing is told by colour."""
        return ""


def reason_text(reason: Reason) -> str:
    """Return why a backup was made."""
    return {
        "daily": tr("by itself, at opening"),
        "asked": tr("on request"),
        "before-restore": tr("before a restore"),
    }[reason]


def moment_text(made_at_ms: int) -> str:
    """Return a moment in the time of this place."""
    return f"{moment_of(made_at_ms).astimezone():%Y-%m-%d %H:%M}"


def size_text(size: int) -> str:
    """Return a number of bytes, rounded."""
    if size < _KIB * _KIB:
        return tr("{number} KB", number=in_digits(max(1, round(size / _KIB))))
    return tr("{number} MB", number=decimal_text(size / _KIB / _KIB, 1))


def difference_text(name: str, difference: Difference) -> str:
    """Return what was done since a stored state as sentences."""
    if not difference:
        return tr("Nothing was changed since “{name}”.", name=name)
    parts = []
    for kind, counts in difference.counts.items():
        said = []
        if counts.added:
            said.append(tr("{count} added", count=in_digits(counts.added)))
        if counts.changed:
            said.append(tr("{count} changed", count=in_digits(counts.changed)))
        if counts.deleted:
            said.append(tr("{count} deleted", count=in_digits(counts.deleted)))
        if said:
            parts.append(f"{content_name(kind)} {', '.join(said)}")
    return tr("Since “{name}”: {changes}.", name=name, changes="; ".join(parts))


def content_name(kind: Kind) -> str:
    """Return what things of a project are called that are counted."""
    return {
        "annotations": tr("annotations"),
        "tracks": tr("tracks"),
        "labels": tr("labels"),
        "frames": tr("frames"),
        "tasks": tr("tasks"),
        "jobs": tr("jobs"),
        "media": tr("media files"),
    }[kind]


def restored_text(name: str) -> str:
    """Return what is said after a restore that changed something."""
    return tr("Restored “{name}”. The state before is kept as a backup.", name=name)
