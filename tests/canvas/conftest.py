from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from tests.canvas.bench import Bench
from tests.gui_thread import garbage_kept


@pytest.fixture(autouse=True)
def _garbage(qapp: QApplication) -> Iterator[None]:
    with garbage_kept(qapp):
        yield


@pytest.fixture
def bench(qapp: QApplication) -> Iterator[Bench]:
    """An empty frame on a canvas."""
    bench = Bench()
    yield bench
    bench.view.close()
    bench.view.deleteLater()
