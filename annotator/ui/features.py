"""The features of the window, in the order in which they are added; see `annotator.ui.shell`."""

from collections.abc import Callable
from typing import Final

from annotator.ui import (
    appearance,
    command_feature,
    damaged_projects,
    demo_model,
    export_feature,
    film_strip,
    filter_feature,
    frames_feature,
    history_panel,
    import_feature,
    interrupted_steps,
    manual_feature,
    media_feature,
    objects_feature,
    project_picture,
    properties_panel,
    snapshots_feature,
    tour_feature,
    work_list,
    workspace_switch,
)
from annotator.ui.label_editor import feature as label_editor
from annotator.ui.shell import Shell
from annotator.ui.suggesting import feature as suggesting

FEATURES: Final[tuple[Callable[[Shell], object], ...]] = (
    command_feature.add_to,
    workspace_switch.add_to,
    media_feature.add_to,
    objects_feature.add_to,
    frames_feature.add_to,
    properties_panel.add_to,
    filter_feature.add_to,
    appearance.add_to,
    history_panel.add_to,
    film_strip.add_to,
    project_picture.add_to,
    work_list.add_to,
    label_editor.add_to,
    manual_feature.add_to,
    import_feature.add_to,
    export_feature.add_to,
    interrupted_steps.add_to,
    damaged_projects.add_to,
    snapshots_feature.add_to,
    suggesting.add_to,
    tour_feature.add_to,
    demo_model.add_to,
)  # fmt: skip
