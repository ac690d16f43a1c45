"""What ties an annotation to the suggestion it was accepted from.

It stands among the annotation's foreign values, under the name `suggestion`: there it goes wherever the annotation
goes, through moving and reshaping, undo, snapshots and copies, and no format writes it.

    model: the id of the model. label: what the model calls it. key: of the suggestion. made: a digest of the
    annotation as it was made, which differs as soon as anybody has changed anything of it.
"""

import hashlib
from dataclasses import replace
from typing import Any, Final

import numpy as np

from annotator.core.annotations import Annotation
from annotator.core.columns import outline
from annotator.core.shape_codec import encode_shape
from annotator.core.shapes import Mask, Shape

ORIGIN: Final = "suggestion"
# Where SQL finds the parts of it.
KEY_PATH: Final = f"$.{ORIGIN}.key"
MODEL_PATH: Final = f"$.{ORIGIN}.model"
_DIGEST_SIZE: Final = 12


def key_of(model: str, frame: int, label: str, shape: Shape | None) -> str:
    """Return the key of a suggestion: a hash of model, frame, label and geometry rounded to a pixel."""
    digest = hashlib.blake2b(digest_size=_DIGEST_SIZE)
    for word in (model, str(frame), label, "tag" if shape is None else shape.kind):
        data = word.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(4, "little") + data)
    if isinstance(shape, Mask):  # its cells are whole pixels already
        digest.update(encode_shape(shape))
    elif shape is not None:
        for ring in outline(shape):
            # Half a pixel goes up, as people round; numpy would round it to the even one.
            rounded = np.floor(np.asarray(ring) + 0.5).astype("<i8")
            digest.update(len(rounded).to_bytes(4, "little") + rounded.tobytes())
    return digest.hexdigest()


def with_origin(annotation: Annotation, model: str, label: str, key: str) -> Annotation:
    """Return an annotation that was made of a suggestion, with what ties it to that."""
    origin = {"model": model, "label": label, "key": key, "made": made_of(annotation)}
    return replace(annotation, foreign={**annotation.foreign, ORIGIN: origin})


def origin_of(annotation: Annotation) -> dict[str, Any] | None:
    """Return what ties an annotation to a suggestion, or None."""
    origin = annotation.foreign.get(ORIGIN)
    return origin if isinstance(origin, dict) else None


def is_untouched(annotation: Annotation) -> bool:
    """Whether an annotation was made of a suggestion and nobody has changed it since."""
    origin = origin_of(annotation)
    return (
        origin is not None
        and annotation.source == "model"
        and origin.get("made") == made_of(annotation)
    )


def made_of(annotation: Annotation) -> str:
    """Return a digest of all that a person can change of an annotation."""
    values = (
        annotation.frame, annotation.label, annotation.kind, annotation.occluded, annotation.z_order,
        annotation.group, sorted(annotation.attributes.items()),
    )  # fmt: skip
    digest = hashlib.blake2b(
        repr(values).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_SIZE
    )
    if annotation.shape is not None:
        digest.update(encode_shape(annotation.shape))
    return digest.hexdigest()
