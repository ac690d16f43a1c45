"""Moments, in milliseconds since 1970 UTC: as values, as people read them, and in the names of files."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Final

_BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
# What every system can show in every time zone: some know no moment before 1970, or after the year 3000.
_EARLIEST_MS: Final = 24 * 60 * 60 * 1000
_LATEST_MS: Final = int(datetime(2999, 12, 30, tzinfo=UTC).timestamp()) * 1000
_NAME: Final = re.compile(r"(\d{8}T\d{6})(\d{3})Z", re.ASCII)
_STAMP: Final = "%Y%m%dT%H%M%S"


def moment_of(ms: int) -> datetime:
    """Return a moment in UTC; the nearest that can be shown for a number from a file that means none."""
    return _BEGIN + timedelta(milliseconds=min(max(ms, _EARLIEST_MS), _LATEST_MS))


def moment_text(ms: int) -> str:
    """Return a moment in the time of this place, to the second."""
    return f"{moment_of(ms).astimezone():%Y-%m-%d %H:%M:%S}"


def moment_name(ms: int) -> str:
    """Return a moment as it stands in the names of files, in UTC: `20261120T090712345Z`."""
    return f"{moment_of(ms).strftime(_STAMP)}{ms % 1000:03}Z"


def moment_now() -> str:
    """Return this moment as it stands in the names of files."""
    return moment_name(time.time_ns() // 1_000_000)


def moment_named(name: str) -> int | None:
    """Return the moment that a name made by `moment_name` means, None for another name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        moment = datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp()) * 1000 + int(found[2])
