"""The model packages of the user: installed, listed, checked, removed; and loaded to be used."""

import logging
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from annotator.core.errors import AnnotatorError
from annotator.models import places
from annotator.models.decoders import make_decoder
from annotator.models.errors import ModelError
from annotator.models.external_data import check_network
from annotator.models.manifest import Manifest, labels_of, read_manifest
from annotator.models.package_files import check_files, checked_bytes
from annotator.models.places import MANIFEST
from annotator.models.providers import LoadedModel, LoadedNetwork
from annotator.models.runtimes import open_network
from annotator.models.unpacking import unpacked
from annotator.safe_io import unwritable

log = logging.getLogger(__name__)


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
        with unpacked(source, self.folder) as folder:
            with _told_of(source, folder):
                manifest = read_manifest(folder)
                check_files(manifest, folder)
                labels_of(manifest, folder)
                for network in manifest.networks.values():
                    check_network(checked_bytes(manifest, folder, network.file), network.file)
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

    def load(
        self, model_id: str, *, runtime: str = "", cache: Path | None = None, threads: int = 1
    ) -> LoadedModel:
        """Open the networks of a package; their bytes are checked as they are read.

        runtime: the only one to be used, where it is given. cache: a folder for what runtimes compile. threads: on
        which one picture is computed. Takes up to a second: not for the GUI thread. Raises ModelError.
        """
        found = self.find(model_id)
        manifest = found.manifest
        assert manifest is not None
        labels = labels_of(manifest, found.folder)
        cache = _usable(cache)
        networks, used = {}, ""
        for name, entry in manifest.networks.items():
            data = checked_bytes(manifest, found.folder, entry.file)
            check_network(data, entry.file)
            decoder = make_decoder(entry.decoder, entry.parameters, labels)
            wanted = (runtime,) if runtime else entry.runtimes
            try:
                network, used = open_network(data, wanted, cache, threads)
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
def _told_of(source: Path, copy: Path) -> Iterator[None]:
    """Let errors name the package that somebody has, not its copy, which is gone when they are read."""
    try:
        yield
    except ModelError as error:
        raise ModelError(str(error).replace(str(copy), str(source))) from None
