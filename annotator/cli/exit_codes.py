"""What the command line tells the shell."""

from typing import Final

DONE: Final = 0
FAILED: Final = 1
WRONG_USAGE: Final = 2
# Done, but some records of the source were left out.
SKIPPED: Final = 3
# 128 + SIGINT, as shells have it.
STOPPED: Final = 130
