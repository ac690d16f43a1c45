"""The features of the window, in the order in which they are added; see `annotator.ui.shell`."""

from collections.abc import Callable
from typing import Final

from annotator.ui import appearance, command_feature, history_panel, workspace_switch
from annotator.ui.shell import Shell

FEATURES: Final[tuple[Callable[[Shell], object], ...]] = (
    command_feature.add_to,
    workspace_switch.add_to,
    appearance.add_to,
    history_panel.add_to,
)  # fmt: skip
