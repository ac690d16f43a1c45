"""A person's keys: changes, the file, and files that make no sense."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.keys.files import KeyFileError
from annotator.keys.names import InvalidKeyError
from annotator.keys.user_keys import UserKeys, keys_path
from annotator.safe_io import write_whole
from annotator.translation import use_language
from tests.conftest import ROOT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "keys.toml"


def written(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_without_a_file_everything_is_as_the_map_has_it(path):
    keys = UserKeys.load(path)
    assert keys.map.id == "CVAT"
    assert keys.of("frame.next") == ("F",)
    assert (keys.problems, keys.clashes, keys.changed) == ((), (), ())
    keys.save(write_whole)
    assert not path.exists()


def test_the_file_holds_only_what_differs(path):
    keys = UserKeys.load(path)
    keys.use_map("labelme")
    keys.change("frame.next", ["PgDown", "j"])
    keys.change("view.crosshair", ["Ctrl+Shift+X"])
    keys.change("view.crosshair", [])
    keys.save(write_whole)
    assert path.read_text() == 'map = "labelme"\n\n[keys]\n"frame.next" = ["PgDown", "J"]\n'
    again = UserKeys.load(path)
    assert again.map.id == "labelme"
    assert again.of("frame.next") == ("PgDown", "J")
    again.reset_all()
    again.use_map("CVAT")
    again.save(write_whole)
    assert path.read_text() == ""


def test_a_key_that_another_command_has_is_moved(path):
    keys = UserKeys.load(path)
    told = []
    keys.subscribe(lambda: told.append(keys.of("view.fit")))
    assert [one.id for one in keys.holders("Ctrl+E", "view.fit")] == ["file.export"]
    keys.move("ctrl+e", "view.fit")
    assert keys.of("view.fit") == ("Ctrl+0", "Ctrl+E")
    assert keys.of("file.export") == ()
    assert keys.clashes == ()
    assert told == [("Ctrl+0", "Ctrl+E")]
    keys.save(write_whole)
    assert UserKeys.load(path).problems == ()


def test_resetting_brings_a_key_back_only_where_it_is_free():
    keys = UserKeys()
    keys.move("Ctrl+E", "view.fit")
    keys.reset("file.export")
    assert keys.of("file.export") == ()
    (clash,) = keys.clashes
    assert (clash.winner, clash.loser) == ("view.fit", "file.export")
    keys.reset("view.fit")
    assert keys.of("file.export") == ("Ctrl+E",)
    assert keys.changed == ()


def test_keys_of_other_parts_do_not_meet():
    keys = UserKeys()
    # Home works on the picture; a command of the whole window meets it.
    assert [one.id for one in keys.holders("Home", "view.fit")] == ["frame.first"]
    assert [one.id for one in keys.holders("Home", "frame.last")] == ["frame.first"]
    assert keys.holders("Home", "frame.first") == []


def test_a_key_bound_twice_is_told_and_one_has_it(path):
    written(path, '[keys]\n"view.zoom_in" = ["F7"]\n"view.fit" = ["F7", "F8"]\n')
    keys = UserKeys.load(path)
    (problem,) = keys.problems
    assert "F7" in problem
    assert "“Fit picture” has it" in problem
    assert keys.of("view.fit") == ("F7", "F8")
    assert keys.of("view.zoom_in") == ()


def test_a_wish_that_takes_a_usual_key_is_told(path):
    written(path, '[keys]\n"view.fit" = ["Ctrl+O"]\n')
    keys = UserKeys.load(path)
    assert keys.of("file.open_folder") == ()
    assert "“Fit picture” has it" in keys.problems[0]


def test_what_a_newer_version_wrote_is_told_and_kept(path):
    written(path, '[keys]\n"view.hologram" = ["H"]\n"view.fit" = ["F8"]\n')
    keys = UserKeys.load(path)
    (problem,) = keys.problems
    assert "view.hologram" in problem
    keys.change("view.fit", ["F9"])
    keys.save(write_whole)
    assert '"view.hologram" = ["H"]' in path.read_text()
    assert '"view.fit" = ["F9"]' in path.read_text()


@pytest.mark.parametrize(
    "data",
    [b"[keys", b"\xff\xfe\x00", b"a = " + b"[" * 50_000, b"{", b'{"keys": NaN}', b'{"keys": 3}', b"keys = 3",
     b"{" + b'"a":{' * 10_000, b" " * 2_000_000],
)  # fmt: skip
def test_a_damaged_file_is_one_sentence_and_is_put_aside(path, data):
    written(path, data)
    keys = UserKeys.load(path)
    (problem,) = keys.problems
    assert str(path) in problem
    assert "The usual keys are used." in problem
    assert len(problem) < 600
    assert keys.of("frame.next") == ("F",)
    keys.change("frame.next", ["F8"])
    keys.save(write_whole)
    assert UserKeys.load(path).of("frame.next") == ("F8",)
    assert path.with_suffix(".damaged").read_bytes() == data


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('map = "vim"\n', "map is one of CVAT, labelme, labelImg, not “vim”"),
        ("map = 3\n", "not “3”"),
        ('[keys]\n"view.fit" = ["Ctrl+Nonsense"]\n', "“Ctrl+Nonsense” is no key"),
        ('[keys]\n"view.fit" = 5\n', "list of texts"),
        ('[keys]\n"view.fit" = [5, {}]\n', "list of texts"),
        ("[keys]\nview.fit = {a = 1}\n", "list of texts"),
    ],
)
def test_an_entry_that_makes_no_sense_is_left_out_and_told(path, text, told):
    written(path, text + ("" if "[keys]" in text else "[keys]\n") + '"view.zoom_in" = "F9"\n')
    keys = UserKeys.load(path)
    assert any(told in problem for problem in keys.problems), keys.problems
    assert keys.of("view.fit") == ("Ctrl+0",)
    assert keys.of("view.zoom_in") == ("F9",)  # the rest is read


@pytest.fixture
def in_german() -> Iterator[None]:
    assert use_language("de", str(ROOT / "resources" / "translations"))
    yield
    use_language("en", "")


def test_many_unknown_commands_are_told_in_the_language(path, in_german: None):
    lines = "".join(f'"new.thing{number}" = "F{number}"\n' for number in range(1, 9))
    (told,) = UserKeys.load(written(path, f"[keys]\n{lines}")).problems
    assert "new.thing1, new.thing2, new.thing3 und 5 weitere" in told


def test_ids_may_be_written_without_quotation_marks(path):
    keys = UserKeys.load(written(path, '[keys]\nview.fit = ["F8"]\n'))
    assert keys.of("view.fit") == ("F8",)
    assert keys.problems == ()


def test_many_mistakes_are_a_few_sentences(path):
    lines = "".join(f'"view.fit{n}" = ["no such key"]\n' for n in range(500))
    keys = UserKeys.load(written(path, f"[keys]\n{lines}"))
    assert len(keys.problems) == 4
    assert "497 more entries" in keys.problems[-1]


@pytest.mark.parametrize("name", ["mine.toml", "mine.json"])
def test_what_is_exported_can_be_imported(tmp_path, name):
    keys = UserKeys()
    keys.use_map("labelImg")
    keys.move("Ctrl+Ä", "view.crosshair")
    keys.export_to(tmp_path / name, write_whole)
    other = UserKeys()
    other.change("view.fit", ["F8"])
    assert other.import_from(tmp_path / name) == ()
    assert other.map.id == "labelImg"
    assert other.changed == ("view.crosshair",)
    assert other.of("view.crosshair") == ("Ctrl+Ä",)


def test_an_import_that_fails_changes_nothing(tmp_path):
    keys = UserKeys()
    keys.change("view.fit", ["F8"])
    bad = tmp_path / "bad.json"
    bad.write_text("{]")
    with pytest.raises(KeyFileError, match=r"bad\.json"):
        keys.import_from(bad)
    with pytest.raises(KeyFileError, match="does not exist"):
        keys.import_from(tmp_path / "none.toml")
    with pytest.raises(KeyFileError, match="folder"):
        keys.import_from(tmp_path)
    assert keys.of("view.fit") == ("F8",)


def test_what_is_imported_from_json_is_told_like_toml(tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"map": "labelme", "keys": {"no.such": ["A"], "view.fit": "F8"}}))
    keys = UserKeys()
    (problem,) = keys.import_from(file)
    assert "no.such" in problem
    assert keys.of("view.fit") == ("F8",)


def test_a_key_that_is_none_is_refused():
    keys = UserKeys()
    with pytest.raises(InvalidKeyError):
        keys.change("view.fit", ["Hyper+Q"])
    assert keys.of("view.fit") == ("Ctrl+0",)
    with pytest.raises(KeyFileError, match="vim"):
        keys.use_map("vim")


def test_the_file_lies_beside_the_settings(tmp_path):
    assert keys_path(tmp_path / "settings.toml") == tmp_path / "keys.toml"
