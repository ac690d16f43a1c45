"""CTC, connectionist temporal classification (Graves et al., 2006): a sign or none for each step along a line.

Layout: (N, steps, signs), probabilities. Sign 0 is none, sign i is line i - 1 of the alphabet, the one after the last
is a space. Repeated signs count once, then those that are none go.
"""

from collections.abc import Mapping

import numpy as np

from annotator.models.decoders.answers import Words
from annotator.models.errors import ModelError
from annotator.models.fitting import Fitted, Tensor


class Ctc:
    """labels: the alphabet."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        self._signs = ("", *labels, " ")

    def decode(self, outputs: Mapping[str, Tensor], fitted: Fitted, threshold: float) -> Words:
        """Return the text of each line with the mean score of its signs; nothing is left out."""
        values = np.asarray(next(iter(outputs.values())))
        if values.ndim != 3 or values.shape[2] != len(self._signs):
            raise ModelError(
                f"The network answers with {values.shape}; with an alphabet of {len(self._signs) - 2} signs its last"
                f" number would be {len(self._signs)}. Its manifest does not fit it."
            )
        best, scores = values.argmax(2), values.max(2)
        texts, means = [], []
        for places, chances in zip(best, scores, strict=True):
            counted = places != 0
            counted[1:] &= places[1:] != places[:-1]
            texts.append("".join(map(self._signs.__getitem__, places[counted].tolist())))
            means.append(float(chances[counted].mean()) if counted.any() else 0.0)
        return Words(tuple(texts), np.array(means, np.float64))
