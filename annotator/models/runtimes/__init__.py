"""Runtimes: what computes a network. Each is imported when it is first used, never before."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Protocol

from annotator.models.errors import ModelError
from annotator.models.fitting import Tensor

RUNTIMES: Final[Mapping[str, str]] = {
    "openvino": "annotator.models.runtimes.with_openvino:OpenVinoNetwork",
    "onnxruntime": "annotator.models.runtimes.with_onnxruntime:OnnxRuntimeNetwork",
}
"""By name, which is also that of the package it needs: the module and the class."""


class Network(Protocol):
    """A network that is ready to compute. `run` may be called by several threads at once."""

    device: str
    """On what it is computed, in a few letters: `CPU`."""

    def run(self, tensor: Tensor) -> Mapping[str, Tensor]:
        """Return the outputs by name for one input; they belong to the caller."""


def open_network(
    data: bytes, names: Sequence[str], cache: Path | None, threads: int = 1
) -> tuple[Network, str]:
    """Make a network of the bytes of an ONNX file; return it and the name of its runtime.

    names: runtimes, the first that is installed and can open it computes it. cache: a folder for what a runtime has
    compiled. threads: on which one input is computed. Bytes, not a path: what was checked is what is loaded, and a file
    can refer to no other one.
    """
    reasons = []
    for name in names:
        place = RUNTIMES.get(name)
        if place is None:
            reasons.append(f"“{name}” is no runtime of this version")
        elif find_spec(name) is None:
            reasons.append(f"{name} is not installed")
        else:
            module, _, attribute = place.partition(":")
            try:
                network: Network = getattr(import_module(module), attribute)(data, cache, threads)
            except ModelError as error:
                reasons.append(str(error))
            else:
                return network, name
    raise ModelError(
        f"The network cannot be opened: {'; '.join(reasons) or 'no runtime is named'}."
    )
