"""The model packages of the user: installed, listed, checked, removed; and loaded to be used."""

import hashlib
import logging
import os
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from annotator.core.errors import AnnotatorError
from annotator.models import places
from annotator.models.decoders import make_decoder
from annotator.models.errors import ModelError
from annotator.models.external_data import check_network
from annotator.models.manifest import Manifest, labels_of, read_manifest
from annotator.models.places import MANIFEST
from annotator.models.providers import LoadedModel, LoadedNetwork
from annotator.models.runtimes import open_network
from annotator.safe_io import InputError, open_regular, resolve_inside, unwritable

log = logging.getLogger(__name__)

_BLOCK: Final = 1 << 20
_LARGEST_MODEL: Final = 8 << 30


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A package in its folder. problem: why it cannot be used, empty where nothing is known against it."""

    id: str
    folder: Path
    manifest: Manifest | None
    problem: str = ""


def compiled_folder() -> Path:
    """Where runtimes keep what they have compiled; it can always be deleted."""
    from platformdirs import user_cache_path

    return user_cache_path("annotator", appauthor=False) / "compiled-models"


def user_store() -> "ModelStore":
    """Return the models that can be used here: the user's before those that came with the program."""
    return ModelStore(places.models_folder(), (places.shipped_folder(),))


class ModelStore:
    """A folder with a folder for each package, named after its id."""

    def __init__(self, folder: Path, shipped: Sequence[Path] = ()) -> None:
        self.folder = folder
        self.shipped = tuple(shipped)

    def models(self) -> list[InstalledModel]:
        """Return all packages, sound or not, by their ids; what is shipped with the program last."""
        found: dict[str, InstalledModel] = {}
        for place in (self.folder, *self.shipped):
            folders = sorted(place.iterdir()) if place.is_dir() else []
            for folder in folders:
                if (folder / MANIFEST).is_file() and folder.name not in found:
                    found[folder.name] = _looked_at(folder)
        return list(found.values())

    def find(self, model_id: str) -> InstalledModel:
        """Return the package of an id. Raises ModelError where there is none, or it cannot be used."""
        models = self.models()
        found = next((one for one in models if one.id == model_id), None)
        if found is None:
            known = ", ".join(one.id for one in models) or "none"
            raise ModelError(
                f"There is no model “{model_id}”. Installed: {known}. Install one with `annotator models install`."
            )
        if found.problem:
            raise ModelError(found.problem)
        return found

    def install(self, source: Path) -> InstalledModel:
        """Copy a package from a folder or a zip file, whole and checked, in place of one with the same id.

        Weights without a manifest, in a folder or as a file, are taken for the model that this program describes with
        the same files.

        Raises ModelError where it is no sound package, InputError where it cannot be read or written.
        """
        with _unpacked(source, self.folder) as folder:
            manifest = read_manifest(folder)
            check_files(manifest, folder)
            labels_of(manifest, folder)
            for network in manifest.networks.values():
                check_network(_checked_bytes(manifest, folder, network.file), network.file)
            target = self.folder / manifest.id
            old = self.folder / f".{manifest.id}.old"
            try:
                shutil.rmtree(old, ignore_errors=True)
                if target.exists():
                    os.replace(target, old)
                os.replace(folder, target)
                shutil.rmtree(old, ignore_errors=True)
            except OSError as error:
                raise unwritable(target, error) from None
        return InstalledModel(manifest.id, target, manifest)

    def remove(self, model_id: str) -> None:
        """Delete a package. Raises ModelError where there is none of the id, or it came with the program."""
        folder = self.folder / model_id
        if (folder / MANIFEST).is_file() and folder.parent == self.folder:
            shutil.rmtree(folder)
            return
        if any(one.id == model_id for one in self.models()):
            raise ModelError(f"The model “{model_id}” came with the program and cannot be removed.")
        self.find(model_id)

    def check(self, model_id: str) -> InstalledModel:
        """Read every file of a package and compare it with the manifest. Raises ModelError."""
        found = self.find(model_id)
        assert found.manifest is not None
        check_files(found.manifest, found.folder)
        return found

    def load(self, model_id: str, *, runtime: str = "", cache: Path | None = None) -> LoadedModel:
        """Open the networks of a package; their bytes are checked as they are read.

        runtime: the only one to be used, where it is given. cache: a folder for what runtimes compile. Takes up to a
        second: not for the GUI thread. Raises ModelError.
        """
        found = self.find(model_id)
        manifest = found.manifest
        assert manifest is not None
        labels = labels_of(manifest, found.folder)
        cache = _usable(cache)
        networks, used = {}, ""
        for name, entry in manifest.networks.items():
            data = _checked_bytes(manifest, found.folder, entry.file)
            check_network(data, entry.file)
            decoder = make_decoder(entry.decoder, entry.parameters, labels)
            wanted = (runtime,) if runtime else entry.runtimes
            try:
                network, used = open_network(data, wanted, cache)
            except ModelError as error:
                raise ModelError(f"The model “{model_id}”, {entry.file}: {error}") from None
            networks[name] = LoadedNetwork(entry, network, decoder)
        return LoadedModel(manifest, found.folder, labels, networks, used)


def _usable(cache: Path | None) -> Path | None:
    """Return a folder for what runtimes compile, made where it is missing; None where it cannot be written."""
    if cache is None:
        return None
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log.info("compiled models are not kept: %s", error)
        return None
    return cache if os.access(cache, os.W_OK) else None


def check_files(manifest: Manifest, folder: Path) -> None:
    """Compare every file of a package with its manifest. Raises ModelError for the first that differs."""
    for name, entry in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"{name} is missing in {folder}. Get the package anew.")
        size = path.stat().st_size
        if size != entry.size:
            raise ModelError(
                f"{path} has {size} bytes, its manifest says {entry.size}. It is incomplete or another file."
                " Get the package anew."
            )
        digest = hashlib.sha256()
        with _opened(folder, name) as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
        _compare(digest.hexdigest(), entry.sha256, path)


def _checked_bytes(manifest: Manifest, folder: Path, name: str) -> bytes:
    path, entry = folder / name, manifest.files[name]
    with _opened(folder, name) as stream:
        data = stream.read(entry.size + 1)
    _compare(hashlib.sha256(data).hexdigest(), entry.sha256, path)
    return data


def _opened(folder: Path, name: str) -> BinaryIO:
    """Open a file of a package; links that lead out of its folder are refused."""
    return open_regular(resolve_inside(folder, name), root=folder)


def _compare(found: str, wanted: str, path: Path) -> None:
    if found != wanted:
        raise ModelError(
            f"{path} is not the file its manifest names: its sha256 is {found[:12]}…, not {wanted[:12]}…."
            " Get the package anew."
        )


def _looked_at(folder: Path) -> InstalledModel:
    """Return what the manifest of a folder says; its files are not read for that."""
    try:
        manifest = read_manifest(folder)
    except AnnotatorError as error:
        return InstalledModel(folder.name, folder, None, str(error))
    if manifest.id != folder.name:
        problem = f"{folder} holds the model “{manifest.id}”; its folder must be named so."
        return InstalledModel(folder.name, folder, manifest, problem)
    missing = [name for name in manifest.files if not (folder / name).is_file()]
    problem = f"{missing[0]} is missing in {folder}. Get the package anew." if missing else ""
    return InstalledModel(manifest.id, folder, manifest, problem)


@contextmanager
def _unpacked(source: Path, beside: Path) -> Iterator[Path]:
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
    with _opened(folder, name) as stream:
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
