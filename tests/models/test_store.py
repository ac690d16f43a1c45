"""Packages: installed whole and checked, or refused in one sentence with nothing left behind."""

import hashlib
import shutil
import zipfile
from pathlib import Path

import pytest

from annotator.models.errors import ModelError
from annotator.models.store import ModelStore

MANIFEST = """
schema = 1
id = "tiny"
name = "Tiny"
version = "1"
kind = "detector"
licence = "CC0-1.0"
labels = ["thing"]
[files."a.onnx"]
sha256 = "{sha}"
size = {size}
[networks.main]
file = "a.onnx"
decoder = "yolox"
[networks.main.input]
size = [32, 32]
"""
# The beginning of an ONNX file: its version and who made it, but no network.
WEIGHTS = b"\x08\x07\x12\x10not really a net"


def make_package(folder: Path, weights: bytes = WEIGHTS, manifest: str = MANIFEST) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    sha = hashlib.sha256(WEIGHTS).hexdigest()
    (folder / "model.toml").write_text(manifest.format(sha=sha, size=len(WEIGHTS)))
    (folder / "a.onnx").write_bytes(weights)
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return make_package(tmp_path / "source")


def leftovers(store: ModelStore) -> list[str]:
    return [path.name for path in store.folder.iterdir() if path.name.startswith(".")]


def test_a_folder_is_installed_listed_checked_and_removed(store, tiny):
    (tiny / "notes.txt").write_text("not a file of the package")
    installed = store.install(tiny)
    assert installed.id == "tiny"
    assert sorted(path.name for path in installed.folder.iterdir()) == ["a.onnx", "model.toml"]
    assert [one.id for one in store.models()] == ["tiny"]
    assert store.check("tiny").manifest.name == "Tiny"
    store.remove("tiny")
    assert store.models() == []
    assert leftovers(store) == []


def test_a_zip_file_with_a_folder_in_it_is_installed(store, tiny, tmp_path):
    archive = tmp_path / "tiny.zip"
    with zipfile.ZipFile(archive, "w") as writer:
        for path in tiny.iterdir():
            writer.write(path, f"tiny-1.0/{path.name}")
        writer.writestr("../evil.txt", "no")
    assert store.install(archive).id == "tiny"
    assert not (store.folder.parent / "evil.txt").exists()


