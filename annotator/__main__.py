"""The program: `annotator [PATH]` opens the window, `annotator COMMAND ...` works without one."""

import sys

from annotator.cli import COMMANDS


def main() -> int:
    """Run what the command line asks for and return the exit code.

    The window is chosen without the parser of the commands, whose import would cost time at the start.
    """
    arguments = sys.argv[1:]
    if not arguments or (len(arguments) == 1 and not _is_for_commands(arguments[0])):
        from annotator import app

        return app.run(arguments[0] if arguments else None)
    from annotator.cli import main as run_command

    return run_command(arguments)


def _is_for_commands(argument: str) -> bool:
    return argument in COMMANDS or argument.startswith("-")


if __name__ == "__main__":
    sys.exit(main())
