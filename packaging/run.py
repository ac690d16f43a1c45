"""Set up this checkout and start what was asked for: the program (`demo` too), `test` or `bench`.

`./run` calls this with a suitable Python; on Windows it is started directly. Standard library only.
The version is checked before the imports, because what they bring is written for the Pythons let through. This file
itself is read by whatever Python starts it, so nothing in it may be newer than 3.6.
"""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(f"Annotator needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}.")

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from annotator import machine  # noqa: E402 - here and below: after the check of the version
from annotator.cli import COMMANDS  # noqa: E402
from checks import run_checks  # noqa: E402
from set_up import set_up  # noqa: E402
from system_packages import SetUpError, can_install, install, refusal, tool_packages  # noqa: E402


def main(arguments: list[str]) -> int:
    """Do what the arguments ask for; the result is the exit code."""
    try:
        if arguments[:1] == ["test"]:
            environment = set_up(ROOT, "dev", (*machine.PIXELS, *machine.WINDOW, *machine.X11))
            _provide_test_tools()
            return run_checks(environment, arguments[1:])
        if arguments[:1] == ["bench"]:
            environment = set_up(ROOT, "dev", (*machine.PIXELS, *machine.WINDOW))
            command = [str(environment.python), "-m", "tests.benchmarks", *arguments[1:]]
            return subprocess.run(command, cwd=ROOT, check=False).returncode
        return _start_program(arguments)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def shows_window(arguments: list[str]) -> bool:
    """Whether the program would open its window when started with these arguments."""
    if not {"-h", "--help", "--version"}.isdisjoint(arguments):
        return False
    words = [each for each in arguments if not each.startswith("-")]
    if words[:1] == ["demo"]:
        return "--headless" not in arguments
    return not words or words[0] not in COMMANDS


def _start_program(arguments: list[str]) -> int:
    """Become the program; the folder stays the user's, because paths are given relative to it."""
    window = shows_window(arguments)
    environment = set_up(ROOT, "", _libraries(window=window))
    problem = machine.screen_problem(os.environ) if window else None
    if problem:
        raise SetUpError(problem)
    command = [str(environment.annotator), *arguments]
    if os.name == "nt":  # where exec would give the terminal back before the program ends
        return subprocess.run(command, check=False).returncode
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def _libraries(*, window: bool) -> tuple[machine.SystemLibrary, ...]:
    if not window:
        return machine.PIXELS
    wayland = machine.WAYLAND if os.environ.get("WAYLAND_DISPLAY") else ()
    return (*machine.PIXELS, *machine.WINDOW, *machine.X11, *wayland)


def _provide_test_tools() -> None:
    """Get what the tests on a real X server, and those of what is sent over the network, need.

    They are skipped, with a reason, where it is absent.
    """
    packages = tool_packages(("Xvfb", "xdotool", "strace")) if sys.platform == "linux" else ()
    if not packages:
        return
    try:
        if not can_install():
            raise refusal(packages)
        install(packages)
    except SetUpError as error:
        print(f"The tests that need {', '.join(packages)} will be skipped. {error}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
