"""What a model may take before it is stopped."""

from dataclasses import dataclass
from typing import Final

from annotator.settings import MODEL_MEMORY, MODEL_SECONDS, Settings


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """seconds: for one picture. memory: bytes of its process. loading: seconds until it is ready.

    A page full of small text takes some seconds on a slow machine, a large network is compiled for a minute.
    """

    seconds: float = MODEL_SECONDS.default
    memory: int = int(MODEL_MEMORY.default * (1 << 30))
    loading: float = 180.0


DEFAULT_MODEL_LIMITS: Final = ModelLimits()


def limits_of(settings: Settings) -> ModelLimits:
    """Return the limits that somebody has set."""
    memory = int(settings.get(MODEL_MEMORY) * (1 << 30))
    return ModelLimits(settings.get(MODEL_SECONDS), memory)
