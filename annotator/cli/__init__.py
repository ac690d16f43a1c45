"""The program without a window. It needs no screen and never loads Qt."""

from collections.abc import Sequence
from typing import Final

COMMANDS: Final = (
    "create", "ls", "info", "formats", "import", "export", "convert", "undo", "redo", "keep",
    "resume", "snapshot", "backup", "restore", "history", "doctor", "job", "subset", "stats",
    "models", "annotate", "demo",
)  # fmt: skip

SAFE_MODE: Final = "--safe-mode"
"""Before all else on the command line: the window opens as at a first start."""


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 wrong usage, 3 done with skipped records.

    130 where the user stopped it. arguments: without the name of the program.
    """
    from annotator.cli.application import run

    return run(arguments)
