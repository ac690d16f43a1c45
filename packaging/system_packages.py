"""Debian packages that pip cannot bring: named as one line, or installed where that is allowed."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from annotator.machine import apt_line


class SetUpError(Exception):
    """One plain sentence for the person who set up: what is missing and what to do."""


def tell(text: str) -> None:
    """Say what the set-up does, where it does not mix with the answer of a command."""
    print(text, file=sys.stderr, flush=True)


def venv_package() -> str | None:
    """The package that lets this Python make virtual environments; None where it already can."""
    if importlib.util.find_spec("ensurepip") is not None:
        return None
    return f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def tool_packages(tools: Sequence[str]) -> tuple[str, ...]:
    """The packages of those programs that are not on the PATH; Debian names them in small letters."""
    return tuple(tool.lower() for tool in tools if shutil.which(tool) is None)


def can_install() -> bool:
    """Whether packages can be installed without asking anybody: Debian's apt-get, as root."""
    return shutil.which("apt-get") is not None and sys.platform == "linux" and os.geteuid() == 0


def install(packages: Sequence[str]) -> None:
    """Install these packages. Raises SetUpError, with the line to try by hand, where apt-get fails."""
    tell(f"Installing system packages: {' '.join(packages)}")
    _apt_get("update", "-qq")  # the lists of a fresh container are empty
    names = [_name_here(each) for each in packages]
    if not _apt_get("install", "-qq", "--yes", "--no-install-recommends", *names):
        raise SetUpError(f"apt-get failed, see above. Try it by hand:\n  {apt_line(names)}")


def refusal(packages: Sequence[str]) -> SetUpError:
    """The error that names what is missing and the one line that installs it."""
    return SetUpError(
        "System packages are missing. Install them, then start again:\n"
        f"  {apt_line([_name_here(each) for each in packages])}\n"
        "(The names are Debian's and Ubuntu's; other systems have the same libraries.)"
    )


def _apt_get(*arguments: str) -> bool:
    """Run apt-get; only its errors are shown, since dpkg tells of every file it unpacks."""
    done = subprocess.run(
        ["apt-get", "-o", "Dpkg::Use-Pty=0", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def _name_here(package: str) -> str:
    """The package's name in this release: Debian 13 and Ubuntu 24.04 renamed some to ...t64."""
    renamed = f"{package}t64"
    if shutil.which("apt-cache") is None:
        return package
    shown = subprocess.run(["apt-cache", "show", renamed], capture_output=True, check=False)
    return renamed if shown.returncode == 0 else package
