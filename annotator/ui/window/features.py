"""The features of the window, in the order in which they are added; see `annotator.ui.shell.shell`."""

from collections.abc import Callable
from typing import Final

from annotator.ui import appearance
from annotator.ui.demo import feature as tour
from annotator.ui.exporting import feature as exporting
from annotator.ui.film_strip import feature as film_strip
from annotator.ui.filtering import feature as filtering
from annotator.ui.frames import feature as frames
from annotator.ui.history import history_panel, snapshots_feature
from annotator.ui.importing import feature as importing
from annotator.ui.label_editor import feature as label_editor
from annotator.ui.manual import feature as manual
from annotator.ui.objects import feature as objects
from annotator.ui.opening import interrupted_steps, media_offers
from annotator.ui.properties import panel as properties
from annotator.ui.shell.shell import Shell
from annotator.ui.start import damaged_projects, project_picture
from annotator.ui.suggesting import feature as suggesting
from annotator.ui.tasks import control as tasks
from annotator.ui.window import command_feature as commands
from annotator.ui.window import workspace_switch
from annotator.ui.work import work_list

FEATURES: Final[tuple[Callable[[Shell], object], ...]] = (
    commands.add_to,
    workspace_switch.add_to,
    tasks.add_to,
    media_offers.add_to,
    objects.add_to,
    frames.add_to,
    properties.add_to,
    filtering.add_to,
    appearance.add_to,
    history_panel.add_to,
    film_strip.add_to,
    project_picture.add_to,
    work_list.add_to,
    label_editor.add_to,
    manual.add_to,
    importing.add_to,
    exporting.add_to,
    interrupted_steps.add_to,
    damaged_projects.add_to,
    snapshots_feature.add_to,
    suggesting.add_to,
    tour.add_to,
)  # fmt: skip
