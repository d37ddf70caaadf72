"""A Dask cluster that is there already, as an executor of chunks.

Nothing is asked of its workers but that they have this version of the program: a chunk travels as text and names
and comes back as the bytes of its parts. The chunks of a lost worker Dask runs again on another one; the store
takes each chunk once, when its future is done.
"""

from __future__ import annotations

import importlib
import logging
import platform
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

from sim.study import cells

__all__ = ["ClusterError", "cluster", "traits"]

PATIENCE = 10.0
"""Seconds that a scheduler has to answer, and to show a worker."""


class ClusterError(Exception):
    """A cluster can't be used; the message says why and what to do."""


def traits(extension: str | None = None) -> dict[str, str]:
    """What must be the same on every worker for its runs to be the runs of this study."""
    from sim.engine.compiled import source_hash

    libraries = {name: metadata.version(name) for name in ("numpy", "numba", "llvmlite", "pyarrow")}
    own = {
        "model": cells.model_version(),
        "program": source_hash(["scenario", "study"]),
        "python": platform.python_version(),
    }
    return own | libraries | {"extension": cells.extension_hash(extension)}


@contextmanager
def cluster(address: str, extension: str | None = None) -> Iterator[tuple[Executor, int]]:
    """The executor of the Dask scheduler at `tcp://HOST:PORT`, and the number of its workers' threads.

    Dask's own `Client.get_executor` (https://distributed.dask.org): a lost worker's chunks are run again elsewhere.

    Raises:
        ClusterError: Dask isn't installed, the address is none, nobody answers within 10 seconds, there is no worker,
            a worker has another version of the program; and, later, the scheduler is lost or a chunk ends its workers.
    """
    client = _connect(_checked(address))
    try:
        _agree(client, traits(extension), extension)
        pool = client.get_executor(pure=False)
        try:
            yield pool, sum(client.nthreads().values())
        finally:
            pool.shutdown(wait=False)
    except (CancelledError, _ended_workers()) as error:
        why = "the scheduler was lost" if isinstance(error, CancelledError) else f"a chunk ended its workers: {error}"
        raise ClusterError(f"{address}: {why}; what was finished is kept, --resume goes on") from error
    except cells.VersionError as error:
        raise ClusterError(f"{address}: a worker that came later has another version: {error}; {_SAME}") from None
    finally:
        client.close(timeout=2)


_SAME = "install the same version of the program, Python and libraries on every worker"


def _checked(address: str) -> str:
    """An address of the form that Dask takes."""
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("tcp", "tls", "ws", "wss") and parts.hostname and parts.port
    except ValueError:  # a port that is no number
        whole = None
    if not whole:
        raise ClusterError(f"--scheduler: got {address!r}, expected tcp://HOST:PORT")
    return address


def _connect(address: str) -> Any:
    """A client of the scheduler, once there is a worker."""
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise ClusterError('--scheduler needs Dask, which is not installed: pip install -e ".[cluster]"') from None
    for name in ("distributed.client", "distributed.core"):  # what they would print, our errors say
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise ClusterError(f"{address}: no Dask scheduler answers ({_line(error)})") from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, TimeoutError):
        client.close(timeout=2)
        raise ClusterError(f"{address}: the scheduler has no workers; start some: dask worker {address}") from None
    return client


def _agree(client: Any, here: dict[str, str], extension: str | None) -> None:
    """Ask every worker what it has, before it gets anything to do."""
    for worker, found in client.run(traits, extension, on_error="return").items():
        if isinstance(found, BaseException):
            raise ClusterError(f"{worker}: the worker can't run this program ({_line(found)}); {_SAME}")
        there = dict(found)
        other = [
            f"{name} {there[name] or 'none'}, here {value}" for name, value in here.items() if there[name] != value
        ]
        if other:
            raise ClusterError(f"{worker}: the worker has another version ({'; '.join(other)}); {_SAME}")


def _ended_workers() -> type[Exception]:
    """What Dask raises of a task that took several workers down with it."""
    found: type[Exception] = importlib.import_module("distributed").KilledWorker
    return found


def _line(error: BaseException) -> str:
    """An error in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__
