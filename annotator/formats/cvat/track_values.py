"""Values of a track's attributes: those that may change from key frame to key frame, and those of the whole track."""

from collections.abc import Mapping

from annotator.core.labels import Attribute
from annotator.core.shapes import AttributeValue
from annotator.formats.cvat.elements import values_of


class TrackValues:
    """Parts the values of key frames: those that may change stay there, of the others the last one counts."""

    def __init__(self, attributes: Mapping[str, Attribute]) -> None:
        self._attributes = attributes
        self._mutable = {one.id for one in attributes.values() if one.mutable}
        self._names = {one.id: one.name for one in attributes.values()}
        self.constant: dict[int, AttributeValue] = {}
        self.changing: set[str] = set()

    def taken(self, texts: Mapping[str, str]) -> dict[int, AttributeValue]:
        """Return the values that may change, and remember the others."""
        if not texts:
            return {}
        here: dict[int, AttributeValue] = {}
        for attribute, value in values_of(texts, self._attributes).items():
            if attribute in self._mutable:
                here[attribute] = value
                continue
            if self.constant.get(attribute, value) != value:
                self.changing.add(self._names[attribute])
            self.constant[attribute] = value
        return here


def mutable_names(attributes: Mapping[str, Attribute]) -> frozenset[str]:
    """Return the names of the attributes whose values may change."""
    return frozenset(name for name, one in attributes.items() if one.mutable)
