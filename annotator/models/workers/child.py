"""The process of a model: loads it, then looks at one picture after the other until the program is gone.

Started by `worker.Worker`. What libraries print goes to the error stream, so that it never mixes with the answers.
"""

import os
import sys
from pathlib import Path
from typing import IO

from annotator.models.workers.own_process import Watch, let_others_live


def main() -> None:
    """Answer requests until there are no more."""
    let_others_live()
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        _serve(sys.stdin.buffer, answers)


def _serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    from annotator.core.errors import AnnotatorError
    from annotator.models.providers import make_provider
    from annotator.models.store import ModelStore
    from annotator.models.workers import wire
    from annotator.models.workers.shared_pixels import SeenPixels

    load = wire.receive_request(requests)
    assert isinstance(load, wire.Load)
    watch = Watch(load.seconds, load.memory)
    watch.begin()
    try:
        store = ModelStore(Path(load.folder), [Path(one) for one in load.shipped])
        cache = Path(load.cache) if load.cache else None
        loaded = store.load(load.model, runtime=load.runtime, cache=cache, threads=load.threads)
        provider = make_provider(loaded)
    except AnnotatorError as error:
        wire.send(answers, wire.Failed(str(error)))
        return
    device = next((one.network.device for one in loaded.networks.values()), "")
    labels = tuple(dict.fromkeys(provider.labels))
    wire.send(answers, wire.Loaded(loaded.manifest, labels, loaded.runtime, device))
    watch.end()
    pixels = SeenPixels()
    while True:
        try:
            asked = wire.receive_request(requests)
        except wire.WireError:
            return  # the program wants nothing more, or is gone
        assert isinstance(asked, wire.Look)
        watch.begin()
        try:
            shape = (asked.height, asked.width, asked.channels)
            picture = pixels.picture(asked.block, asked.size, shape)
            answer: wire.Answer = wire.as_seen(provider.detect(picture, asked.threshold))
        except AnnotatorError as error:
            answer = wire.Failed(str(error))
        wire.send(answers, answer)
        watch.end()


if __name__ == "__main__":
    main()
