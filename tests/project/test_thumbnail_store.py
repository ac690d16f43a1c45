import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from annotator.media.identity import FileIdentity
from annotator.project.media.thumbnail_store import ThumbnailKey, ThumbnailStore

KEY = ThumbnailKey(media=1 << 60, place=0, width=192)
FILE = FileIdentity(size=100, mtime_ns=5)
DATA = b"thumbnail"


@contextmanager
def store_in(folder: Path, *, limit: int = 1 << 30) -> Iterator[ThumbnailStore]:
    store = ThumbnailStore(folder, limit=limit)
    try:
        yield store
    finally:
        store.close()


def filled(folder: Path) -> Path:
    with store_in(folder) as store:
        store.put(KEY, FILE, DATA)
    return store.path


def test_nothing_is_made_before_it_is_asked(tmp_path: Path) -> None:
    with store_in(tmp_path):
        pass

    assert not list(tmp_path.iterdir())


def test_what_was_put_is_there_in_the_next_opening(tmp_path: Path) -> None:
    filled(tmp_path)

    with store_in(tmp_path) as store:
        assert store.get(KEY, FILE) == DATA


def test_a_changed_file_has_no_thumbnail_until_it_has_a_new_one(tmp_path: Path) -> None:
    filled(tmp_path)
    changed = FileIdentity(FILE.size, FILE.mtime_ns + 1)

    with store_in(tmp_path) as store:
        assert store.get(KEY, changed) is None
        assert store.get(KEY, FileIdentity(FILE.size + 1, FILE.mtime_ns)) is None
        store.put(KEY, changed, b"new")
        assert store.get(KEY, changed) == b"new"
        assert store.get(KEY, FILE) is None


def test_of_a_file_that_is_away_the_last_one_is_given(tmp_path: Path) -> None:
    filled(tmp_path)

    with store_in(tmp_path) as store:
        assert store.get(KEY, None) == DATA


def test_pages_and_sizes_are_told_apart(tmp_path: Path) -> None:
    keys = [KEY, ThumbnailKey(KEY.media, 3 << 32, 192), ThumbnailKey(KEY.media, 0, 600)]
    with store_in(tmp_path) as store:
        for number, key in enumerate(keys):
            store.put(key, FILE, bytes([number]))

        assert [store.get(key, FILE) for key in keys] == [b"\0", b"\1", b"\2"]


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000, bytes(8192)])
def test_a_damaged_file_is_made_anew_silently(tmp_path: Path, content: bytes) -> None:
    path = filled(tmp_path)
    path.write_bytes(content)

    with store_in(tmp_path) as store:
        assert store.get(KEY, FILE) is None
        store.put(KEY, FILE, DATA)
        assert store.get(KEY, FILE) == DATA


def test_a_file_that_is_damaged_in_its_middle_is_made_anew(tmp_path: Path) -> None:
    with store_in(tmp_path) as store:
        for media in range(200):
            store.put(ThumbnailKey(media, 0, 192), FILE, os.urandom(3000))
    size = store.path.stat().st_size
    with store.path.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\x07" * (size - 4096))

    with store_in(tmp_path) as again:
        for media in range(200):
            again.get(ThumbnailKey(media, 0, 192), FILE)
        again.put(KEY, FILE, DATA)
        assert again.get(KEY, FILE) == DATA


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE thumbnail",
        "PRAGMA user_version = 99",
        "PRAGMA application_id = 7",
        "CREATE TRIGGER t AFTER INSERT ON thumbnail BEGIN DELETE FROM thumbnail; END",
    ],
)
def test_a_file_of_another_kind_is_made_anew(tmp_path: Path, statement: str) -> None:
    path = filled(tmp_path)
    connection = apsw.Connection(str(path))
    connection.execute(statement)
    connection.close()

    with store_in(tmp_path) as store:
        assert store.get(KEY, FILE) is None
        store.put(KEY, FILE, DATA)
        assert store.get(KEY, FILE) == DATA


def test_the_cache_may_be_deleted_between_two_openings(tmp_path: Path) -> None:
    path = filled(tmp_path)
    path.unlink()
    path.parent.rmdir()

    with store_in(tmp_path) as store:
        assert store.get(KEY, FILE) is None


def test_where_nothing_can_be_kept_nothing_is_and_nobody_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file where the folder should be")

    with store_in(tmp_path) as store:
        store.put(KEY, FILE, DATA)
        assert store.get(KEY, FILE) is None


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be made read-only so")
@pytest.mark.skipif(getattr(os, "getuid", lambda: 0)() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with store_in(tmp_path) as store:
        store.put(KEY, FILE, DATA)
        assert store.get(KEY, FILE) is None
    tmp_path.chmod(0o700)


def test_the_file_does_not_grow_beyond_its_limit_and_old_ones_go_first(tmp_path: Path) -> None:
    limit = 1 << 20
    piece = os.urandom(4000)
    old = [ThumbnailKey(media, 0, 192) for media in range(100)]
    with store_in(tmp_path, limit=limit) as store:
        for key in old:
            store.put(key, FILE, piece)
    used = old[:10]

    with store_in(tmp_path, limit=limit) as store:
        for key in used:
            assert store.get(key, FILE) is not None
        for media in range(1000, 1400):
            store.put(ThumbnailKey(media, 0, 192), FILE, piece)
            # Looked at in between, so they are not the oldest.
            for key in used:
                store.get(key, FILE)
        left = [key for key in old if store.get(key, FILE) is not None]
        newest = store.get(ThumbnailKey(1399, 0, 192), FILE)

    # It looks at its size once in 64 times.
    assert store.path.stat().st_size < limit + 80 * 4096 * 2
    assert newest == piece
    assert set(left) <= set(used)


def test_threads_may_use_it_together(tmp_path: Path) -> None:
    failures: list[int] = []

    def work(first: int) -> None:
        for media in range(first, first + 100):
            key = ThumbnailKey(media, 0, 192)
            store.put(key, FILE, str(media).encode())
            if store.get(key, FILE) != str(media).encode():
                failures.append(media)

    with store_in(tmp_path) as store:
        threads = [threading.Thread(target=work, args=(1000 * n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert not failures


def test_after_the_end_nothing_is_kept_and_nothing_raised(tmp_path: Path) -> None:
    store = ThumbnailStore(tmp_path)
    store.put(KEY, FILE, DATA)
    store.close()
    store.put(KEY, FILE, b"late")

    assert store.get(KEY, FILE) is None
    with store_in(tmp_path) as again:
        assert again.get(KEY, FILE) == DATA
