"""Decoders: what makes an answer of the numbers of a network. A family is one module and one line here."""

from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from typing import Any, Final, Protocol

from annotator.models.errors import ModelError
from annotator.models.fitting import Fitted, Tensor

DECODERS: Final[Mapping[str, str]] = {
    "yolox": "annotator.models.decoders.yolox:Yolox",
    "dbnet": "annotator.models.decoders.dbnet:DbNet",
    "ctc": "annotator.models.decoders.ctc:Ctc",
}
"""By the name in a manifest: the module and the class, which is made with the manifest's parameters."""


class Decoder(Protocol):
    """Made with the parameters of a manifest and the labels of the model.

    `decode` gets the outputs by name and the input they were computed from, and returns what its provider expects:
    `Boxes`, `Regions` or `Words` (see `annotator.models.decoders.answers`). Raises ModelError where the outputs
    have another shape than the family's.
    """

    def decode(self, outputs: Mapping[str, Tensor], fitted: Fitted, threshold: float) -> Any:
        """Return the answer."""


def make_decoder(name: str, parameters: Mapping[str, Any], labels: tuple[str, ...]) -> Decoder:
    """Return the decoder of a name. Raises ModelError where there is none, or the parameters are not its own."""
    place = DECODERS.get(name)
    if place is None:
        known = ", ".join(sorted(DECODERS))
        raise ModelError(f"There is no decoder “{name}”. This version of the program has {known}.")
    module, _, attribute = place.partition(":")
    kind = getattr(import_module(module), attribute)
    known_ones = [one for one in signature(kind).parameters if one != "labels"]
    for one in parameters:
        if one not in known_ones:
            raise ModelError(
                f"The decoder “{name}” has no parameter “{one}”. It has {', '.join(known_ones) or 'none'}."
            )
    made: Decoder
    try:
        made = kind(labels, **parameters)
    except (TypeError, ValueError) as error:
        raise ModelError(f"The parameters of the decoder “{name}” are wrong: {error}.") from None
    return made
