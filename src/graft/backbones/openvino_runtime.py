"""OpenVINO as the runtime: the fastest on most processors, where it is installed; graphs come from our own tensors."""

from __future__ import annotations

import functools
import importlib.util
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.backbones.runtime import usable_cores

MOST_STREAMS = 32
TELEMETRY = "openvino_telemetry"
Compile = Callable[[Any, Mapping[str, Any]], Any]


def compiled(graph: Any, how: Mapping[str, Any]) -> Any:
    """Give the graph compiled for the processor with OpenVINO's options."""
    return core().compile_model(graph, "CPU", dict(how))


class OpenVinoRuntime:
    """Runs a graph on the processor, one thread a call, and as many calls side by side as there are cores.

    The graph's inputs are the arrays of a call in their order; its one output is the (R, D) features. It is compiled
    by `compiling(graph, options)` at the first call: where all features are kept there is none.
    """

    name = "openvino"

    def __init__(self, graph: Any, numbers: str, compiling: Compile = compiled) -> None:
        streams = min(usable_cores(), MOST_STREAMS)
        how = {
            "INFERENCE_PRECISION_HINT": {"bfloat16": "bf16", "float32": "f32"}[numbers],
            "NUM_STREAMS": streams,
            "INFERENCE_NUM_THREADS": streams,
            "ENABLE_CPU_PINNING": False,
        }
        self.numerics = f"openvino-1/{numbers}"
        self._graph, self._how, self._compiling = graph, how, compiling
        self._compiled: Any = None
        self._lock = threading.Lock()
        self._own = threading.local()

    def __call__(self, *arrays: NDArray[Any]) -> NDArray[np.float32]:
        """Give the (R, D) float32 features of R rows."""
        if not hasattr(self._own, "request"):
            self._own.request = self._network().create_infer_request()
        request = self._own.request
        request.infer(dict(enumerate(arrays)), share_inputs=True)
        return np.array(request.get_output_tensor(0).data, dtype=np.float32)

    def _network(self) -> Any:
        with self._lock:
            if self._compiled is None:
                self._compiled, self._graph = self._compiling(self._graph, self._how), None
        return self._compiled


def installed() -> bool:
    """Say whether OpenVINO is there; it is not imported."""
    return importlib.util.find_spec("openvino") is not None


@functools.cache
def library() -> Any:
    """Import OpenVINO, but not its telemetry, which tells Google Analytics of every import; nothing else changes.

    Where the process has imported OpenVINO already, it is as it was.
    """
    before = sys.modules.get(TELEMETRY)
    sys.modules[TELEMETRY] = None  # type: ignore[assignment]  # importing it fails, which OpenVINO bears
    try:
        import openvino
    finally:
        sys.modules.pop(TELEMETRY, None)  # another thread may have done it
        if before is not None:
            sys.modules[TELEMETRY] = before
    return openvino


@functools.cache
def core() -> Any:
    """Give OpenVINO's one core of this process."""
    openvino = library()
    openvino.Tensor(np.zeros(1, np.float32), shared_memory=True)  # the first one made in two threads would hang both
    return openvino.Core()


def numbers_here(exact: bool) -> str:
    """Give the number format OpenVINO runs in here: float32 when exact, else bfloat16 where the processor has it."""
    has_half = "BF16" in core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "bfloat16" if has_half and not exact else "float32"
