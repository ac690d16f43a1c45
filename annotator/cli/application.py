"""The commands put together, and the one place where their errors become sentences and exit codes."""

import inspect
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Annotated, Any, Final, TextIO, cast

import typer

from annotator import __version__, messages
from annotator.cli import COMMANDS, SAFE_MODE
from annotator.cli.exit_codes import DONE, FAILED, STOPPED, WRONG_USAGE
from annotator.cli.printing import OutputError, print_json, print_lines, print_message, visible
from annotator.core.errors import AnnotatorError, Cancelled

_PROGRAM: Final = "annotator"
# Python keeps this word for itself, so the module has a longer name.
_MODULES: Final = {"import": "import_dataset"}

# Every error of usage has this base; of those errors typer names only one in public.
_UsageError: Final = cast("type[Exception]", typer.BadParameter.__bases__[0])


def run(arguments: Sequence[str]) -> int:
    """Run the command line; see `annotator.cli.main`."""
    arguments = list(arguments)
    as_json = _wants_json(arguments)
    unsubscribe = messages.subscribe(print_message)
    try:
        with _undisturbed_output():
            return _run(arguments)
    except _UsageError as error:
        return _failed(_usage_text(error), WRONG_USAGE, as_json=as_json)
    except Cancelled as error:
        return _failed(str(error), STOPPED, as_json=as_json)
    except (KeyboardInterrupt, typer.Abort):
        return _failed("Stopped on request.", STOPPED, as_json=as_json)
    except AnnotatorError as error:
        return _failed(str(error), FAILED, as_json=as_json)
    finally:
        unsubscribe()


def _run(arguments: list[str]) -> int:
    command = typer.main.get_command(_application(_wanted(arguments)))
    try:
        # In this mode an exit code is returned, and all but `typer.Exit` comes through.
        code: Any = command.main(arguments, prog_name=_PROGRAM, standalone_mode=False)
    except SystemExit as error:  # nobody reads the output any more, as with `annotator ls | head`
        code = error.code
    if code == STOPPED:  # so the parser passes Ctrl+C on, and nobody has said it
        raise KeyboardInterrupt
    return code if isinstance(code, int) else DONE


def _application(names: Sequence[str]) -> typer.Typer:
    application = typer.Typer(
        name=_PROGRAM,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    application.callback()(_program)
    for name in names:
        module = import_module(f"annotator.cli.{_MODULES.get(name, name)}")
        # Else the list of commands would cut it.
        summary = " ".join((inspect.getdoc(module.run) or "").partition("\n\n")[0].split())
        application.command(name, short_help=summary)(module.run)
    return application


def _wanted(arguments: Sequence[str]) -> Sequence[str]:
    """The command that was given, whose module alone is loaded; all of them for the help page."""
    first = next((each for each in arguments if not each.startswith("-")), "")
    if first in COMMANDS:
        return [first]
    return () if "--version" in arguments else COMMANDS


def _print_version(wanted: bool) -> None:
    if wanted:
        print_lines(f"{_PROGRAM} {__version__}")
        raise typer.Exit


def _program(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
    safe_mode: Annotated[
        bool,
        typer.Option(
            SAFE_MODE,
            help="Open the window with the settings, keys and panels of a first start, and no plugins.",
        ),
    ] = False,
    verbose: Annotated[
        int,
        typer.Option(
            "-v",
            count=True,
            help="Tell on stderr what is done; twice tells more.",
            show_default=False,
        ),
    ] = 0,
) -> None:
    """Label pictures for computer vision.

    `annotator` opens the window, `annotator PATH` opens it with a folder, pictures or a project. The commands work
    without a window; only `demo` opens one.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with skipped records, 130 stopped with Ctrl+C.
    """
    logging.getLogger("annotator").setLevel(_LEVELS[min(verbose, 2)])


_LEVELS: Final = (logging.WARNING, logging.INFO, logging.DEBUG)


@contextmanager
def _undisturbed_output() -> Iterator[None]:
    """Log to stderr while a command runs, and let no name stop the output that the terminal cannot show.

    Where the shell has closed a stream, what is written to it goes nowhere.
    """
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        # What tests put in place of the real streams need not be able to.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    logger = logging.getLogger("annotator")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_VisibleFormatter("%(levelname)s %(name)s: %(message)s"))
    level = logger.level
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


class _VisibleFormatter(logging.Formatter):
    """Keeps control characters in names from reaching the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(visible(line) for line in super().format(record).split("\n"))


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether JSON was asked for; known also where the rest of the line is wrong."""
    for argument in arguments:
        if argument == "--":
            return False
        if argument == "--json":
            return True
    return False


def _usage_text(error: Exception) -> str:
    known: Any = error
    path = known.ctx.command_path if known.ctx is not None else _PROGRAM
    # What checks the values of typer begins its sentences with a word of its own.
    text = known.format_message().rstrip(".").replace(": Value error, ", ": ")
    end = "" if text.endswith("?") else "."
    return f"{text}{end} See {path} --help."


def _failed(text: str, code: int, *, as_json: bool) -> int:
    messages.error(text)
    if as_json:
        with suppress(OutputError):  # it may be the very thing that is told
            print_json({"error": text})
    return code
