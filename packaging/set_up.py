"""The virtual environment `.venv` of this checkout, made and kept up to date."""

import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from annotator.machine import SystemLibrary, missing_packages
from system_packages import SetUpError, can_install, install, refusal, tell, venv_package
from weights import provide_weights

INPUTS = ("pyproject.toml", "constraints.txt", "annotator/__init__.py")
"""What the installed packages follow from; the last one holds the version."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The virtual environment of the checkout at `root`."""

    root: Path

    @property
    def folder(self) -> Path:
        """Where it stands."""
        return self.root / ".venv"

    @property
    def programs(self) -> Path:
        """The folder of its programs, the packages' included."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def models(self) -> Path:
        """Where the program looks for models that came with it: see `annotator.models.places`."""
        return self.folder / "share" / "annotator" / "models"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self._program("python")

    @property
    def annotator(self) -> Path:
        """The program that users start."""
        return self._program("annotator")

    def is_usable(self) -> bool:
        """Whether it can be installed into: it was made here, has a Python that we support, and pip."""
        pip = ("lib/python3.*/site-packages/pip", "Lib/site-packages/pip")
        return (
            self.python.exists()
            and self.version() in {(3, 11), (3, 12), (3, 13)}
            and any(path for pattern in pip for path in self.folder.glob(pattern))
            and not self._was_moved()
        )

    def version(self) -> tuple[int, int] | None:
        """Its Python's version, (3, 12) say; None where that cannot be read."""
        text = _read(self.folder / "pyvenv.cfg")
        found = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", text, re.MULTILINE)
        return (int(found[1]), int(found[2])) if found else None

    def is_current(self, extra: str) -> bool:
        """Whether what is installed is what the files ask for; "dev" holds all that "" does."""
        return _read(self._stamp) in {self._stamp_text(each) for each in (extra, "dev")}

    def mark_changing(self) -> None:
        """Note that it is being installed into: from here on it is not current."""
        self._stamp.unlink(missing_ok=True)

    def mark_current(self, extra: str) -> None:
        """Note that the installation with this extra is complete."""
        self._stamp.write_text(self._stamp_text(extra), encoding="utf-8")

    @property
    def _stamp(self) -> Path:
        return self.folder / "set-up"

    def _stamp_text(self, extra: str) -> str:
        digest = hashlib.sha256()
        for name in INPUTS:
            digest.update((self.root / name).read_bytes() + b"\0")
        return f"{self.root}\n{digest.hexdigest()}\n{extra}\n"

    def _was_moved(self) -> bool:
        """Whether it was installed under another path, which its programs hold in their first line."""
        stamp = _read(self._stamp)
        return bool(stamp) and not stamp.startswith(f"{self.root}\n")

    def _program(self, name: str) -> Path:
        return self.programs / (f"{name}.exe" if os.name == "nt" else name)


def set_up(root: Path, extra: str, libraries: Sequence[SystemLibrary]) -> Environment:
    """Make the checkout ready: system libraries, virtual environment, packages, and the weights of the default model.

    extra: "dev" for the tests' packages too, or "". Does nothing where all is in place.
    Raises SetUpError.
    """
    environment = Environment(root)
    rebuild = not environment.is_usable() or _other_python_is_wanted(environment)
    _provide_system_packages(libraries, with_venv=rebuild)
    if rebuild or not environment.is_current(extra):
        _install_packages(environment, extra, rebuild=rebuild)
    provide_weights(root, environment.models, environment.python)
    return environment


def _install_packages(environment: Environment, extra: str, *, rebuild: bool) -> None:
    started = time.monotonic()
    if rebuild:
        tell(f"Making {environment.folder}")
        _run([sys.executable, "-m", "venv", "--clear", str(environment.folder)], "venv")
    tell("Installing the packages (about 1 GB on disk; once)")
    environment.mark_changing()
    _run(_pip_command(environment, extra), "pip")
    environment.mark_current(extra)
    tell(f"Set up in {time.monotonic() - started:.0f} s")


def _provide_system_packages(libraries: Sequence[SystemLibrary], *, with_venv: bool) -> None:
    packages = list(missing_packages(libraries))
    if with_venv and (package := venv_package()):
        packages.insert(0, package)
    if not packages:
        return
    if not can_install():
        raise refusal(packages)
    install(packages)


def _other_python_is_wanted(environment: Environment) -> bool:
    """An existing environment is kept whatever its version, unless the user names another one."""
    return "ANNOTATOR_PYTHON" in os.environ and environment.version() != sys.version_info[:2]


def _pip_command(environment: Environment, extra: str) -> list[str]:
    command = [str(environment.python), "-m", "pip", "install", "--disable-pip-version-check"]
    if not sys.stderr.isatty():
        command.append("--quiet")  # no progress bars in a log
    target = f"{environment.root}[{extra}]" if extra else str(environment.root)
    return [*command, "--constraint", str(environment.root / "constraints.txt"), "-e", target]


def _read(path: Path) -> str:
    """The text of a file; "" where there is none, or none that can be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _run(command: Sequence[str], name: str) -> None:
    # Not where the answer of a command goes, which a script may read.
    code = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
    ).returncode
    if code:
        raise SetUpError(f"The set-up stopped: {name} ended with exit code {code}, see above.")
