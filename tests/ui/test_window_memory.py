"""What the window remembers of itself, in a file of its own."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from annotator.settings import settings_path
from annotator.ui.shell.window_memory import WindowMemory


def test_what_is_kept_is_there_the_next_time_and_on_the_disk(tmp_path: Path):
    WindowMemory(tmp_path / "settings.toml").keep("geometry", QByteArray(b"\x00\x01"))
    assert WindowMemory(tmp_path / "settings.toml").get("geometry") == QByteArray(b"\x00\x01")
    QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat).sync()
    assert b"geometry" in (tmp_path / "window.ini").read_bytes()


def test_another_home_remembers_nothing_of_this_one(home: Path, tmp_path: Path, monkeypatch):
    WindowMemory(settings_path()).keep("workspace", "review")
    assert home in settings_path().parents
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    assert WindowMemory(settings_path()).get("workspace") is None


def test_without_a_file_of_settings_nothing_is_kept(tmp_path: Path):
    memory = WindowMemory(None)
    memory.keep("workspace", "review")
    assert memory.get("workspace") is None


def test_a_damaged_file_reads_as_nothing(tmp_path: Path):
    (tmp_path / "window.ini").write_bytes(b"\xff\x00[[[\n=@ByteArray(\\x\n")
    assert WindowMemory(tmp_path / "settings.toml").get("geometry") is None
