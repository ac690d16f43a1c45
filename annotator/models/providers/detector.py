"""A detector with one network: pixels in, boxes out."""

from annotator.core.errors import InvalidValueError
from annotator.core.labels import checked_name
from annotator.core.shapes import Rectangle
from annotator.models.decoders.answers import Boxes
from annotator.models.errors import ModelError
from annotator.models.fitting import fit_picture
from annotator.models.proposal import Proposal
from annotator.models.providers import LoadedModel, Pixels, answered


class BoxDetector:
    """Proposes rectangles."""

    def __init__(self, model: LoadedModel) -> None:
        self.labels = model.labels
        for name in model.labels:
            _check_name(name, model)
        self._main = model.network("main")

    def detect(self, pixels: Pixels, threshold: float) -> list[Proposal]:
        """Return the boxes, the best first; boxes without an area, all outside the picture, are left out."""
        fitted = fit_picture(pixels, self._main.entry.input)
        outputs = self._main.run(fitted.tensor)
        boxes = answered(self._main.decoder.decode(outputs, fitted, threshold), Boxes)
        return [
            Proposal(self.labels[label], Rectangle((x0, y0, x1, y1)), score)
            for (x0, y0, x1, y1), score, label in zip(
                boxes.xyxy.tolist(), boxes.scores.tolist(), boxes.labels.tolist(), strict=True
            )
            if x1 > x0 and y1 > y0
        ]


def _check_name(name: str, model: LoadedModel) -> None:
    """Raise ModelError where a project could have no label of a name."""
    try:
        checked_name(name, "A label")
    except InvalidValueError as error:
        raise ModelError(
            f"The labels of the model “{model.manifest.id}” are wrong: {error}"
        ) from None


def make(model: LoadedModel) -> BoxDetector:
    """Return the provider of a model."""
    return BoxDetector(model)
