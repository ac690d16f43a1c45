"""ONNX files written byte by byte: messages of protobuf, as onnx.proto numbers their fields."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

FLOAT, INT64, BOOL = 1, 7, 9


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def inside(field: int, data: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(data)) + data


def value_info(name: str, kind: int, sides: Sequence[int]) -> bytes:
    dimensions = b"".join(inside(1, number(1, side)) for side in sides)
    shape = inside(1, number(1, kind) + inside(2, dimensions))
    return inside(1, name.encode()) + inside(2, shape)


def constant(name: str, values: np.ndarray) -> bytes:
    kind = {"f": FLOAT, "i": INT64, "b": BOOL}[values.dtype.kind]
    sides = b"".join(number(1, side) for side in values.shape)
    return sides + number(2, kind) + inside(8, name.encode()) + inside(9, values.tobytes())


def attribute(name: str, value: int | bytes) -> bytes:
    """A number, or a graph."""
    start = inside(1, name.encode())
    if isinstance(value, int):
        return start + number(3, value) + number(20, 2)
    return start + inside(6, value) + number(20, 5)


def node(operator: str, inputs: Sequence[str], outputs: Sequence[str], *attributes: bytes) -> bytes:
    ends = [inside(1, name.encode()) for name in inputs]
    ends += [inside(2, name.encode()) for name in outputs]
    return b"".join([*ends, inside(4, operator.encode()), *(inside(5, one) for one in attributes)])


def graph(
    nodes: Sequence[bytes],
    inputs: Sequence[bytes],
    outputs: Sequence[bytes],
    constants: Sequence[bytes] = (),
) -> bytes:
    fields = ((1, nodes), (5, constants), (11, inputs), (12, outputs))
    parts = [inside(field, one) for field, messages in fields for one in messages]
    return b"".join([inside(2, b"g"), *parts])


def model(whole: bytes) -> bytes:
    return number(1, 8) + inside(7, whole) + inside(8, inside(1, b"") + number(2, 13))


def network(operator: str = "Relu", sides: tuple[int, ...] = (1, 3, 4, 4)) -> bytes:
    """A network of one operator from `x` to `y`, both float32 of the same sides."""
    return model(
        graph(
            [node(operator, ["x"], ["y"])],
            [value_info("x", FLOAT, sides)],
            [value_info("y", FLOAT, sides)],
        )
    )


# Detectors that go wrong on bright pictures ----------------------------------------------------------------

SIDE = 32
_CELLS = 21  # of YOLOX on 32 x 32: 16, 4 and 1
_SIDES = (1, _CELLS, 6)


def one_object() -> np.ndarray:
    """What YOLOX answers that sees one object, in the first cell."""
    values = np.zeros(_SIDES, np.float32)
    values[0, 0, 4:] = 0.9
    return values


def endless_on_bright() -> bytes:
    """Sees an object, after as many rounds of a loop as the picture is bright: for a white one some 10^17."""
    body = graph(
        [node("Identity", ["on"], ["still"]), node("Identity", ["before"], ["after"])],
        [
            value_info("round", INT64, ()),
            value_info("on", BOOL, ()),
            value_info("before", FLOAT, _SIDES),
        ],
        [value_info("still", BOOL, ()), value_info("after", FLOAT, _SIDES)],
    )
    return _detector(
        [node("Loop", ["count", "", "seen"], ["y"], attribute("body", body))], per_brightness=1e15
    )


def greedy_on_bright() -> bytes:
    """Sees an object, after it has filled memory as the picture is bright: for a white one 8 GB."""
    return _detector(
        [
            node("Range", ["none", "count", "one"], ["many"]),
            node("ReduceSum", ["many"], ["sum"], attribute("keepdims", 0)),
            node("Cast", ["sum"], ["more"], attribute("to", FLOAT)),
            node("Add", ["seen", "more"], ["y"]),
        ],
        per_brightness=2**30 / 255,
        more=[constant("none", np.array(0)), constant("one", np.array(1))],
    )


def _detector(nodes: Sequence[bytes], per_brightness: float, more: Sequence[bytes] = ()) -> bytes:
    """A network whose nodes have `count`, how bright the picture is, and `seen`, and give `y`."""
    counting = [
        node("ReduceMax", ["x"], ["brightest"], attribute("keepdims", 0)),
        node("Mul", ["brightest", "factor"], ["product"]),
        node("Cast", ["product"], ["count"], attribute("to", INT64)),
    ]
    return model(
        graph(
            [*counting, *nodes],
            [value_info("x", FLOAT, (1, 3, SIDE, SIDE))],
            [value_info("y", FLOAT, _SIDES)],
            [
                constant("factor", np.array(per_brightness, np.float32)),
                constant("seen", one_object()),
                *more,
            ],
        )
    )


MANIFEST = """
schema = 1
id = "{id}"
name = "{id}"
version = "1"
kind = "detector"
licence = "CC0-1.0"
labels = ["thing"]
[files."a.onnx"]
sha256 = "{sha}"
size = {size}
[networks.main]
file = "a.onnx"
decoder = "yolox"
[networks.main.input]
size = [32, 32]
"""


def write_package(folder: Path, weights: bytes) -> Path:
    """Write a detector with these weights; its id is the name of the folder."""
    folder.mkdir(parents=True)
    sha = hashlib.sha256(weights).hexdigest()
    text = MANIFEST.format(id=folder.name, sha=sha, size=len(weights))
    (folder / "model.toml").write_text(text)
    (folder / "a.onnx").write_bytes(weights)
    return folder
