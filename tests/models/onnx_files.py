"""ONNX files written byte by byte: messages of protobuf, as onnx.proto numbers their fields."""


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


def network(operator: str = "Relu", sides: tuple[int, ...] = (1, 3, 4, 4)) -> bytes:
    """A network of one operator from `x` to `y`, both float32 of the same sides."""
    dimensions = b"".join(inside(1, number(1, side)) for side in sides)
    tensor = inside(1, number(1, 1) + inside(2, dimensions))
    node = inside(1, b"x") + inside(2, b"y") + inside(4, operator.encode())
    ends = [inside(1, name) + inside(2, tensor) for name in (b"x", b"y")]
    graph = inside(1, node) + inside(2, b"g") + inside(11, ends[0]) + inside(12, ends[1])
    return number(1, 8) + inside(7, graph) + inside(8, inside(1, b"") + number(2, 13))
