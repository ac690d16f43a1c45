"""What is said between the program and the process of a model: MessagePack behind four bytes with its length."""

from collections.abc import Sequence
from typing import IO, Final, TypeAlias, TypeVar

import msgspec

from annotator.core.errors import GeometryError
from annotator.core.shape_codec import decode_shape, encode_shape
from annotator.core.shapes import ShapeKind
from annotator.models.manifest import Manifest
from annotator.models.proposal import Proposal

LARGEST_MESSAGE: Final = 64 << 20
MOST_OBJECTS: Final = 100_000
_LENGTH: Final = 4

M = TypeVar("M")


class Load(msgspec.Struct, frozen=True, tag=True):
    """Open a model. folder, shipped: where packages lie. cache: empty where nothing compiled is kept.

    threads: on which one picture is computed.
    """

    folder: str
    shipped: tuple[str, ...]
    model: str
    runtime: str
    cache: str
    threads: int
    seconds: float
    memory: int


class Look(msgspec.Struct, frozen=True, tag=True):
    """Look at the picture that lies in the shared block: height x width x channels bytes from its beginning."""

    block: str
    size: int
    height: int
    width: int
    channels: int
    threshold: float


class Loaded(msgspec.Struct, frozen=True, tag=True):
    """The model is ready."""

    manifest: Manifest
    labels: tuple[str, ...]
    runtime: str
    device: str


class Seen(msgspec.Struct, frozen=True, tag=True):
    """What the model sees; each object as label, kind (empty for a tag), shape, score and attributes."""

    objects: list[tuple[str, ShapeKind | None, bytes, float, dict[str, str]]]


class Failed(msgspec.Struct, frozen=True, tag=True):
    """Why that cannot be done, as a sentence for the user."""

    text: str


Request: TypeAlias = Load | Look
Answer: TypeAlias = Loaded | Seen | Failed

_requests: "Final[msgspec.msgpack.Decoder[Request]]" = msgspec.msgpack.Decoder(Request)
_answers: "Final[msgspec.msgpack.Decoder[Answer]]" = msgspec.msgpack.Decoder(Answer)
_encoder: Final = msgspec.msgpack.Encoder()


class WireError(Exception):
    """The other end is gone, or says what means nothing."""


def send(stream: IO[bytes], message: Request | Answer) -> None:
    """Write a message. Raises WireError where nobody reads it."""
    data = _encoder.encode(message)
    try:
        stream.write(len(data).to_bytes(_LENGTH, "little") + data)
        stream.flush()
    except (OSError, ValueError) as error:  # closed at the other end, or at this one
        raise WireError(str(error)) from None


def receive_request(stream: IO[bytes]) -> Request:
    """Wait for a request. Raises WireError."""
    return _decoded(_requests, stream)


def receive_answer(stream: IO[bytes]) -> Answer:
    """Wait for an answer. Raises WireError."""
    return _decoded(_answers, stream)


def _decoded(decoder: "msgspec.msgpack.Decoder[M]", stream: IO[bytes]) -> M:
    try:
        size = int.from_bytes(_exactly(stream, _LENGTH), "little")
        if size > LARGEST_MESSAGE:
            raise WireError(f"a message of {size} bytes")
        return decoder.decode(_exactly(stream, size))
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise WireError(str(error)) from None


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise WireError("nothing more comes")
    return data


def as_seen(proposals: Sequence[Proposal]) -> Seen:
    """Return proposals as they are sent."""
    return Seen(
        [
            (
                one.label,
                None if one.shape is None else one.shape.kind,
                b"" if one.shape is None else encode_shape(one.shape),
                one.score,
                dict(one.attributes),
            )
            for one in proposals
        ]
    )


def proposals_of(seen: Seen) -> list[Proposal]:
    """Return the proposals that were sent. Raises WireError where they make no sense."""
    if len(seen.objects) > MOST_OBJECTS:
        raise WireError(f"{len(seen.objects)} objects on one picture")
    found = []
    for label, kind, data, score, attributes in seen.objects:
        if not 0.0 <= score <= 1.0:
            raise WireError(f"a score of {score}")
        try:
            shape = None if kind is None else decode_shape(kind, data)
        except (ValueError, GeometryError) as error:
            raise WireError(str(error)) from None
        found.append(Proposal(label, shape, score, attributes))
    return found
