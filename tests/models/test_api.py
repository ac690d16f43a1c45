"""Models from a script: loaded, asked, and let loose on a project."""

import numpy as np
import pytest

import annotator.api as api
from annotator.models import places, store


@pytest.fixture
def installed(package, monkeypatch, tmp_path):
    monkeypatch.setattr(places, "shipped_folder", lambda: tmp_path / "shipped")

    def install(model_id: str) -> None:
        store.user_store().install(package(model_id))

    return install


@pytest.fixture
def project(shared, tmp_path):
    pictures = [shared / "images" / name for name in ("cat.jpg", "dog_bike_truck.jpg")]
    with api.create_project(tmp_path / "p", pictures, labels=("Dogs",)) as project:
        yield project


@pytest.mark.parametrize("runtime", [None, "openvino", "onnxruntime"])
def test_a_model_looks_at_the_pixels_of_a_frame(installed, project, runtime):
    installed("yolox-nano-coco")
    with api.load_model("yolox-nano-coco", runtime=runtime) as model:
        assert (model.id, model.licence, model.threshold) == ("yolox-nano-coco", "Apache-2.0", 0.3)
        assert model.labels[:2] == ("person", "bicycle")
        frame = next(frame for frame in project.frames() if "dog" in frame.name)
        dog, *_ = model.look(frame.pixels, 0.8)
    assert isinstance(dog, api.Proposal)
    assert (dog.label, dog.score) == ("dog", pytest.approx(0.855, abs=0.01))
    assert dog.shape.xyxy == pytest.approx((133, 207, 326, 543), abs=2)
    with pytest.raises(api.ModelError, match="is closed"):
        model.look(frame.pixels)


def test_a_project_is_annotated_in_one_step(installed, project):
    installed("yolox-nano-coco")
    model = api.load_model("yolox-nano-coco")
    frame = next(frame for frame in project.frames() if "dog" in frame.name)
    assert project.annotate(model, threshold=0.6).seen["dog"] == 1
    assert frame.annotations == []
    report = project.annotate(
        model, form="annotations", threshold=0.6, labels={"bicycle": "bike", "car": None}
    )
    names = {project.labels[one.label].name for one in frame.annotations}
    assert names == {"Dogs", "bike"}
    assert project.history(1)[0].id == report.step
    project.undo()
    assert frame.annotations == []
    assert [label.name for label in project.labels] == ["Dogs"]


def test_what_makes_no_sense_is_a_sentence(installed, project):
    with pytest.raises(api.ModelError, match="There is no model “yolox-nano-coco”"):
        api.load_model("yolox-nano-coco")
    installed("yolox-nano-coco")
    model = api.load_model("yolox-nano-coco")
    for pixels in (np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3))):
        with pytest.raises(api.InvalidValueError, match=r"uint8 \(height, width, 3\)"):
            model.look(pixels)
    with pytest.raises(api.InvalidValueError, match="has no label 'unicorn'"):
        project.annotate(model, labels={"unicorn": "horse"})
