"""Finding names by a few typed letters."""

from collections.abc import Container, Sequence

# The better the match the smaller the rank: the whole name, its beginning, the beginning of a word in it, anywhere
# in one piece, the letters in their order.
_WHOLE, _PREFIX, _WORD, _INSIDE, _SCATTERED = range(5)


def ranked(query: str, names: Sequence[str], preferred: Container[int] = ()) -> list[int]:
    """Return the places of the names that match, the best first; all of them in their order for an empty query.

    Capital letters count as small ones. Of matches of one kind the preferred places are first, then those with the
    shorter gap between the letters, then the one that comes first in `names`.
    """
    wanted = query.strip().casefold()
    if not wanted:
        return list(range(len(names)))
    found: list[tuple[int, bool, int, int]] = []
    for place, name in enumerate(names):
        match = _match(wanted, name)
        if match is not None:
            kind, gap = match
            found.append((kind, place not in preferred, gap, place))
    return [place for *_, place in sorted(found)]


def _match(wanted: str, name: str) -> tuple[int, int] | None:
    text = name.casefold()
    if text == wanted:
        return _WHOLE, 0
    at = text.find(wanted)
    if at == 0:
        return _PREFIX, len(text)
    while at > 0:
        if not text[at - 1].isalnum():
            return _WORD, at
        at = text.find(wanted, at + 1)
    if wanted in text:
        return _INSIDE, text.index(wanted)
    span = _span(wanted, text)
    return None if span is None else (_SCATTERED, span)


def _span(wanted: str, text: str) -> int | None:
    """Return how many letters lie between the first and the last of those that match in order, or None."""
    first = at = text.find(wanted[0])
    for letter in wanted[1:]:
        if at < 0:
            return None
        at = text.find(letter, at + 1)
    return None if at < 0 else at - first