def test_a_newer_one_takes_the_place_of_the_older(store, tiny):
    store.install(tiny)
    text = (tiny / "model.toml").read_text().replace('version = "1"', 'version = "2"')
    (tiny / "model.toml").write_text(text)
    store.install(tiny)
    (found,) = store.models()
    assert found.manifest.version == "2"
    assert leftovers(store) == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (
            lambda p: (p / "a.onnx").write_bytes(b"x" * len(WEIGHTS)),
            "not the file its manifest names",
        ),
        (lambda p: (p / "a.onnx").write_bytes(WEIGHTS[:5]), "has 5 bytes, its manifest says 20"),
        (lambda p: (p / "a.onnx").unlink(), "a.onnx is missing"),
        (lambda p: (p / "model.toml").unlink(), "holds no model"),
        (lambda p: (p / "model.toml").write_text("schema = "), "not valid TOML"),
        (lambda p: (p / "model.toml").write_bytes(b"\xff\xfe"), "not valid TOML"),
        (lambda p: (p / "model.toml").write_text("schema = 1"), "not a manifest of a model"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_installed(store, tiny, spoil, told):
    spoil(tiny)
    with pytest.raises(ModelError, match=told) as error:
        store.install(tiny)
    # What is named is there when the sentence is read.
    assert str(store.folder) not in str(error.value)
    assert store.models() == []
    assert leftovers(store) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("schema = 1", "schema = 9", "its schema is 9"),
        ('id = "tiny"', 'id = "../tiny"', "the id"),
        ('[files."a.onnx"]', '[files."../a.onnx"]', "plain name"),
        ('file = "a.onnx"', 'file = "b.onnx"', "not listed"),
        ("size = [32, 32]", "size = [0, 32]", "side of the input"),
        ("size = [32, 32]", "size = [32, 32]\nwidth = 3", "unknown field"),
        ("size = [32, 32]", "size = [32, 32]\n[defaults]\nthreshold = 7.0", "threshold"),
        ('sha256 = "', 'sha256 = "XYZ', "hexadecimal"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(store, tmp_path, old, new, told):
    assert old in MANIFEST
    package = make_package(tmp_path / "source", manifest=MANIFEST.replace(old, new))
    with pytest.raises(ModelError, match=told):
        store.install(package)


def test_a_link_out_of_the_package_is_not_followed(store, tiny, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(WEIGHTS)
    (tiny / "a.onnx").unlink()
    (tiny / "a.onnx").symlink_to(secret)
    with pytest.raises(Exception, match=r"a.onnx"):
        store.install(tiny)
    assert store.models() == []


def test_an_archive_that_lies_about_a_size_is_refused(store, tiny, tmp_path):
    (tiny / "a.onnx").write_bytes(WEIGHTS * 1000)
    archive = tmp_path / "tiny.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        for path in tiny.iterdir():
            writer.write(path, path.name)
    with pytest.raises(ModelError, match="larger than its manifest says"):
        store.install(archive)


def test_what_is_no_package_is_refused(store, tmp_path):
    (tmp_path / "x.bin").write_bytes(b"PK\x03\x04 broken")
    for source in (tmp_path / "x.bin", tmp_path / "gone"):
        with pytest.raises(ModelError, match="neither the folder"):
            store.install(source)


def test_weights_that_no_runtime_opens_are_told_with_all_reasons(store, tiny):
    store.install(tiny)
    with pytest.raises(ModelError, match=r"OpenVINO cannot open it.*ONNX Runtime cannot open it"):
        store.load("tiny")


def test_weights_changed_after_installing_are_not_loaded(store, tiny):
    store.install(tiny)
    (store.folder / "tiny" / "a.onnx").write_bytes(b"y" * len(WEIGHTS))
    with pytest.raises(ModelError, match="not the file its manifest names"):
        store.load("tiny")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('decoder = "yolox"', 'decoder = "yolo99"', "There is no decoder “yolo99”"),
        (
            "size = [32, 32]",
            "size = [32, 32]\n[networks.main.parameters]\nstride = 8",
            "The decoder “yolox” has no parameter “stride”. It has strides, overlap.",
        ),
        (
            "size = [32, 32]",
            "size = [32, 32]\n[networks.main.parameters]\nstrides = 8",
            "parameters of the decoder",
        ),
        (
            'decoder = "yolox"',
            'decoder = "yolox"\nruntimes = ["tensorx"]',
            "no runtime of this version",
        ),
    ],
)
def test_what_this_version_does_not_know_is_named(store, tmp_path, old, new, told):
    package = make_package(tmp_path / "source", manifest=MANIFEST.replace(old, new))
    store.install(package)
    with pytest.raises(ModelError, match=told):
        store.load("tiny")


def test_a_damaged_package_is_listed_with_its_problem_and_the_others_work(store, tiny):
    store.install(tiny)
    broken = store.folder / "broken"
    broken.mkdir()
    (broken / "model.toml").write_text("nonsense")
    shutil.copytree(store.folder / "tiny", store.folder / "other-name")
    problems = {one.id: one.problem for one in store.models()}
    assert problems["tiny"] == ""
    assert "not valid TOML" in problems["broken"]
    assert "must be named so" in problems["other-name"]
    with pytest.raises(ModelError, match="not valid TOML"):
        store.find("broken")


def test_a_model_that_is_not_there_names_those_that_are(store, tiny):
    store.install(tiny)
    with pytest.raises(ModelError, match=r"no model “big”. Installed: tiny"):
        store.find("big")


def test_what_is_shipped_is_listed_but_not_removed(store, tiny, tmp_path):
    shipped = ModelStore(store.folder, (tiny.parent,))
    tiny.rename(tiny.parent / "tiny")
    assert [one.id for one in shipped.models()] == ["tiny"]
    with pytest.raises(ModelError, match="came with the program"):
        shipped.remove("tiny")
