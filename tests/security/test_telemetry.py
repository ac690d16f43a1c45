"""Runtimes send nothing anywhere: what they ask of the system is watched from outside."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from annotator.models.runtimes.with_onnxruntime import OnnxRuntimeNetwork
from annotator.models.runtimes.with_openvino import OpenVinoNetwork
from annotator.models.store import ModelStore
from tests.models.onnx_files import endless_on_bright, network, write_package

ROOT = Path(__file__).resolve().parents[2]
# Addresses of the network; sockets between programs of one machine have no such family.
OUTWARD = re.compile(r"\bAF_INET6?\b")

RUN = """
import sys
from pathlib import Path
import numpy as np
from annotator.models.runtimes import open_network
network, name = open_network(Path(sys.argv[2]).read_bytes(), [sys.argv[1]], Path(sys.argv[3]))
found = network.run(np.full((1, 3, 4, 4), -1, np.float32))
print(name, *(values.max() for values in found.values()))
if name == "openvino":
    # What would send statistics cannot be had, also by parts of OpenVINO that are imported later.
    import openvino.tools.ovc.convert_impl as convert
    print(convert.tm.__name__)
"""
IN_A_PROCESS = """
import sys
from pathlib import Path
import numpy as np
from annotator.models.store import ModelStore
from annotator.models.workers.worker_model import WorkerModel
with WorkerModel("tiny", runtime=sys.argv[1], store=ModelStore(Path(sys.argv[2]))) as model:
    print(model.runtime, len(model.detect(np.zeros((40, 40, 3), np.uint8), 0.5)))
print("here:", *sorted({"openvino", "onnxruntime"} & set(sys.modules)))
"""
CONNECT = """
import socket
with socket.socket() as one:
    one.connect_ex(("127.0.0.1", 9))
"""


@pytest.fixture
def watched(tmp_path: Path):
    """Run Python under strace: `watched(code, *arguments)` gives its output and its calls about the network."""
    if shutil.which("strace") is None:
        pytest.skip("needs strace (apt-get install strace)")
    trace = tmp_path / "trace"

    def run(code: str, *arguments: object) -> tuple[str, list[str]]:
        command = [
            "strace",
            "-f",
            "-qq",
            "-e",
            "trace=%network",
            "-o",
            trace,
            sys.executable,
            "-c",
            code,
        ]
        done = subprocess.run(
            [*map(str, command), *map(str, arguments)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if "ptrace" in done.stderr and "not permitted" in done.stderr:
            pytest.skip("strace is not allowed here")
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout, trace.read_text().splitlines()

    return run


def test_a_connection_would_be_seen(watched):
    _, calls = watched(CONNECT)
    assert any("connect(" in call and OUTWARD.search(call) for call in calls)


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_no_runtime_reaches_for_the_network(watched, tmp_path, runtime):
    (tmp_path / "a.onnx").write_bytes(network())
    (tmp_path / "cache").mkdir()
    out, calls = watched(RUN, runtime, tmp_path / "a.onnx", tmp_path / "cache")
    assert out.splitlines()[0] == f"{runtime} 0.0"
    if runtime == "openvino":
        assert out.splitlines()[1] == "openvino.tools.ovc.telemetry_stub"
    assert [call for call in calls if OUTWARD.search(call)] == []


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_neither_does_the_process_of_a_model(watched, tmp_path, runtime):
    """strace follows into it. The program itself imports no runtime."""
    store = ModelStore(tmp_path / "models")
    store.install(write_package(tmp_path / "tiny", endless_on_bright()))
    out, calls = watched(IN_A_PROCESS, runtime, store.folder)
    assert out.splitlines() == [f"{runtime} 1", "here:"]
    assert [call for call in calls if OUTWARD.search(call)] == []


@pytest.mark.parametrize("kind", [OpenVinoNetwork, OnnxRuntimeNetwork])
def test_a_network_made_by_hand_is_computed(kind):
    values = np.linspace(-1, 1, 48, dtype=np.float32).reshape(1, 3, 4, 4)
    (found,) = kind(network(), None).run(values).values()
    assert np.array_equal(found, np.maximum(values, 0))


def test_the_program_starts_without_a_runtime():
    """Neither the commands nor what automatic annotation stands on load one before a model is used."""
    code = (
        "import sys, annotator.api, annotator.cli.application, annotator.cli.annotate, annotator.cli.models;"
        "from annotator.cli import main; main(['models', 'ls']);"
        "sys.exit(' '.join({'openvino', 'onnxruntime'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
