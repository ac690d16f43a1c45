"""Runs code on hostile input in a process of its own: 20 seconds, 4 GB, no core dump. A signal is a failure."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 20

_LIMITS = """
import sys
try:
    import resource
except ModuleNotFoundError:  # Windows has no such limits
    pass
else:
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
"""


def run_in_child(code: str, *arguments: str | Path) -> str:
    """Run `code` with `sys.argv[1:]` set to the arguments; return what it printed."""
    run = subprocess.run(
        [sys.executable, "-c", _LIMITS + code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert run.returncode == 0, f"ended with {run.returncode}:\n{run.stderr[-3000:]}"
    return run.stdout
