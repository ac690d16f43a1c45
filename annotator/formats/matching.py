"""Which picture that is already there each name in a dataset means.

The first rule that finds something decides; what it finds more than one of is left to the user, and the order of
a list never decides:

1. the same path, or the one that only Unicode spells in another way;
2. the same path without the suffix;
3. the same path without the suffix, with folders more or less in front;
4. the same frame number, for videos, or where no name fitted by the rules before;
5. the same path but for capitals.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import splitext
from typing import Final, Literal, TypeAlias

from annotator.core.spelling import composed, folded

Rule: TypeAlias = Literal["path", "stem", "folders", "number", "capitals"]
_OWN_NUMBER: Final = re.compile(r"(?:frame_)?(\d{1,18})", re.ASCII)
_NOTHING: Final = "no picture has this name"


@dataclass(frozen=True, slots=True)
class Match:
    """The picture that a name means, by its place in the list; None with the reason where it is not known.

    candidates: the places of all it could be, where there are several.
    """

    index: int | None = None
    rule: Rule | None = None
    candidates: tuple[int, ...] = ()
    reason: str = ""


def match_names(
    names: Iterable[str],
    existing: Sequence[str],
    *,
    numbers: Mapping[str, int] | None = None,
    video_numbers: Sequence[int] | None = None,
) -> dict[str, Match]:
    """Return a match for each name; takes a second for 100 000.

    names, existing: paths with either slash. numbers: of frames, by name, where the dataset gives them.
    video_numbers: those of the existing frames, where they are of a video.
    """
    return _Matching(list(dict.fromkeys(names)), existing, numbers or {}, video_numbers).run()


_Candidates: TypeAlias = Callable[[str], Sequence[int]]


class _Matching:
    def __init__(
        self,
        names: list[str],
        existing: Sequence[str],
        numbers: Mapping[str, int],
        video_numbers: Sequence[int] | None,
    ) -> None:
        self._names, self._numbers, self._video_numbers = names, numbers, video_numbers
        self._existing = [_cleaned(name) for name in existing]
        self._result: dict[str, Match] = {}
        self._taken: set[int] = set()

    def run(self) -> dict[str, Match]:
        """Apply the rules one after the other, each to all names that are left."""
        self._apply("path", lambda: self._by(str))
        self._apply("path", lambda: self._by(composed))
        self._apply("stem", lambda: self._by(_stem))
        self._apply("folders", self._by_folders)
        if self._video_numbers is not None or not self._taken:
            self._apply("number", self._by_number)
        self._apply("capitals", lambda: self._by(folded))
        self._apply("capitals", lambda: self._by(lambda path: folded(_stem(path))))
        return {name: self._result.get(name, Match(reason=_NOTHING)) for name in self._names}

    def _apply(self, rule: Rule, make: Callable[[], _Candidates]) -> None:
        left = [name for name in self._names if name not in self._result]
        if not left:
            return
        candidates = make()
        found: dict[str, int] = {}
        for name in left:
            free = [index for index in candidates(name) if index not in self._taken]
            if len(free) > 1:
                free = self._with_same_suffix(name, free) or free
            if len(free) == 1:
                found[name] = free[0]
            elif free:
                self._result[name] = Match(candidates=tuple(free), reason=self._could_be(free))
        self._claim(found, rule)

    def _claim(self, found: Mapping[str, int], rule: Rule) -> None:
        claims: defaultdict[int, list[str]] = defaultdict(list)
        for name, index in found.items():
            claims[index].append(name)
        for index, names in claims.items():
            for name in names:
                other = next((one for one in names if one != name), None)
                if other is None:
                    self._result[name] = Match(index, rule)
                else:
                    reason = f"{self._existing[index]} could be this one or {other}"
                    self._result[name] = Match(candidates=(index,), reason=reason)
        self._taken.update(claims)

    def _with_same_suffix(self, name: str, indices: Sequence[int]) -> list[int]:
        suffix = splitext(name)[1]
        same = [index for index in indices if splitext(self._existing[index])[1] == suffix]
        return same if len(same) == 1 else []

    def _could_be(self, indices: Sequence[int]) -> str:
        names = [self._existing[index] for index in indices[:3]]
        more = ", ..." if len(indices) > 3 else ""
        return f"it could be {' or '.join(names)}{more}"

    def _by(self, key: Callable[[str], str]) -> _Candidates:
        index = _index((key(path), place) for place, path in enumerate(self._existing))
        return lambda name: index.get(key(_cleaned(name)), ())

    def _by_folders(self) -> _Candidates:
        stems = [_stem(path) for path in self._existing]
        whole = _index((stem, place) for place, stem in enumerate(stems))
        endings = _index((end, place) for place, stem in enumerate(stems) for end in _endings(stem))

        def candidates(name: str) -> Sequence[int]:
            path = _cleaned(name)
            if found := endings.get(_stem(path)):
                return found
            return next((whole[end] for end in _endings(_stem(path)) if end in whole), ())

        return candidates

    def _by_number(self) -> _Candidates:
        known = self._video_numbers
        numbers = [_number(path) for path in self._existing] if known is None else known
        index = _index((number, place) for place, number in enumerate(numbers))

        def candidates(name: str) -> Sequence[int]:
            number = self._numbers.get(name, _number(_cleaned(name)))
            return () if number is None else index.get(number, ())

        return candidates


def _index(pairs: Iterable[tuple[object, int]]) -> dict[object, list[int]]:
    index: defaultdict[object, list[int]] = defaultdict(list)
    for key, place in pairs:
        index[key].append(place)
    return index


def _cleaned(name: str) -> str:
    return name.replace("\\", "/").removeprefix("./")


def _stem(path: str) -> str:
    """The path without its last suffix, composed: `img.v2.jpg` is `img.v2`."""
    return splitext(composed(path))[0]


def _endings(path: str) -> Iterator[str]:
    """The path, and without one folder after the other in front."""
    while path:
        yield path
        path = path.partition("/")[2]


def _number(path: str) -> int | None:
    found = _OWN_NUMBER.fullmatch(_stem(path).rpartition("/")[2])
    return int(found[1]) if found else None
