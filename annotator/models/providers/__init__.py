"""Providers: what answers a kind of question about a picture. A kind is one module and one line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from annotator.models.decoders import Decoder
from annotator.models.errors import ModelError
from annotator.models.fitting import Tensor
from annotator.models.manifest import Manifest, NetworkEntry
from annotator.models.proposal import Proposal
from annotator.models.runtimes import Network

Pixels: TypeAlias = NDArray[np.uint8]
A = TypeVar("A")

PROVIDERS: Final[Mapping[str, str]] = {
    "detector": "annotator.models.providers.detector:make",
    "text": "annotator.models.providers.text:make",
}
"""By the kind in a manifest: the module and the function that makes a provider of a loaded model."""


class Detector(Protocol):
    """Proposes objects on a picture. Any thread may ask, several at once."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the labels it may propose."""

    def detect(self, pixels: Pixels, threshold: float) -> list[Proposal]:
        """Return what is seen on (H, W, 3) pixels, blue, green, red, with at least a score, the best first.

        A fourth channel is left out.
        """


@dataclass(frozen=True, slots=True)
class LoadedNetwork:
    """A network that is ready, with what makes its input and what makes an answer of its output."""

    entry: NetworkEntry
    network: Network
    decoder: Decoder

    def run(self, tensor: Tensor) -> Mapping[str, Tensor]:
        """Compute; the outputs by name."""
        return self.network.run(tensor)


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A package that is ready: its manifest, labels, and networks by the names the manifest gives them."""

    manifest: Manifest
    folder: Path
    labels: tuple[str, ...]
    networks: Mapping[str, LoadedNetwork]
    runtime: str

    def network(self, name: str) -> LoadedNetwork:
        """Return a network that its kind needs. Raises ModelError where the manifest has none of that name."""
        found = self.networks.get(name)
        if found is None:
            raise ModelError(
                f"The model “{self.manifest.id}” is a {self.manifest.kind}, which needs a network named “{name}”;"
                " its manifest has none."
            )
        return found


def answered(answer: object, expected: type[A]) -> A:
    """Return what a decoder gave. Raises ModelError where it is not what this kind of model needs."""
    if not isinstance(answer, expected):
        raise ModelError(
            f"The decoder gives {type(answer).__name__.lower()} where {expected.__name__.lower()} are needed."
            " Its manifest does not fit the kind of the model."
        )
    return answer


def make_provider(model: LoadedModel) -> Detector:
    """Return the provider of a model's kind. Raises ModelError where there is none."""
    place = PROVIDERS.get(model.manifest.kind)
    if place is None:
        known = ", ".join(sorted(PROVIDERS))
        raise ModelError(
            f"The model “{model.manifest.id}” is a “{model.manifest.kind}”. This version of the program runs {known}."
        )
    module, _, attribute = place.partition(":")
    make: Callable[[LoadedModel], Detector] = getattr(import_module(module), attribute)
    return make(model)
