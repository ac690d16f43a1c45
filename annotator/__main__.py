"""The program: `annotator [--safe-mode] [PATH]` opens the window, `annotator COMMAND ...` works without one."""

import os
import re
import sys

from annotator.cli import COMMANDS, SAFE_MODE
from annotator.cli.exit_codes import FAILED, STOPPED, WRONG_USAGE


def main() -> int:
    """Run what the command line asks for and return the exit code.

    The window is chosen without the parser of the commands, whose import would cost time at the start.
    """
    try:
        return _main()
    except KeyboardInterrupt:  # while the program is still being loaded; later it is told
        return STOPPED


def _main() -> int:
    arguments = sys.argv[1:]
    is_safe = arguments[:1] == [SAFE_MODE]
    if is_safe:
        arguments = arguments[1:]
    if not arguments or (len(arguments) == 1 and not _is_for_commands(arguments[0])):
        if arguments and not os.path.exists(arguments[0]):
            return _refused(arguments[0])
        from annotator import app

        return app.run(arguments[0] if arguments else None, is_safe=is_safe)
    if not _is_for_commands(arguments[0]) and os.path.exists(arguments[0]):
        return _said("The window opens one path. Name one folder, picture or project.", WRONG_USAGE)
    from annotator.cli import main as run_command

    return run_command(arguments)


def _is_for_commands(argument: str) -> bool:
    return argument in COMMANDS or argument.startswith("-")


def _refused(argument: str) -> int:
    """Say that an argument is no path, or no command either where it looks like one; return the exit code."""
    import difflib

    from annotator.safe_io import printable

    shown = printable(argument)
    if not re.fullmatch(r"[A-Za-z][A-Za-z_-]*", argument):
        return _said(f"{shown} does not exist. Check the path.", FAILED)
    near = difflib.get_close_matches(argument.lower(), COMMANDS, n=1)
    hint = f" Did you mean `annotator {near[0]}`?" if near else ""
    text = f"{shown} is neither a command nor a path that exists.{hint} See annotator --help."
    return _said(text, WRONG_USAGE)


def _said(text: str, code: int) -> int:
    sys.stderr.write(f"Error: {text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
