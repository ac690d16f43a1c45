"""Refusing networks whose weights lie in other files than the one that was checked.

An ONNX file may say that a tensor is to be read from another file; runtimes follow that, through hard links too, and
relative to wherever the program was started. Here each file of a package has its checksum and stands for itself, so
such a network is refused. The file is a message of protobuf (https://protobuf.dev/programming-guides/encoding), of
which only the few fields that lead to tensors are looked at.
"""

from collections.abc import Iterator
from typing import Final, Literal, NoReturn, TypeAlias

from annotator.models.errors import ModelError

_Message: TypeAlias = Literal[
    "model", "graph", "node", "attribute", "tensor", "sparse", "function", "training"
]

# For each message: the numbers of its fields that hold messages to be looked into, from onnx.proto.
_INSIDE: Final[dict[_Message, dict[int, _Message]]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "function": {7: "node", 11: "attribute"},
    "training": {1: "graph", 2: "graph"},
    "tensor": {},
}
# Fields of a tensor: where its data lie, and in which other file.
_EXTERNAL_DATA: Final = 13
_DATA_LOCATION: Final = 14
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_DEEPEST: Final = 60
_LONGEST_VARINT: Final = 10


def check_network(data: bytes, name: str) -> None:
    """Raise ModelError where the bytes of an ONNX file are no such file, or refer to another one."""
    if not name.lower().endswith(".onnx"):
        raise ModelError(
            f"{name} is no ONNX file. This version of the program runs networks in that format alone, because"
            " others can hold code. Convert it, or take another model."
        )
    _check(memoryview(data), "model", name, 0)


def _check(data: memoryview, message: _Message, name: str, depth: int) -> None:
    if depth > _DEEPEST:
        raise ModelError(f"{name} is nested over {_DEEPEST} levels deep. Take another model.")
    inside = _INSIDE[message]
    for field, value in _fields(data, name):
        if message == "tensor" and (
            field == _EXTERNAL_DATA or (field == _DATA_LOCATION and value == 1)
        ):
            raise ModelError(
                f"{name} keeps weights in another file. Get the package with all weights in one file."
            )
        if field in inside and isinstance(value, memoryview):
            _check(value, inside[field], name, depth + 1)


def _fields(data: memoryview, name: str) -> Iterator[tuple[int, int | memoryview]]:
    """Yield the fields of a message: numbers as numbers, everything with a length as its bytes."""
    at, end = 0, len(data)
    while at < end:
        tag, at = _varint(data, at, name)
        kind = tag & 7
        if kind == _VARINT:
            value, at = _varint(data, at, name)
            yield tag >> 3, value
            continue
        if kind == _BYTES:
            size, at = _varint(data, at, name)
        elif kind in (_FIXED32, _FIXED64):
            size = 4 if kind == _FIXED32 else 8
        else:
            _refuse(name)
        if at + size > end:
            _refuse(name)
        if kind == _BYTES:
            yield tag >> 3, data[at : at + size]
        at += size


def _varint(data: memoryview, at: int, name: str) -> tuple[int, int]:
    value = 0
    for place in range(_LONGEST_VARINT):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * place)
        if not byte & 0x80:
            return value, at
    _refuse(name)


def _refuse(name: str) -> NoReturn:
    raise ModelError(f"{name} is damaged, or no ONNX file. Get the package anew.")
