"""An opening that comes to nothing lets the project go: the next one may change it."""

from pathlib import Path

import apsw
import pytest

from annotator.background.progress import Progress
from annotator.core.errors import Cancelled
from annotator.project.errors import ProjectError
from annotator.project.folder import open_folder, open_pictures
from annotator.project.project import FILE_NAME, Project
from annotator.project.storage import writer_row
from tests.conftest import MakePicture

HALF_UNDONE_AND_UNREADABLE = (
    "UPDATE step SET state = 'undoing', undone_at = 1, title = CAST(x'ff' AS TEXT)"
)
NO_TASK_READABLE = "UPDATE task SET definition = '{broken'"
NO_FRAME_READABLE = "UPDATE frame SET name = CAST(x'ff' AS TEXT)"


@pytest.fixture
def pictures(tmp_path: Path, make_picture: MakePicture) -> Path:
    """A folder with two pictures."""
    for name in ("a.png", "b.png"):
        make_picture(tmp_path / "pictures" / name, 20, 20)
    return tmp_path / "pictures"


@pytest.fixture
def folder(pictures: Path) -> Path:
    """The closed project of the pictures."""
    with open_folder(pictures).project as project:
        return project.folder


def spoil(folder: Path, statement: str) -> None:
    connection = apsw.Connection(str(folder / FILE_NAME))
    connection.execute(statement)
    connection.close()


def spoil_page(folder: Path, table: str) -> None:
    """Write over the first page of a table."""
    file = folder / FILE_NAME
    connection = apsw.Connection(str(file))
    query = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
    ((page,),) = connection.execute(query, (table,)).fetchall()
    size = connection.pragma("page_size")
    connection.close()
    content = bytearray(file.read_bytes())
    content[(page - 1) * size : page * size] = b"\xaa" * size
    file.write_bytes(content)


def is_let_go(folder: Path) -> bool:
    connection = apsw.Connection(str(folder / FILE_NAME), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return writer_row.current_writer(connection) is None
    finally:
        connection.close()


def test_where_the_end_of_an_undo_cannot_be_reached(folder: Path) -> None:
    spoil(folder, HALF_UNDONE_AND_UNREADABLE)
    with pytest.raises(ProjectError, match="damaged"):
        Project.open(folder)
    assert is_let_go(folder)


def test_where_the_history_cannot_be_read(folder: Path) -> None:
    """The row of the writer is written before the numbers of the history are read."""
    spoil_page(folder, "step_part")
    with pytest.raises(ProjectError, match="damaged"):
        Project.open(folder)
    assert is_let_go(folder)


@pytest.mark.parametrize("statement", [NO_TASK_READABLE, NO_FRAME_READABLE, "DELETE FROM task"])
def test_where_a_folder_has_no_task_to_show(pictures: Path, folder: Path, statement: str) -> None:
    spoil(folder, statement)
    with pytest.raises(ProjectError):
        open_folder(pictures)
    assert is_let_go(folder)


def test_where_some_pictures_have_no_task_to_show(pictures: Path) -> None:
    paths = sorted(pictures.iterdir())
    with open_pictures(paths).project as project:
        folder = project.folder
    spoil(folder, NO_TASK_READABLE)
    with pytest.raises(ProjectError):
        open_pictures(paths)
    assert is_let_go(folder)


def test_where_the_comparison_with_the_folder_is_stopped(pictures: Path, folder: Path) -> None:
    stopped = Progress()
    stopped.cancel()
    with pytest.raises(Cancelled):
        open_folder(pictures, stopped)
    assert is_let_go(folder)
