"""An open project in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.project.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project.create(tmp_path / "p")
    yield made
    made.close()
