from hypothesis import given
from hypothesis import strategies as st

from annotator.media.cache import ByteBudgetCache


def test_the_longest_unused_goes_first():
    cache: ByteBudgetCache[str, int] = ByteBudgetCache(30)
    for key in "abc":
        cache.put(key, ord(key), 10)
    assert cache.get("a") == ord("a")
    cache.put("d", 1, 10)
    assert [key for key in "abcd" if key in cache] == ["a", "c", "d"]
    cache.put("e", 1, 25)
    assert [key for key in "abcde" if key in cache] == ["e"]


def test_asking_whether_it_is_there_is_no_use_of_it():
    cache: ByteBudgetCache[str, int] = ByteBudgetCache(20)
    cache.put("a", 1, 10)
    cache.put("b", 2, 10)
    assert "a" in cache
    cache.put("c", 3, 10)
    assert "a" not in cache


def test_what_is_larger_than_the_budget_is_not_kept_and_pushes_nothing_out():
    cache: ByteBudgetCache[str, int] = ByteBudgetCache(20)
    cache.put("a", 1, 10)
    cache.put("big", 2, 21)
    assert "a" in cache
    assert cache.get("big") is None


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers(0, 5), st.integers(0, 40)),
            st.tuples(st.just("get"), st.integers(0, 5), st.just(0)),
            st.tuples(st.just("forget"), st.integers(0, 5), st.just(0)),
        ),
        max_size=40,
    )
)
def test_it_behaves_as_a_list_ordered_by_use(steps):
    budget = 60
    cache: ByteBudgetCache[int, tuple[int, int]] = ByteBudgetCache(budget)
    model: list[tuple[int, tuple[int, int], int]] = []  # key, value, size; the last used last
    for number, (action, key, size) in enumerate(steps):
        kept = next((entry for entry in model if entry[0] == key), None)
        if action == "get":
            assert cache.get(key) == (kept[1] if kept else None)
            if kept:
                model.remove(kept)
                model.append(kept)
            continue
        if kept:
            model.remove(kept)
        if action == "forget":
            cache.forget(key)
        else:
            cache.put(key, (key, number), size)
            if size <= budget:
                model.append((key, (key, number), size))
                while sum(entry[2] for entry in model) > budget:
                    model.pop(0)
        assert cache.bytes == sum(entry[2] for entry in model) <= budget
        assert len(cache) == len(model)
        assert all(entry[0] in cache for entry in model)
    cache.clear()
    assert (cache.bytes, len(cache)) == (0, 0)
