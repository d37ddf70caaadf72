"""Digests of runs of random small worlds and scripts, to set compiled rules against interpreted ones.

[NUMBA_DISABLE_JIT=1] python -m tests.reference.digests SEED ...
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.model.kinds import Kind
from sim.model.simulate import build
from tests.engine import script
from tests.reference.compare import script_of
from tests.reference.worlds import small_world

REPLICATIONS = 3
SCRIPTS = 30


def digest(*arrays: Any) -> str:
    """The hash of some arrays' bytes."""
    joined = b"".join(np.ascontiguousarray(a).tobytes() for a in arrays)
    return hashlib.blake2b(joined, digest_size=12).hexdigest()


def worlds(seeds: Iterable[int]) -> dict[str, str]:
    """The digests of log and series, by seed and replication."""
    found = {}
    for seed in seeds:
        worker = build(small_world(seed), seed).worker(trace=True)
        for replication in range(REPLICATIONS):
            run = worker.run(0, replication)
            assert run.events is not None
            stays = np.count_nonzero(run.events["kind"] == Kind.STAY_ENDS)
            name = f"world {seed} replication {replication}: {run.event_count} events, {stays} stays"
            found[name] = digest(run.events, run.series)
    return found


def scripts() -> dict[str, str]:
    """The digests of log, answers and the clocks' books of random scripts."""
    found = {}
    for seed in range(SCRIPTS):
        m = script.memory(*script_of(seed))
        script.play(m.world, np.uint64(seed))
        books = [m.tables["clocks"][name] for name in ("level", "at_risk", "exposure", "events")]
        found[f"script {seed}"] = digest(script.logged(m), m.tables["script"]["answer"], *books)
    return found


if __name__ == "__main__":
    print(json.dumps(worlds(map(int, sys.argv[1:])) | scripts()))
