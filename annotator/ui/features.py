"""The features of the window, in the order in which they are added; see `annotator.ui.shell`."""

from collections.abc import Callable
from typing import Final

from annotator.ui import (
    appearance,
    command_feature,
    film_strip,
    history_panel,
    objects_feature,
    work_list,
    workspace_switch,
)
from annotator.ui.shell import Shell

FEATURES: Final[tuple[Callable[[Shell], object], ...]] = (
    command_feature.add_to,
    workspace_switch.add_to,
    objects_feature.add_to,
    appearance.add_to,
    history_panel.add_to,
    film_strip.add_to,
    work_list.add_to,
)  # fmt: skip
