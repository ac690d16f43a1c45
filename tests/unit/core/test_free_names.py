"""Names that are told apart by a number."""

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.free_names import FreeNames


def numbered(name: str, number: int) -> str:
    return f"{name}{number}"


@given(st.lists(st.sampled_from(("a", "A", "a2", "a22", "b"))))
def test_no_two_names_are_equal_and_the_first_of_each_stays(wanted: list[str]) -> None:
    for sameness in (str, str.casefold):
        names = FreeNames(numbered, sameness)
        claimed = [names.claim(one) for one in wanted]
        assert len({sameness(one) for one in claimed}) == len(wanted)
        assert claimed[:1] == wanted[:1]
        assert all(one.startswith(name) for one, name in zip(claimed, wanted, strict=True))


def test_numbers_go_on_where_they_stopped() -> None:
    names = FreeNames(numbered)
    assert [names.claim(one) for one in ("a", "a", "a3", "a", "a3")] == [
        "a",
        "a2",
        "a3",
        "a4",
        "a32",
    ]


def test_something_else_may_say_what_is_taken() -> None:
    tried: list[str] = []

    def is_taken(name: str) -> bool:
        tried.append(name)
        return name in ("a", "a2")

    names = FreeNames(numbered)
    assert [names.free("a", is_taken), names.free("a", is_taken)] == ["a3", "a4"]
    assert tried == ["a", "a2", "a3", "a", "a4"]
