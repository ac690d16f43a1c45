"""Settings: defaults, what is written, and files that make no sense."""

import os
from pathlib import Path

import pytest

from annotator import settings
from annotator.core.errors import InvalidValueError
from annotator.safe_io import write_whole
from annotator.settings import (
    CROSSHAIR,
    FILL_OPACITY,
    RECENT_SIZE,
    SETTINGS,
    THEME,
    Setting,
    Settings,
    section_title,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def test_every_declaration_holds_together():
    assert len({one.key for one in SETTINGS}) == len(SETTINGS)
    for one in SETTINGS:
        assert one.checked(one.default) == one.default
        assert one.help.endswith(".")
        assert one.shown_title
        assert not one.choice_titles or len(one.choice_titles) == len(one.choices)
        assert one.key.count(".") == 1


def test_titles_are_made_from_keys_where_none_is_given():
    plain = Setting("some_part.how_many", 3, "Says how many.", choices=(3, 4))
    assert plain.section == "some_part"
    assert plain.shown_title == "How many"
    assert plain.title_of(4) == "4"
    assert section_title("some_part") == "Some part"
    assert THEME.title_of("system") == "As the system"


def test_a_value_goes_back_to_its_default_and_tells():
    values = Settings()
    values.set(RECENT_SIZE, 3)
    assert values.is_changed(RECENT_SIZE)
    told = []
    values.subscribe(told.append)
    values.reset(RECENT_SIZE)
    values.reset(RECENT_SIZE)
    assert not values.is_changed(RECENT_SIZE)
    assert told == [RECENT_SIZE]


def test_without_a_file_everything_is_at_its_default(path):
    values = Settings.load(path)
    assert [values.get(one) for one in SETTINGS] == [one.default for one in SETTINGS]
    assert values.problems == ()


def test_the_file_holds_only_what_differs(path):
    values = Settings.load(path)
    values.set(THEME, "dark")
    values.set(FILL_OPACITY, 0.5)
    values.set(CROSSHAIR, CROSSHAIR.default)
    values.save(write_whole)
    assert path.read_text() == '[window]\ntheme = "dark"\n\n[canvas]\nfill_opacity = 0.5\n'
    assert Settings.load(path).get(THEME) == "dark"

    values.set(THEME, "system")
    values.set(FILL_OPACITY, FILL_OPACITY.default)
    values.save(write_whole)
    assert path.read_text().strip() == ""


def test_nothing_is_written_where_nothing_differs(path):
    Settings.load(path).save(write_whole)
    assert not path.exists()


def test_comments_and_unknown_entries_stay(path):
    path.parent.mkdir()
    path.write_text('# mine\n[window]\ntheme = "light"  # bright room\n[plugin]\nsize = 3\n')
    values = Settings.load(path)
    values.set(RECENT_SIZE, 5)
    values.save(write_whole)
    text = path.read_text()
    assert "# mine" in text
    assert 'theme = "light"  # bright room' in text
    assert "[plugin]\nsize = 3" in text
    assert Settings.load(path).get(RECENT_SIZE) == 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[window]\ntheme = "pink"\n', "window.theme is one of system, dark, light, not 'pink'."),
        ("[window]\ntheme = 3\n", "window.theme is a text, not 3."),
        ("[canvas]\nfill_opacity = nan\n", "canvas.fill_opacity lies between 0 and 1, not nan."),
        ("[canvas]\ncrosshair = 1\n", "canvas.crosshair is true or false, not 1."),
        ("[start]\nrecent_projects = true\n", "start.recent_projects is a whole number, not True."),
        (
            "[start]\nrecent_projects = -4\n",
            "start.recent_projects lies between 0 and 100, not -4.",
        ),
    ],
)
def test_a_nonsense_value_is_left_out_and_told(path, text, told):
    path.parent.mkdir()
    path.write_text(text + "[drawing]\nkeep_tool = false\n")
    values = Settings.load(path)
    (problem,) = values.problems
    assert told in problem
    assert str(path) in problem
    assert values.get(THEME) == "system"
    assert values.get(settings.KEEP_TOOL) is False  # the rest is read


@pytest.mark.parametrize("data", [b"[window", b"\xff\xfe\x00", b"a = " + b"[" * 50_000])
def test_a_damaged_file_is_told_and_put_aside_when_saving(path, data):
    path.parent.mkdir()
    path.write_bytes(data)
    values = Settings.load(path)
    (problem,) = values.problems
    assert "damaged" in problem
    values.set(THEME, "dark")
    values.save(write_whole)
    assert Settings.load(path).get(THEME) == "dark"
    assert path.with_suffix(".damaged").read_bytes() == data


def test_a_whole_number_is_taken_for_a_number(path):
    path.parent.mkdir()
    path.write_text("[canvas]\nfill_opacity = 1\n")
    values = Settings.load(path)
    assert values.get(FILL_OPACITY) == 1.0
    assert values.problems == ()


def test_setting_a_value_tells_the_listeners_once():
    values = Settings()
    told = []
    stop = values.subscribe(told.append)
    values.set(THEME, "dark")
    values.set(THEME, "dark")
    assert told == [THEME]
    stop()
    values.set(THEME, "light")
    assert told == [THEME]
    with pytest.raises(InvalidValueError, match="one of system, dark, light"):
        values.set(THEME, "pink")
    assert values.get(THEME) == "light"


def test_the_file_lies_in_the_users_settings_folder(home):
    assert settings.settings_path().is_relative_to(home)


def test_a_byte_order_mark_is_no_damage(path):
    path.parent.mkdir()
    path.write_bytes(b"\xef\xbb\xbf" + b'[window]\ntheme = "light"\n')
    settings = Settings.load(path)
    assert not settings.problems
    assert settings.get(THEME) == "light"
    settings.set(THEME, "dark")
    settings.save(write_whole)
    assert not path.with_suffix(".damaged").exists()
    assert Settings.load(path).get(THEME) == "dark"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_a_link(path, tmp_path):
    kept = tmp_path / "dotfiles.toml"
    kept.write_text("")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(kept)
    settings = Settings.load(path)
    settings.set(THEME, "light")
    settings.save(write_whole)
    assert path.is_symlink()
    assert Settings.load(kept).get(THEME) == "light"
