import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.safe_io import (
    FileNames,
    InputError,
    paths,
    printable,
    resolve_inside,
    safe_file_name,
)

# Names as a hostile or careless program writes them: the pieces that mean something somewhere, mixed.
names = st.lists(
    st.sampled_from(
        ["..", ".", "/", "\\", "C:", "a", "con", "http://h", "\0", "\u202e", "é", " ", "~", "%2e"]
    )
    | st.text(max_size=4),
    max_size=8,
).map("".join)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("../e.txt", '".."'),
        ("a/../../b.txt", '".."'),
        ("..\\..\\e.txt", '".."'),
        ("a\\../..\\b", '".."'),
        ("/etc/passwd", "absolute"),
        ("\\Windows\\win.ini", "absolute"),
        ("C:\\w.txt", "drive"),
        ("c:w.txt", "drive"),
        ("\\\\host\\share\\x.png", "another machine"),
        ("//host/share/x.png", "another machine"),
        ("http://host/x.png", "address"),
        ("file:///etc/passwd", "address"),
        ("file:/etc/passwd", "address"),
        ("x.png\0.txt", "control"),
        ("a\nb", "control"),
        ("gnp\u202ex.exe", "control"),
        ("\ud800.png", "control"),
        ("a" * 256, "too long"),
        ("a/" * 3000, "too long"),
    ],
)
def test_a_name_that_could_leave_the_folder_is_refused_with_its_rule(tmp_path: Path, name, reason):
    with pytest.raises(InputError, match=reason) as caught:
        resolve_inside(tmp_path, name)
    assert caught.value.rule == "path"
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x.png", "x.png"),
        ("train/Ä 猫/x.png", "train/Ä 猫/x.png"),
        ("train\\x.png", "train/x.png"),
        ("labels/../images/./x.png", "images/x.png"),
        ("a..b/...c", "a..b/...c"),
        ("12:30.png", "12:30.png"),
        ("~/x", "~/x"),
        ("$HOME/%2e%2e/x", "$HOME/%2e%2e/x"),
    ],
)
def test_a_name_that_stays_inside_is_taken_as_it_is(tmp_path: Path, name, expected):
    assert resolve_inside(tmp_path, name) == tmp_path / expected


@given(name=names)
def test_whatever_is_not_refused_lies_inside(tmp_path_factory: pytest.TempPathFactory, name):
    root = tmp_path_factory.getbasetemp()
    try:
        path = resolve_inside(root, name)
    except InputError:
        return
    assert path == root or root in path.parents


def test_links_count_by_where_they_lead(tmp_path: Path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "a").mkdir(parents=True)
    outside.mkdir()
    (root / "out").symlink_to(outside)
    (root / "in").symlink_to(root / "a")
    (root / "loop").symlink_to(root / "loop")
    assert resolve_inside(root, "in/x.png") == root / "a" / "x.png"
    with pytest.raises(InputError, match="link out of"):
        resolve_inside(root, "out/x.png")


def test_the_root_itself_may_be_a_link(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert resolve_inside(tmp_path / "link", "x.png") == tmp_path / "real" / "x.png"


def test_dots_after_a_link_are_taken_from_where_it_leads(tmp_path: Path):
    """The text "deep/../x" looks like "x", but the system goes up from the folder behind the link."""
    (tmp_path / "outer" / "inner").mkdir(parents=True)
    root = tmp_path / "root"
    root.mkdir()
    (root / "deep").symlink_to(tmp_path / "outer" / "inner")
    with pytest.raises(InputError, match="link out of"):
        resolve_inside(root, "deep/../x")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../x", "_._x"),
        ("a/b\\c", "a_b_c"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("com1", "_com1"),
        ("console", "console"),
        ("nul\0", "nul_"),
        ("a:b*c?", "a_b_c_"),
        ("name. . ", "name"),
        (" x", "x"),
        (".hidden", "_hidden"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("A\u0308.jpg", "Ä.jpg"),
        ("猫 dog.jpg", "猫 dog.jpg"),
    ],
)
def test_safe_file_names(name, expected):
    assert safe_file_name(name) == expected


@given(st.text(max_size=400) | names)
def test_a_safe_file_name_is_one_part_every_system_takes(name):
    safe = safe_file_name(name)
    assert safe
    assert len(safe.encode()) <= 240
    assert not set(safe) & set('/\\:*?"<>|\0')
    assert safe[0] not in ". "
    assert safe[-1] not in ". "
    assert safe_file_name(safe) == safe


@given(
    st.lists(
        names | st.sampled_from(["a.jpg", "A.JPG", "a_2.jpg", "x" * 300, "x" * 300 + ".jpg"]),
        max_size=20,
    )
)
def test_no_two_claimed_names_are_equal_where_case_does_not_count(wanted):
    given_out = FileNames()
    claimed = [given_out.claim(name) for name in wanted]
    assert len({name.casefold() for name in claimed}) == len(wanted)
    assert all(len(name.encode()) <= 240 for name in claimed)


def test_the_counter_stands_before_the_suffix_and_counts_on():
    names = FileNames()
    assert [names.claim(name) for name in ("a.jpg", "A.jpg", "a.jpg", "a_2.jpg")] == [
        "a.jpg",
        "A_2.jpg",
        "a_3.jpg",
        "a_2_2.jpg",
    ]


def test_claiming_many_equal_names_is_quick():
    names = FileNames()
    assert [names.claim("x.png") for _ in range(20_000)][-1] == "x_20000.png"


def test_a_name_in_a_message_shows_what_it_hides():
    assert printable("a\x1b]0;b\u202e\n") == r'"a\x1b]0;b\u202e\n"'
    assert len(printable("x" * 10_000)) < 130
    assert printable("Prüfbild 猫.jpg") == '"Prüfbild 猫.jpg"'


@pytest.mark.skipif(os.name != "nt", reason="only Windows keeps these names for devices")
def test_devices_are_refused_on_windows(tmp_path: Path):
    with pytest.raises(InputError):
        resolve_inside(tmp_path, "CON")


@pytest.mark.parametrize(
    "name", ["con.jpg", "a/aux", "NUL", "pic.jpg:evil", "dir./a.jpg", "a /b", "com1"]
)
def test_what_windows_takes_for_something_else_is_refused_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.setattr(paths, "_ON_WINDOWS", True)
    with pytest.raises(InputError, match="Windows takes it"):
        resolve_inside(tmp_path, name)
    assert paths.name_problem(name) is not None


@pytest.mark.parametrize(
    "name", ["icon.jpg", "a/../b.jpg", "./a.jpg", "console/a", ".hidden", "a.b/c"]
)
def test_other_names_are_kept_on_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.setattr(paths, "_ON_WINDOWS", True)
    assert resolve_inside(tmp_path, name) == (tmp_path / name).resolve()
