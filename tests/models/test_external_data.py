"""Networks that want to read other files are refused before a runtime sees them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.models.errors import ModelError
from annotator.models.external_data import check_network
from tests.models.onnx_files import inside, network, number


def entry(key: str, value: str) -> bytes:
    return inside(13, inside(1, key.encode()) + inside(2, value.encode()))


OWN = number(1, 4) + number(2, 1) + inside(9, bytes(16))
LOCATED = OWN + number(14, 1)
NAMED = OWN + entry("location", "../../secret.bin")
# Where a tensor may stand in a model, each as a function of its bytes.
PLACES = {
    "weight": lambda t: inside(7, inside(5, t)),
    "constant": lambda t: inside(7, inside(1, inside(5, inside(5, t)))),
    "list of constants": lambda t: inside(7, inside(1, inside(5, inside(10, t)))),
    "branch": lambda t: inside(7, inside(1, inside(5, inside(6, inside(5, t))))),
    "sparse values": lambda t: inside(7, inside(15, inside(1, t))),
    "sparse constant": lambda t: inside(7, inside(1, inside(5, inside(22, inside(2, t))))),
    "function": lambda t: inside(25, inside(7, inside(5, inside(5, t)))),
    "training": lambda t: inside(20, inside(1, inside(5, t))),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("tensor", [LOCATED, NAMED])
def test_weights_in_another_file_are_found_wherever_they_stand(place, tensor):
    whole = number(1, 8) + inside(2, b"somebody")
    check_network(whole + PLACES[place](OWN), "a.onnx")
    with pytest.raises(ModelError, match=r"a.onnx keeps weights in another file"):
        check_network(whole + PLACES[place](tensor), "a.onnx")


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_it_ends_with_a_sentence_or_none(data):
    with suppress(ModelError):  # any other error fails the test
        check_network(data, "a.onnx")


def test_a_real_network_passes():
    check_network(network(), "A.ONNX")


def test_endless_nesting_is_refused():
    data = b""
    for _ in range(70):
        data = inside(1, inside(5, inside(6, data)))
    with pytest.raises(ModelError, match="nested"):
        check_network(inside(7, data), "a.onnx")


@pytest.mark.parametrize("data", [b"\x08", b"\x0f", b"\x12\x7f", b"\xff" * 11, b"\x3d\x00"])
def test_what_is_cut_off_is_refused(data):
    with pytest.raises(ModelError, match="damaged"):
        check_network(data, "a.onnx")


@pytest.mark.parametrize("name", ["weights.pt", "weights.pkl", "model.xml", "onnx"])
def test_other_formats_are_refused(name):
    with pytest.raises(ModelError, match="no ONNX file"):
        check_network(b"", name)
