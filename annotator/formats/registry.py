"""The formats the program knows, each a declaration; code is imported when it is first used."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import AnnotatorError
from annotator.formats.dataset import Dataset, DatasetView, ReadOptions, WriteOptions
from annotator.formats.losses import LossReport
from annotator.formats.options import FormatOption
from annotator.formats.recognition import recognise
from annotator.safe_io import DEFAULT_LIMITS, Limits

_ARCHIVES: Final = (".zip", ".7z", ".rar", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2")
_UNPACK: Final = "It is an archive: unpack it and choose the folder."


class FormatError(AnnotatorError):
    """A dataset cannot be read or written at all: which file, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a path looks like a format, and why or why not, as a clause ("missing key 'categories'")."""

    fits: bool
    reason: str


class Writer(Protocol):
    """Writes a view in one format. The target folder exists, is empty and becomes visible only when all went well."""

    def losses(self, view: DatasetView, options: WriteOptions, progress: Progress) -> LossReport:
        """Say what `write` would lose, without writing."""
        ...

    def write(
        self, view: DatasetView, folder: Path, options: WriteOptions, progress: Progress
    ) -> None:
        """Write into an empty folder."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """One dataset format. Places of code are `module:name`.

    detect: (path, limits) -> Verdict. open: (path, options, limits) -> Dataset. writer: a `Writer`, or "" for
    a format that is only read. can_hold: aspects of `facts.py` the format keeps, for menus and the manual.
    decimals: what coordinates are rounded to on writing, None for unrounded; relative: after they were divided
    by the size of the picture. options: what `write` understands.
    """

    id: str
    title: str
    can_hold: frozenset[str]
    detect: str
    open: str
    writer: str = ""
    decimals: int | None = None
    relative: bool = False
    options: tuple[FormatOption, ...] = ()

    @property
    def option_ids(self) -> tuple[str, ...]:
        """What `write` understands, by name."""
        return tuple(one.id for one in self.options)

    def verdict(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> Verdict:
        """Return whether `path` looks like this format."""
        detect: Callable[[Path, Limits], Verdict] = _load(self.detect)
        return detect(path, limits)

    def read(
        self, path: Path, options: ReadOptions | None = None, limits: Limits = DEFAULT_LIMITS
    ) -> Dataset:
        """Open a dataset. Raises FormatError where nothing of it can be read."""
        opened: Dataset = _load(self.open)(path, options or {}, limits)
        return opened

    def losses(
        self,
        view: DatasetView,
        options: WriteOptions | None = None,
        progress: Progress = NO_PROGRESS,
    ) -> LossReport:
        """Return what writing the view would lose."""
        return self._writer().losses(view, options or {}, progress)

    def write(
        self,
        view: DatasetView,
        folder: Path,
        options: WriteOptions | None = None,
        progress: Progress = NO_PROGRESS,
    ) -> None:
        """Write the view into an empty folder; see `exporting.export_dataset` for one that appears whole."""
        self._writer().write(view, folder, options or {}, progress)

    def _writer(self) -> Writer:
        if not self.writer:
            raise FormatError(
                f"Format {self.title} can be read, not written. Choose another format."
            )
        writer: Writer = _load(self.writer)
        return writer


def _load(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


class FormatRegistry:
    """Formats by id, in the order they were registered."""

    def __init__(self, formats: Iterable[Format] = ()) -> None:
        self._formats: dict[str, Format] = {}
        for one in formats:
            self.register(one)

    def register(self, one: Format) -> None:
        """Add a format. Raises FormatError where its id is taken."""
        if one.id in self._formats:
            raise FormatError(f"There is already a format with the id {one.id!r}.")
        self._formats[one.id] = one

    def __iter__(self) -> Iterator[Format]:
        return iter(self._formats.values())

    def __getitem__(self, format_id: str) -> Format:
        try:
            return self._formats[format_id]
        except KeyError:
            known = ", ".join(self._formats)
            raise FormatError(f"There is no format {format_id!r}. Known are: {known}.") from None

    def detect(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> Format:
        """Return the one format a path looks like.

        Raises FormatError that gives every format's reason where none fits, or names those that do where
        several fit, and InputError where there is nothing to look at.
        """
        answers = recognise(path, self, limits=limits)
        fitting = [one.format for one in answers if one.fits]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            names = ", ".join(one.id for one in fitting)
            raise FormatError(f"{path} could be any of: {names}. Say which one.")
        reasons = "; ".join(f"not {one.format.id}: {one.reason}" for one in answers)
        is_archive = path.name.lower().endswith(_ARCHIVES)
        advice = _UNPACK if is_archive else "Choose another file or folder."
        raise FormatError(f"{path} is in no format the program knows ({reasons}). {advice}")
