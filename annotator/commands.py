"""What the user can do: one list that menus, buttons and shortcuts are made from, without Qt.

A command says what is done and by which key; the window binds each id to the code that does it. Default keys are
CVAT's where it has one: F and D step through frames, N draws again; letters it uses for tracks and video (C, V,
E, R, K, O, M, G) are left free for them.

Keys that belong to the canvas itself are not here, because they mean what is being done there: the arrows move what
is selected, Enter and Backspace belong to the drawing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Group: TypeAlias = Literal["File", "Edit", "View", "Frame", "Object", "Models", "Tools", "Help"]
GROUPS: Final[tuple[Group, ...]] = (
    "File", "Edit", "View", "Frame", "Object", "Models", "Tools", "Help",
)  # fmt: skip

# Where the key works: everywhere in the window, or only while the canvas has the focus (and, for editing, the list
# of objects), because lists and buttons have a use for the key themselves.
Scope: TypeAlias = Literal["window", "canvas"]

# What must be there for a command to make sense; each includes the ones before it.
Need: TypeAlias = Literal["nothing", "project", "writable"]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the user can do.

    shortcuts: in Qt's portable text, the first is the one that is shown. icon: a file of the icon family, or
    empty. is_switch: whether it is on or off. section: a number that changes where a menu has a line between
    two commands. in_menu: whether it stands in the menu of its group. submenu: the title of the menu inside that one in
    which it stands, empty for none. needs_selection: whether it makes sense only while something is selected.
    """

    id: str
    title: str
    group: Group
    shortcuts: tuple[str, ...] = ()
    help: str = ""
    icon: str = ""
    needs: Need = "project"
    scope: Scope = "window"
    section: int = 0
    is_switch: bool = False
    in_menu: bool = True
    submenu: str = ""
    needs_selection: bool = False


# Digits in the order of the keyboard: the tenth label has 0.
LABEL_DIGITS: Final = "1234567890"


def _label_commands() -> Iterator[Command]:
    for place, digit in enumerate(LABEL_DIGITS, 1):
        yield Command(
            f"label.{digit}",
            f"Use label {place}",
            "Object",
            (digit,),
            "Draw with this label next; gives it to what is selected.",
            needs="writable",
            in_menu=False,
        )


COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        "file.open_folder", "Open folder…", "File", ("Ctrl+O",), "Opens a folder of pictures.",
        icon="folder-open", needs="nothing",
    ),
    Command(
        "file.open_project", "Open project…", "File", ("Ctrl+Shift+O",), "Opens a project folder.",
        icon="project", needs="nothing",
    ),
    Command(
        "file.open_files", "Open files…", "File", ("Ctrl+Alt+O",),
        "Opens pictures, archives of pictures and annotation files.", icon="picture-file",
        needs="nothing",
    ),
    Command(
        "file.open_demo", "Open the demo", "File", (),
        "Opens a project of drawn pictures to try everything on, with a short tour.", icon="demo",
        needs="nothing",
    ),
    Command(
        "file.new_task", "New task…", "File", (),
        "Makes a task of pictures, all of them or a range, in this project or in a new one.",
        icon="plus", needs="nothing",
    ),
    Command("file.close", "Close project", "File", ("Ctrl+W",), "Goes back to the start page."),
    Command(
        "file.import", "Import…", "File", ("Ctrl+I",), "Brings annotations of a dataset into a task.",
        icon="import", needs="writable", section=1,
    ),
    Command(
        "file.export", "Export…", "File", ("Ctrl+E",), "Writes the annotations as a dataset.",
        icon="export", section=1,
    ),
    Command(
        "file.locate", "Locate pictures…", "File", (), "Finds pictures that were moved or renamed.",
        icon="search", needs="writable", section=2,
    ),
    Command(
        "file.rename_task", "Rename task…", "File", (), "Gives the task another name.",
        needs="writable", section=2,
    ),
    Command(
        "file.remove_task", "Remove task", "File", (),
        "Takes the task out of the project; its files stay, and undoing brings all back.",
        needs="writable", section=2,
    ),
    Command(
        "file.snapshot", "Save snapshot", "File", ("Ctrl+S",),
        "Stores the annotations as they are now, to go back to; all work is saved by itself anyway.",
        section=3,
    ),
    Command(
        "file.snapshots", "Snapshots…", "File", (),
        "Lists the snapshots: what was done since, going back, names.", section=3,
    ),
    Command(
        "file.back_up", "Back up now", "File", (),
        "Copies the whole project into its folder of backups; once a day that is done by itself.",
        section=3,
    ),
    Command(
        "file.restore", "Restore a backup…", "File", (),
        "Goes back to a backup; the state before is kept as another one.", section=3,
    ),
    Command(
        "file.settings", "Settings…", "File", ("Ctrl+,", "F2"),
        "What can be set, and the keys of all commands.", needs="nothing", section=8,
    ),
    Command("file.quit", "Quit", "File", ("Ctrl+Q",), needs="nothing", section=9),
    Command(
        "edit.undo", "Undo", "Edit", ("Ctrl+Z",), "Takes back the last step.",
        icon="undo", needs="writable",
    ),
    Command(
        "edit.redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "Does again what was undone last.",
        icon="redo", needs="writable",
    ),
    Command(
        "edit.delete", "Delete", "Edit", ("Del",), "Deletes what is selected.",
        needs="writable", scope="canvas", section=1, needs_selection=True,
    ),
    Command("edit.select_all", "Select all", "Edit", ("Ctrl+A",), scope="canvas", section=1),
    Command(
        "edit.cancel", "Cancel", "Edit", ("Esc",),
        "Drops the drawing, else selects nothing, else goes back to Select.",
        scope="canvas", in_menu=False,
    ),
    Command("view.fit", "Fit picture", "View", ("Ctrl+0",), "Shows the whole picture."),
    Command("view.actual_size", "Actual size", "View", ("Ctrl+1",), "Shows one pixel as one."),
    Command(
        "view.zoom_selection", "Zoom to selection", "View", ("Z",), needs_selection=True,
    ),
    Command("view.zoom_in", "Zoom in", "View", ("Ctrl++", "Ctrl+=")),
    Command("view.zoom_out", "Zoom out", "View", ("Ctrl+-",)),
    Command(
        "view.crosshair", "Crosshair", "View", (), "Shows lines through the pointer while drawing.",
        section=1, is_switch=True,
    ),
    Command(
        "view.labels", "Labels on the picture", "View", (), "Shows the names of labels at the shapes.",
        section=1, is_switch=True,
    ),
    Command(
        "view.plain_tone", "Reset brightness and contrast", "View", (),
        "Shows the picture as it is in its file.", section=1,
    ),
    Command(
        "view.filter", "Filter…", "View", ("Ctrl+Shift+F",),
        "Shows only objects that pass conditions.", icon="filter", section=3,
    ),
    Command(
        "view.clear_filter", "Clear the filter", "View", (), "Shows everything again.", section=3,
    ),
    Command(
        "view.panels", "Show panels", "View", ("Ctrl+\\",), "Shows or hides the panels.",
        section=4, is_switch=True, submenu="Panels",
    ),
    Command(
        "view.reset_layout", "Arrange panels anew", "View", (),
        "Puts the panels of the workspace where they were at first.", section=4, submenu="Panels",
    ),
    Command("view.dock_objects", "Objects", "View", (), section=7, is_switch=True, submenu="Panels"),
    Command("view.dock_labels", "Labels", "View", (), section=7, is_switch=True, submenu="Panels"),
    Command(
        "view.dock_properties", "Properties", "View", (),
        "What is selected, in every detail, to be changed.", section=7, is_switch=True, submenu="Panels",
    ),
    Command(
        "view.dock_appearance", "Appearance", "View", (),
        "How the picture and the shapes are shown; no file is changed.", section=7, is_switch=True, submenu="Panels",
    ),
    Command(
        "view.dock_film_strip", "Film strip", "View", (), "The frames of the task in a row.",
        section=7, is_switch=True, submenu="Panels",
    ),
    Command(
        "view.dock_frames", "Frames", "View", (), "Every frame of the task with its state.",
        section=7, is_switch=True, submenu="Panels",
    ),
    Command(
        "view.dock_task_jobs", "Jobs", "View", (), "The jobs of the task and how far they are.",
        section=7, is_switch=True, submenu="Panels",
    ),
    Command(
        "view.dock_history", "History", "View", (), "Every step of the project.", section=7,
        is_switch=True, submenu="Panels",
    ),
    Command(
        "workspace.annotate", "Workspace Annotate", "View", ("Ctrl+Alt+1",),
        "Shows the panels for drawing and labelling.", section=4, is_switch=True,
    ),
    Command(
        "workspace.review", "Workspace Review", "View", ("Ctrl+Alt+2",),
        "Shows the panels for going through frames and their states.", section=4, is_switch=True,
    ),
    Command(
        "view.focus_canvas", "Go to the picture", "View", ("F6",),
        "Goes to the picture, and from there on to the next control.", section=5,
    ),
    Command(
        "view.leave_canvas", "Leave the picture backwards", "View", ("Shift+F6",),
        "Goes from the picture to the control before it.", scope="canvas", section=5, in_menu=False,
    ),
    Command(
        "view.full_screen", "Full screen", "View", ("F11",), needs="nothing", section=5, is_switch=True,
    ),
    Command(
        "view.theme_system", "Theme of the system", "View", (), needs="nothing", section=5,
        is_switch=True, submenu="Theme",
    ),
    Command(
        "view.theme_dark", "Dark", "View", (), needs="nothing", section=5, is_switch=True,
        submenu="Theme",
    ),
    Command(
        "view.theme_light", "Light", "View", (), needs="nothing", section=5, is_switch=True,
        submenu="Theme",
    ),
    Command("frame.next", "Next frame", "Frame", ("F",), icon="next"),
    Command("frame.previous", "Previous frame", "Frame", ("D",), icon="previous"),
    Command("frame.right", "Next frame", "Frame", ("Right",), scope="canvas", in_menu=False),
    Command("frame.left", "Previous frame", "Frame", ("Left",), scope="canvas", in_menu=False),
    Command("frame.first", "First frame", "Frame", ("Home",), icon="first", scope="canvas"),
    Command("frame.last", "Last frame", "Frame", ("End",), icon="last", scope="canvas"),
    Command(
        "frame.next_match", "Next frame that matches", "Frame", ("Alt+Right",),
        "Goes to the next frame with an object that passes the filter.", section=2,
    ),
    Command(
        "frame.previous_match", "Previous frame that matches", "Frame", ("Alt+Left",),
        "Goes to the frame before with an object that passes the filter.", section=2,
    ),
    Command(
        "frame.go_to", "Go to frame…", "Frame", ("`", "Ctrl+G"), "Types the number of a frame.",
        section=1,
    ),
    Command(
        "frame.find", "Find a frame…", "Frame", ("Ctrl+P",), "Finds frames by name or number.",
        icon="search", section=1,
    ),
    Command(
        "frame.done", "Done, next open frame", "Frame", ("Ctrl+Return",),
        "Marks the frame as done and goes to the next one that is not.", icon="check",
        needs="writable", section=3,
    ),
    Command(
        "frame.toggle_done", "Done", "Frame", ("Shift+Return",),
        "Marks the frame as done, or as not done.", icon="check", needs="writable",
        scope="canvas", section=3, is_switch=True,
    ),
    Command(
        "frame.next_open", "Next frame not done", "Frame", ("Shift+F",),
        "Goes to the next frame that is not marked as done.", section=3,
    ),
    Command(
        "frame.previous_open", "Previous frame not done", "Frame", ("Shift+D",),
        "Goes to the frame before that is not marked as done.", section=3,
    ),
    Command(
        "frame.next_empty", "Next frame without annotations", "Frame", ("U",), section=4,
    ),
    Command(
        "frame.previous_empty", "Previous frame without annotations", "Frame", ("Shift+U",),
        section=4,
    ),
    Command(
        "frame.next_labelled", "Next frame with annotations", "Frame", ("J",), section=4,
    ),
    Command(
        "frame.previous_labelled", "Previous frame with annotations", "Frame", ("Shift+J",),
        section=4,
    ),
    Command(
        "frame.put_subset", "Put into a subset…", "Frame", (),
        "Puts the frame, or those selected in the list of frames, into a subset such as train.",
        needs="writable", section=5,
    ),
    Command(
        "frame.split_subsets", "Split into subsets…", "Frame", (),
        "Splits the frames of the task by ratio, such as 80 to 20.", needs="writable", section=5,
    ),
    Command(
        "frame.split_job", "Split the job at this frame", "Frame", (),
        "Makes two jobs of one; the second begins with this frame.", needs="writable", section=5,
    ),
    Command(
        "frame.remove", "Remove from the task", "Frame", ("Alt+Del",),
        "Takes the frame out of the task; the file stays as it is, and undoing brings all back.",
        icon="remove-frame", needs="writable", section=6,
    ),
    Command(
        "tool.select", "Select", "Object", ("S",), "Selects, moves and reshapes.",
        icon="select", is_switch=True,
    ),
    Command(
        "tool.rectangle", "Rectangle", "Object", ("B",), "Draws boxes by dragging.",
        icon="rectangle", needs="writable", is_switch=True,
    ),
    Command(
        "tool.polygon", "Polygon", "Object", ("P",), "Draws outlines corner by corner.",
        icon="polygon", needs="writable", is_switch=True,
    ),
    Command(
        "object.draw_again", "Draw again", "Object", ("N",), "Finishes the drawing, or begins the next.",
        needs="writable", section=1,
    ),
    Command(
        "object.find", "Find objects", "Object", ("Ctrl+F",),
        "Finds objects of the frame by label, attribute, kind or number.", icon="search", section=1,
    ),
    Command(
        "object.occluded", "Occluded", "Object", ("Q",), "Marks what is selected as seen in part.",
        icon="layers", needs="writable", section=3, needs_selection=True,
    ),
    Command(
        "object.lock", "Lock", "Object", ("L",),
        "Keeps what is selected from being picked and changed on the picture, or lets it be again.",
        icon="lock", section=3, needs_selection=True,
    ),
    Command(
        "object.hide", "Hide", "Object", ("H",), "Does not show what is selected, or shows it again.",
        icon="eye-off", section=3, needs_selection=True,
    ),
    Command(
        "object.lock_all", "Lock all", "Object", ("Shift+L",),
        "Locks everything on the frame; unlocks everything where something is locked.", section=3,
    ),
    Command(
        "object.hide_all", "Hide all", "Object", ("Shift+H",),
        "Hides everything on the frame; shows everything where something is hidden.", section=3,
    ),
    Command(
        "label.choose", "Choose label…", "Object", ("#",), "Finds a label by typing, or makes one.",
        needs="writable", section=2,
    ),
    *_label_commands(),
    Command(
        "help.commands", "Find a command…", "Help", ("Ctrl+Shift+P",),
        "Finds commands, frames, labels and files by typing.", icon="search", needs="nothing",
    ),
    Command(
        "models.choose", "Suggest with…", "Models", (), "Chooses the model that makes suggestions, or none.",
        icon="suggest",
    ),
    Command(
        "models.suggest", "Suggestions", "Models", ("Shift+W",),
        "Shows what the model suggests in this project, or nothing.", needs="writable", is_switch=True,
    ),
    Command(
        "models.find_similar", "Find similar", "Models", ("W",),
        "Suggests what looks like the selected objects, here and on the next frames.", icon="similar",
        needs="writable", needs_selection=True,
    ),
    Command(
        "models.labels", "Labels of the model…", "Models", (),
        "Says which label of the project stands for which of the model.", needs="writable",
    ),
    Command(
        "models.score", "Least score…", "Models", (),
        "Shows from which score on suggestions are shown, to change it.", needs="writable",
    ),
    Command(
        "suggestion.next", "Next suggestion", "Models", ("Tab",),
        "Takes the next suggestion, or the next object where nothing is suggested.", scope="canvas",
        section=1,
    ),
    Command(
        "suggestion.previous", "Previous suggestion", "Models", ("Shift+Tab",),
        "Takes the suggestion before, or the object before.", scope="canvas", section=1,
    ),
    Command(
        "suggestion.accept", "Accept suggestion", "Models", (),
        "Makes an annotation of the current suggestion; Enter does it on the picture.",
        icon="check", needs="writable", section=1,
    ),
    Command(
        "suggestion.reject", "Reject suggestion", "Models", (),
        "Does not offer the current suggestion again; Delete does it on the picture.",
        icon="close", needs="writable", section=1,
    ),
    Command(
        "suggestion.accept_all", "Accept all suggestions", "Models", (),
        "Makes annotations of all suggestions that are shown; Shift+Enter does it on the picture.",
        needs="writable", section=1,
    ),
    Command(
        "models.window", "Models…", "Models", (), "Lists the models of this computer; installs and removes them.",
        needs="nothing", section=3,
    ),
    Command(
        "labels.edit", "Edit labels…", "Tools", ("Ctrl+L",),
        "Names, colours, keys and attributes of labels; merges and deletes them.", icon="tag",
        needs="writable",
    ),
    Command(
        "tools.works", "Background work…", "Tools", (), "What runs in the background, to pause or stop it.",
        needs="nothing", section=9,
    ),
    Command(
        "help.manual", "Manual", "Help", ("Shift+F1",), "How everything is done; it needs no network.",
        needs="nothing", section=1,
    ),
    Command(
        "help.keys", "Keys", "Help", ("F1",), "Lists every command with its key.", needs="nothing",
        section=1,
    ),
    Command(
        "help.change_keys", "Change keys…", "Help", (), "Gives commands other keys.", needs="nothing",
        section=1,
    ),
    Command("help.about", "About", "Help", (), needs="nothing", section=2),
)  # fmt: skip


def commands_by_id(commands: Iterable[Command] = COMMANDS) -> dict[str, Command]:
    """Return commands by their ids."""
    return {command.id: command for command in commands}
