"""The pictures of recent projects on the start page."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage

from annotator.ui.start.recent_list import RecentList
from annotator.ui.start.recent_pictures import BOX, file_name, pictures_folder, read_pictures
from tests.conftest import MakePicture
from tests.ui.driver import Driver


def picture(seed: int = 1) -> QImage:
    image = QImage(BOX[0], 90, QImage.Format.Format_RGB32)
    image.fill(0x102030 * seed)
    return image


def test_pictures_are_read_by_what_was_opened(tmp_path: Path) -> None:
    picture().save(str(tmp_path / file_name("/a")))

    found = read_pictures(tmp_path, ["/a", "/b"])

    assert list(found) == ["/a"]
    assert found["/a"].size() == picture().size()


def test_pictures_of_forgotten_projects_are_deleted(tmp_path: Path) -> None:
    picture().save(str(tmp_path / file_name("/a")))
    picture().save(str(tmp_path / file_name("/b")))

    read_pictures(tmp_path, ["/b"])

    assert [file.name for file in tmp_path.iterdir()] == [file_name("/b")]


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8" * 200_000])
def test_what_is_no_small_picture_is_not_shown(tmp_path: Path, content: bytes) -> None:
    (tmp_path / file_name("/a")).write_bytes(content)

    assert read_pictures(tmp_path, ["/a"]) == {}
    assert read_pictures(tmp_path / "nothing", ["/a"]) == {}


def test_a_large_picture_is_not_shown(tmp_path: Path, make_picture: MakePicture) -> None:
    make_picture(tmp_path / file_name("/a"), 2000, 100, quality=50)

    assert read_pictures(tmp_path, ["/a"]) == {}


def test_names_that_are_no_text_have_a_file_too() -> None:
    assert file_name("/a\udcff") != file_name("/a")


def test_a_project_that_was_open_is_shown_with_its_first_picture(
    driver: Driver, pictures: Path
) -> None:
    driver.open(pictures)
    driver.wait(lambda: (pictures_folder() / file_name(str(pictures))).exists())
    driver.work.switch.close()
    driver.wait(lambda: not driver.work.session.is_open)
    entries = driver.window.start_page.list.entries
    driver.wait(lambda: len(entries._pictures) == 1)

    image = list_image(driver.window.start_page.list)
    first = QImage(str(pictures / "a1.png")).pixelColor(360, 150)
    shown = image.pixelColor(QPoint(16 + 50, 30))
    for one, other in zip(first.getRgb(), shown.getRgb(), strict=True):
        assert abs(one - other) < 30


def test_a_project_of_broken_pictures_has_an_icon(driver: Driver, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"no picture")
    driver.open(folder)
    thread = project_thread(driver)
    driver.wait(lambda: not thread.is_alive())

    assert not (pictures_folder() / file_name(str(folder))).exists()


def list_image(view: RecentList) -> QImage:
    return view.viewport().grab().toImage()


def project_thread(driver: Driver):
    from annotator.ui.start.project_picture import ProjectPicture

    return next(
        one._thread for one in driver.work.shell.features if isinstance(one, ProjectPicture)
    )
