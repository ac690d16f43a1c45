"""Colours for labels that come one after the other."""

from annotator.core.labels import PALETTE


class LabelColours:
    """The colours of labels so far. The next one is that of `core.labels.next_colour`, without counting them anew."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(PALETTE, 0)

    def note(self, colour: str) -> None:
        """Take note of the colour of a label."""
        if colour in self._counts:
            self._counts[colour] += 1

    def next(self) -> str:
        """Return the palette's first colour that is used least."""
        return min(PALETTE, key=self._counts.__getitem__)

    def taken(self) -> str:
        """Return the next colour, as that of a label."""
        colour = self.next()
        self.note(colour)
        return colour
