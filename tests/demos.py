"""A demo that was made once, and copies of it, because drawing takes seconds."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from annotator.demo.place import DemoPlace


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> "DemoPlace":
    """A demo that nobody may change."""
    from annotator.demo.place import DemoPlace
    from annotator.demo.project import make_demo

    place = DemoPlace(tmp_path_factory.mktemp("demos") / "made")
    project, _ = make_demo(place)
    project.close()
    return place


@pytest.fixture
def demo(made_demo: "DemoPlace", tmp_path: Path) -> "DemoPlace":
    """A demo of the test's own."""
    from annotator.demo.place import DemoPlace

    return DemoPlace(Path(shutil.copytree(made_demo.folder, tmp_path / "demo")))
