"""What the program asks of the machine: libraries by their real loader, the screen by the environment."""

import re
import sys

import pytest

from annotator import machine
from annotator.machine import SystemLibrary

EVERY_LIBRARY = (*machine.PIXELS, *machine.WINDOW, *machine.X11, *machine.WAYLAND)
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lacks such libraries")


@linux
def test_a_library_of_the_system_is_found_and_an_invented_one_is_missing():
    libraries = [
        SystemLibrary("libc.so.6", "libc6"),
        SystemLibrary("libinvented.so.1", "libinvented1"),
        SystemLibrary("libinvented-more.so.1", "libinvented1"),
    ]
    assert machine.missing_packages(libraries) == ("libinvented1",)


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_miss_nothing_and_always_have_a_screen(system, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    assert machine.missing_packages([SystemLibrary("libinvented.so.1", "libinvented1")]) == ()
    assert machine.screen_problem({}) is None


def test_the_table_names_shared_objects_and_debian_packages():
    for each in EVERY_LIBRARY:
        assert re.fullmatch(r"lib[\w.+-]+\.so\.\d+", each.file_name), each
        assert re.fullmatch(r"lib[a-z0-9.+-]+", each.package), each
    names = [each.file_name for each in EVERY_LIBRARY]
    assert len(names) == len(set(names))


def test_the_apt_line_is_one_line_that_can_be_pasted():
    line = machine.apt_line(["libegl1", "libxcb-cursor0"])
    assert line == "sudo apt-get install --no-install-recommends libegl1 libxcb-cursor0"


@linux
@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({}, False),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, True),
    ],
)
def test_a_window_needs_a_screen(environment, shown):
    problem = machine.screen_problem(environment)
    assert (problem is None) == shown
    if problem is not None:
        assert "DISPLAY" in problem
        assert problem.endswith(".")
