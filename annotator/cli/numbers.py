"""Numbers on the command line, as anybody writes them: Python would read 1_0 as ten."""

import re
from collections.abc import Callable
from typing import Final

import typer

from annotator.core.values import finite_number

_WHOLE: Final = re.compile(r"\s*[+-]?[0-9]{1,4000}\s*")


def whole_number(least: int | None = None) -> Callable[[str | int], int]:
    """Return what makes a whole number of an option's text. Raises BadParameter."""

    def read(text: str | int) -> int:
        if isinstance(text, str) and not _WHOLE.fullmatch(text):
            raise typer.BadParameter(f"{text!r} is not a valid integer.")
        value = int(text)
        if least is not None and value < least:
            raise typer.BadParameter(f"{value} should be greater than or equal to {least}.")
        return value

    return read


def number_between(least: float, most: float) -> Callable[[str | float], float]:
    """Return what makes a number of an option's text. Raises BadParameter."""

    def read(text: str | float) -> float:
        value = finite_number(text) if isinstance(text, str) else text
        if value is None:
            raise typer.BadParameter(f"{text!r} is not a valid float.")
        if value < least:
            raise typer.BadParameter(f"{value} should be greater than or equal to {least:g}.")
        if value > most:
            raise typer.BadParameter(f"{value} should be less than or equal to {most:g}.")
        return value

    return read
