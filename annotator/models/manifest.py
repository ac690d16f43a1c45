"""`model.toml`: what a model package says of itself.

    schema = 1
    id = "yolox-nano-coco"                 # letters, digits, - and _
    name = "YOLOX nano"
    version = "1.0"
    kind = "detector"                      # a key of annotator.models.providers.PROVIDERS
    licence = "Apache-2.0"
    labels = ["person", "bicycle"]         # or: labels_file = "labels.txt"
    [files."yolox_nano.onnx"]              # every file of the package but model.toml
    sha256 = "695e…"
    size = 3660092
    [networks.main]                        # a detector has one, `main`; a text model `detect` and `read`
    file = "yolox_nano.onnx"
    runtimes = ["openvino", "onnxruntime"] # the first that is there
    decoder = "yolox"                      # a key of annotator.models.decoders.DECODERS
    [networks.main.input]                  # see annotator.models.fitting.InputSpec
    [networks.main.parameters]             # of the decoder
    [defaults]
    threshold = 0.3

Unknown keys are refused: a misspelt one would be an error that nobody sees.
"""

import hashlib
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import msgspec

from annotator.models.errors import ModelError
from annotator.models.fitting import InputSpec
from annotator.models.places import MANIFEST
from annotator.safe_io import DEFAULT_LIMITS, name_problem, read_bytes

SCHEMA: Final = 1
_SMALL: Final = replace(DEFAULT_LIMITS, file_bytes=1 << 20)
_MOST_LABELS: Final = 50_000
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class FileEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a package. sources: where it can be had from; nothing is ever fetched without the user's act."""

    sha256: str
    size: int
    sources: tuple[str, ...] = ()


class NetworkEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One network: its file, what may compute it, how a picture becomes its input and its output an answer."""

    file: str
    decoder: str
    input: InputSpec
    runtimes: tuple[str, ...] = ("openvino", "onnxruntime")
    parameters: dict[str, Any] = {}


class Defaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the sliders stand at first."""

    threshold: float = 0.5


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `model.toml`, checked."""

    schema: int
    id: str
    name: str
    version: str
    kind: str
    licence: str
    files: dict[str, FileEntry]
    networks: dict[str, NetworkEntry]
    description: str = ""
    homepage: str = ""
    labels: tuple[str, ...] = ()
    labels_file: str = ""
    defaults: Defaults = Defaults()

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(entry.size for entry in self.files.values())

    @property
    def revision(self) -> str:
        """The version, and a digest of all that decides what the model sees: files, networks, labels."""
        decisive = msgspec.json.encode(
            (self.kind, self.files, self.networks, self.labels, self.labels_file), order="sorted"
        )
        return f"{self.version} {hashlib.sha256(decisive).hexdigest()[:16]}"


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest of a package's folder. Raises ModelError, InputError where it cannot be read."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelError(f"{folder} holds no model: there is no {MANIFEST} in it.")
    return parse_manifest(read_bytes(path, _SMALL), str(path))


def parse_manifest(data: bytes, name: str) -> Manifest:
    """Check the bytes of a manifest; name: what to call it where something is wrong."""
    try:
        table = tomllib.loads(data.decode())
        manifest = msgspec.convert(table, Manifest)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ModelError(f"{name} is not valid TOML: {error}.") from None
    except msgspec.ValidationError as error:
        raise ModelError(f"{name} is not a manifest of a model: {error}.") from None
    problem = _problem(manifest)
    if problem:
        raise ModelError(f"{name}: {problem}")
    return manifest


def labels_of(manifest: Manifest, folder: Path) -> tuple[str, ...]:
    """Return the labels, from the file of the package where the manifest names one, one in each line."""
    if not manifest.labels_file:
        return manifest.labels
    text = read_bytes(folder / manifest.labels_file, _SMALL).decode("utf-8", "replace")
    # A line of blanks can be a sign of an alphabet: only what ends the line is cut.
    labels = tuple(text.splitlines())
    if not labels or len(labels) > _MOST_LABELS:
        raise ModelError(
            f"{folder / manifest.labels_file} holds {len(labels)} labels; between 1 and {_MOST_LABELS} are needed."
        )
    return labels


def _problem(manifest: Manifest) -> str:
    """Return what is wrong beyond types, as a sentence; empty where nothing is."""
    if manifest.schema != SCHEMA:
        return (
            f"its schema is {manifest.schema}, this version of the program reads {SCHEMA}."
            " Update the program, or ask for a package made for this version."
        )
    if not _ID.fullmatch(manifest.id):
        return f"the id {manifest.id!r} may hold letters, digits, - and _ only, 64 at most."
    for file_name, entry in manifest.files.items():
        if name_problem(file_name) or "/" in file_name or "\\" in file_name:
            return f"{file_name!r} is not the plain name of a file."
        if not _SHA256.fullmatch(entry.sha256):
            return f"the sha256 of {file_name} is not 64 digits of lower case hexadecimal."
        if entry.size < 0:
            return f"the size of {file_name} is negative."
    named = [network.file for network in manifest.networks.values()]
    for file_name in [*named, *filter(None, [manifest.labels_file])]:
        if file_name not in manifest.files:
            return f"{file_name} is used, but not listed among the files."
    if not 0.0 <= manifest.defaults.threshold <= 1.0:
        return "the threshold lies between 0 and 1."
    return ""
