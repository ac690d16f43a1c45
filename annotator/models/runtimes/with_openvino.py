"""Networks computed by OpenVINO."""

import sys
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from annotator.models.errors import ModelError
from annotator.models.fitting import Tensor


class OpenVinoNetwork:
    """One compiled network, with a request of its own for each thread that asks."""

    device = "CPU"

    def __init__(self, data: bytes, cache_folder: Path | None, threads: int = 1) -> None:
        core = _core()
        settings: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
            # What differs between machines would differ in what is proposed.
            "INFERENCE_PRECISION_HINT": "f32",
        }
        if cache_folder is not None:
            settings["CACHE_DIR"] = str(cache_folder)
        try:
            self._compiled = core.compile_model(core.read_model(data), self.device, settings)
        except RuntimeError as error:
            raise ModelError(f"OpenVINO cannot open it ({_first_line(error)})") from None
        self._names = [_name_of(output, i) for i, output in enumerate(self._compiled.outputs)]
        self._local = threading.local()

    def run(self, tensor: Tensor) -> Mapping[str, Tensor]:
        """Compute; each thread has a request."""
        request = getattr(self._local, "request", None)
        if request is None:
            request = self._local.request = self._compiled.create_infer_request()
        try:
            found = request.infer([tensor])
        except RuntimeError as error:
            raise ModelError(
                f"OpenVINO cannot compute an input of the shape {tensor.shape}: {_first_line(error)}."
            ) from None
        return {name: np.array(found[i]) for i, name in enumerate(self._names)}


@cache
def _core() -> Any:
    # It would send statistics over the network; without this module it does not.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino.Core()


def _name_of(output: Any, place: int) -> str:
    names = output.get_names()
    return min(names) if names else f"output{place}"


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:200].rstrip(".")
