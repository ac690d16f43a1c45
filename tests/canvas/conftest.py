from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from tests.canvas.bench import Bench


@pytest.fixture
def bench(qapp: QApplication) -> Iterator[Bench]:
    """An empty frame on a canvas."""
    bench = Bench()
    yield bench
    bench.view.close()
    bench.view.deleteLater()
