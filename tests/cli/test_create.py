"""`annotator create`: ranges, orders, archives, and a second task."""

import zipfile
from pathlib import Path

import pytest

from annotator.project.folder import open_project


def frames(project: Path) -> dict[str, list[str]]:
    with open_project(project, read_only=True) as opened:
        return {
            task.name: [frame.name for frame in opened.frames(task.id)] for task in opened.tasks()
        }


@pytest.fixture
def many(tmp_path: Path, make_picture) -> Path:
    for number in range(1, 13):
        make_picture(tmp_path / "many" / f"{number}.png", 20, 10)
    return tmp_path / "many"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--range", "2:4"), ["3.png", "4.png", "5.png"]),
        (("--range", "10:"), ["11.png", "12.png"]),
        (("--range", ":1"), ["1.png", "2.png"]),
        (("--step", "5"), ["1.png", "6.png", "11.png"]),
        (("--sort", "lexicographic", "--range", ":2"), ["1.png", "10.png", "11.png"]),
        (("--sort", "random", "--seed", "7", "--range", ":2"), ["9.png", "7.png", "11.png"]),
    ],
)
def test_some_of_the_pictures(cli, tmp_path: Path, many: Path, options, expected):
    answer = cli("create", tmp_path / "p", many, *options, "--json")
    assert (answer.code, answer.document["frames"]) == (0, len(expected))
    assert frames(tmp_path / "p") == {"many": expected}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--range", "2-4"), "no range"),
        (("--range", "4:2"), "ends before it begins"),
        (("--range", "x:"), "no range"),
        (("--step", "0"), "greater than or equal to 1"),
        (("--step", "1_0"), "--step"),
        (("--seed", "1_0"), "'1_0' is not a valid integer"),
        (("--sort", "size"), "no order"),
    ],
)
def test_what_makes_no_sense_is_told(cli, tmp_path: Path, many: Path, options, reason):
    answer = cli("create", tmp_path / "p", many, *options)
    assert answer.code == 2
    assert reason in answer.err
    assert not (tmp_path / "p").exists()


def test_a_range_without_pictures(cli, tmp_path: Path, many: Path):
    answer = cli("create", tmp_path / "p", many, "--range", "12:")
    assert answer.code == 1
    assert "none of 12 pictures" in answer.err
    assert not (tmp_path / "p").exists()


def test_archives_and_a_second_task(cli, tmp_path: Path, many: Path):
    archive = tmp_path / "more.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(many / "1.png", "a/2.png")
        file.write(many / "1.png", "a/10.png")
        file.writestr("../out.png", b"x")
    assert cli("create", tmp_path / "p", many, "--range", ":0").code == 0
    answer = cli("create", tmp_path / "p", archive, "--json")
    assert answer.code == 3  # something was left out
    assert "left out" in answer.document["problems"][0]
    assert frames(tmp_path / "p") == {"many": ["1.png"], "more": ["a/2.png", "a/10.png"]}
    exported = cli(
        "export", tmp_path / "p", tmp_path / "out", "--format", "coco_instances", "--task", "more",
        "--save-images",
    )  # fmt: skip
    assert exported.code == 0, exported
    images = tmp_path / "out" / "images" / "default"
    written = sorted(path.relative_to(images).as_posix() for path in images.rglob("*.*"))
    assert written == ["a/10.png", "a/2.png"]
    assert (images / "a/2.png").read_bytes() == (many / "1.png").read_bytes()


def test_folders_with_archives_say_so(cli, tmp_path: Path, many: Path):
    (many / "more.zip").write_bytes(b"PK\3\4")
    answer = cli("create", tmp_path / "p", many, "--json")
    assert answer.document["frames"] == 12
    assert "Archives were passed over (1)" in answer.document["problems"][0]
    answer = cli("create", tmp_path / "q", many / "more.zip")
    assert answer.code == 1
    assert "no complete archive" in answer.err


@pytest.mark.parametrize(("given", "kept"), [("  day ", "day"), ("   ", "many"), ("", "many")])
def test_spaces_around_a_name_are_not_kept(cli, tmp_path: Path, many: Path, given, kept):
    assert cli("create", tmp_path / "p", many, "--task", given).code == 0
    assert list(frames(tmp_path / "p")) == [kept]
    assert cli("import", tmp_path / "p", "nowhere", "--task", kept).code == 1  # it is found by it


@pytest.mark.parametrize("name", ["two\nlines", "bell\a", "n" * 1001])
def test_a_name_that_fits_no_line_is_refused(cli, tmp_path: Path, many: Path, name):
    answer = cli("create", tmp_path / "p", many, "--task", name)
    assert answer.code == 1
    assert len(answer.err.splitlines()) == 1
    assert not (tmp_path / "p").exists()
