"""Networks computed by ONNX Runtime."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from annotator.models.errors import ModelError
from annotator.models.fitting import Tensor

_ERRORS_ONLY: Final = 3


class OnnxRuntimeNetwork:
    """One session; it may be asked by several threads at once."""

    device = "CPU"

    def __init__(self, data: bytes, cache_folder: Path | None, threads: int = 1) -> None:
        runtime = _runtime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        # Threads that wait would take the time of those that work, in other processes.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = _ERRORS_ONLY
        try:
            self._session = runtime.InferenceSession(
                data, options, providers=["CPUExecutionProvider"]
            )
        except _errors() as error:
            raise ModelError(f"ONNX Runtime cannot open it ({_first_line(error)})") from None
        inputs = self._session.get_inputs()
        if len(inputs) != 1:
            raise ModelError(f"the network wants {len(inputs)} inputs, one is known here")
        self._input = inputs[0].name
        self._outputs = [output.name for output in self._session.get_outputs()]

    def run(self, tensor: Tensor) -> Mapping[str, Tensor]:
        """Compute."""
        try:
            found = self._session.run(None, {self._input: tensor})
        except _errors() as error:
            raise ModelError(
                f"ONNX Runtime cannot compute an input of the shape {tensor.shape}: {_first_line(error)}."
            ) from None
        return dict(zip(self._outputs, found, strict=True))


@cache
def _runtime() -> Any:
    import onnxruntime

    # Some networks make it print hundreds of warnings when they are opened.
    onnxruntime.set_default_logger_severity(_ERRORS_ONLY)
    onnxruntime.disable_telemetry_events()
    return onnxruntime


def _errors() -> tuple[type[Exception], ...]:
    """What it raises: classes of its own, one for each kind, without a common base."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    found = [getattr(state, name) for name in dir(state)]
    own = [one for one in found if isinstance(one, type) and issubclass(one, Exception)]
    return (*own, RuntimeError, ValueError)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(".")
