"""Examining the installation: Python, packages, system libraries, models, and folders of the program."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

from annotator import __version__, machine
from annotator.core.errors import AnnotatorError
from annotator.project.findings import Finding, Severity

_PYTHONS: Final = ((3, 11), (3, 12), (3, 13))
_SET_UP: Final = "Set the program up again with ./run, or with pip and constraints.txt."
_LOW_SPACE: Final = 1 << 30


def examine_installation() -> Iterator[Finding]:
    """Yield what is found about this installation of the program."""
    yield Finding("ok", "program", f"annotator {__version__} in {Path(__file__).parents[1]}")
    yield _python()
    yield from _packages()
    yield from _system_libraries()
    problem = machine.screen_problem(os.environ)
    if problem is not None:
        yield Finding("note", "screen", problem)
    yield from _models()
    yield from _folders()


def _python() -> Finding:
    found = f"Python {sys.version.split()[0]} in {sys.executable}"
    if sys.version_info[:2] in _PYTHONS:
        return Finding("ok", "python", found)
    return Finding("error", "python", found, "Use Python 3.11, 3.12 or 3.13.")


def _packages() -> Iterator[Finding]:
    """The packages that the program needs without extras, by the names it declares."""
    try:
        needed = metadata.requires("annotator") or []
    except metadata.PackageNotFoundError:
        yield Finding("error", "packages", "The program is not installed as a package.", _SET_UP)
        return
    for requirement in needed:
        wanted, _, condition = requirement.partition(";")
        if "extra" in condition:
            continue
        name = _name_of(wanted)
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Finding("error", "packages", f"{name} is missing.", _SET_UP)
        else:
            yield Finding("ok", "packages", f"{name} {version}")


def _name_of(requirement: str) -> str:
    end = next(
        (place for place, letter in enumerate(requirement) if letter in "<>=!~[ ("),
        len(requirement),
    )
    return requirement[:end].strip()


def _system_libraries() -> Iterator[Finding]:
    yield _libraries("for pictures", machine.PIXELS, "error")
    yield _libraries("for the window", (*machine.WINDOW, *machine.X11), "warning")


def _libraries(
    purpose: str, libraries: Sequence[machine.SystemLibrary], severity: Severity
) -> Finding:
    missing = machine.missing_packages(libraries)
    if not missing:
        return Finding("ok", "system libraries", f"All libraries {purpose} are there.")
    text = f"System libraries {purpose} are missing: {', '.join(missing)}."
    return Finding(severity, "system libraries", text, machine.apt_line(missing))


def _models() -> Iterator[Finding]:
    """The models of this computer, each compared with its manifest."""
    from annotator.models.store import user_store

    store = user_store()
    installed = store.models()
    if not installed:
        help = "`annotator models install default` fetches one that reads text."
        yield Finding("note", "models", "No model is installed.", help)
    for one in installed:
        try:
            store.check(one.id)
        except AnnotatorError as error:
            yield Finding("warning", "models", str(error))
        else:
            yield Finding("ok", "models", f"{one.id} is whole: {one.folder}")


def _folders() -> Iterator[Finding]:
    from platformdirs import user_cache_path, user_config_path, user_data_path

    for purpose, find in (
        ("projects", user_data_path),
        ("settings", user_config_path),
        ("caches", user_cache_path),
    ):
        folder = find("annotator", appauthor=False)
        reason = _why_not_writable(folder)
        if reason is None:
            yield Finding("ok", "folders", f"The folder for {purpose} can be written: {folder}")
        else:
            yield Finding(
                "warning",
                "folders",
                f"The folder for {purpose} cannot be written: {folder}: {reason}",
                "Allow writing to it.",
            )
    free = shutil.disk_usage(_existing(user_data_path("annotator", appauthor=False))).free
    if free < _LOW_SPACE:
        yield Finding(
            "warning", "disk space", f"Only {free >> 20} MB are free.", "Free some space."
        )


def _why_not_writable(folder: Path) -> str | None:
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)):
            return None
    except OSError as error:
        return error.strerror or str(error)


def _existing(folder: Path) -> Path:
    """The folder, or what is there of those above it, where it would be made."""
    return next(one for one in (folder, *folder.parents) if one.exists())
