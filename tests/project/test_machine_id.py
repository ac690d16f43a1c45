"""What tells one machine from another, and one process from another of the same number."""

import os
import subprocess
import sys
import time
from calendar import timegm
from pathlib import Path

import pytest

from annotator.project.storage.machine_id import id_in_ioreg, machine_id
from annotator.project.storage.process_start import process_started, started_by_ps

ROOT = Path(__file__).resolve().parents[2]
# What `ioreg -rd1 -c IOPlatformExpertDevice` prints, cut.
IOREG = """\
+-o J316sAP  <class IOPlatformExpertDevice, id 0x100000110, registered, matched, active, busy 0 (0 ms), retain 34>
    {
      "manufacturer" = <"Apple Inc.">
      "IOPlatformSerialNumber" = "X0X0X0X0X0"
      "IOPlatformUUID" = "0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0"
      "IOBusyInterest" = "IOCommand is not serializable"
    }
"""


def test_a_machine_has_one_id_in_each_of_its_processes() -> None:
    code = "from annotator.project.storage.machine_id import machine_id; print(machine_id())"
    command = [sys.executable, "-c", code]
    other = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == machine_id()


@pytest.mark.skipif(not Path("/etc/machine-id").exists(), reason="reads the id that systemd gives")
def test_the_id_tells_nobody_what_the_system_calls_the_machine() -> None:
    """That id is to be kept from others, and a project is passed on."""
    assert len(machine_id()) == 16
    assert machine_id() not in Path("/etc/machine-id").read_text(encoding="ascii")


def test_the_id_of_a_mac() -> None:
    assert id_in_ioreg(IOREG) == "0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0"
    assert id_in_ioreg("") == ""


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="asks ps")
def test_ps_says_the_same_in_each_time_zone_and_language(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = []
    for zone in ("Asia/Tokyo", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
        text = started_by_ps(os.getpid())
        assert text is not None
        moments.append(timegm(time.strptime(text, "%a %b %d %H:%M:%S %Y")))
    # On Linux ps reckons from the time since the start of the system, which is a second more or less.
    assert abs(moments[0] - moments[1]) <= 1


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="asks ps")
def test_a_process_that_is_gone_began_never() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert started_by_ps(process.pid) is None
    assert process_started(process.pid) is None
