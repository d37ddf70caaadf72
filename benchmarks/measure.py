"""What is measured of our engine alone: scaling with seats, memory, compilation, and a second start."""

from __future__ import annotations

import ast
import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from benchmarks.inputs import CAREERS, PARTNERSHIP, benchmark_cell
from sim.model.simulate import Cell

__all__ = [
    "EVERYTHING",
    "cold_compile",
    "interleaved",
    "lines_of_rules",
    "peak_memory",
    "scaled_cell",
    "scaling",
    "second_start",
]

ROOT = Path(__file__).resolve().parent.parent
EVERYTHING = "everything"
"""The future of the benchmark that has every mechanism on."""
ALONE = """
import resource, sys, time
from pathlib import Path
from benchmarks.inputs import benchmark_cell
from benchmarks.measure import EVERYTHING

def high_water():
    # A child's ru_maxrss begins at what its parent held, so Linux is asked for this process alone.
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024.0
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0

worker = benchmark_cell(Path(sys.argv[1]), EVERYTHING).worker()
started = time.process_time()
worker.run(0, 0)
first = time.process_time()
worker.run(0, 0)
second = time.process_time()
peak = high_water()
print(first - started, second - first, peak, worker.memory.block.nbytes / 1e6)
"""


def interleaved(tasks: Sequence[Callable[[int], object]], repeats: int, runs: Sequence[int]) -> list[float]:
    """Median processor seconds a run of several tasks, measured in turns so that all meet the same machine.

    What the process holds already is kept from the garbage collector, which would have peers pay for our libraries.

    Args:
        tasks: what to time; each is called with the number of a replication.
        repeats: how many turns.
        runs: how many runs of each task make one measurement.
    """
    seconds: list[list[float]] = [[] for _ in tasks]
    gc.collect()
    gc.freeze()
    for repeat in range(repeats):
        for task, count, measured in zip(tasks, runs, seconds, strict=True):
            gc.collect()
            started = time.process_time()
            for n in range(count):
                task(repeat * count + n)
            measured.append((time.process_time() - started) / count)
    gc.unfreeze()
    return [statistics.median(measured) for measured in seconds]


def scaled_file(times: int, folder: Path) -> Path:
    """The benchmark scenario with everything that counts people, posts, places or an institution's money multiplied."""
    yaml = YAML(typ="safe")
    careers: dict[str, Any] = yaml.load(CAREERS.read_text())
    for posts in careers["parties"]["hospital"]["posts"].values():
        posts["established"] *= times
        posts["filled"] *= times
    careers["streams"]["school"]["per_year"] *= times
    careers["programmes"]["residency"]["places_per_year"] *= times
    careers["programmes"]["residency"]["visiting_supervisors"] = 2 * times
    partnership: dict[str, Any] = yaml.load(PARTNERSHIP.read_text())
    partnership["programmes"]["exchange"]["places"] *= times
    partnership["programmes"]["visits"]["places"] *= times
    partnership["programmes"]["visits"]["visitors"] *= times
    finance = partnership["parties"]["hospital"]["finance"]
    stake = partnership["partnerships"]["agreement"]["parties"]["hospital"]
    for record, name in ((finance, "revenue"), (finance, "cash"), (stake, "contributes")):
        amount, unit = float(record[name][1:-1]), record[name][-1]
        record[name] = f"${amount * times:.0f}{unit}"
    for path, tree in ((CAREERS, careers), (PARTNERSHIP, partnership)):
        with (folder / path.name).open("w") as file:
            yaml.dump(tree, file)
    return folder / PARTNERSHIP.name


def scaled_cell(times: int) -> Cell:
    """A cell of the scaled scenario."""
    with tempfile.TemporaryDirectory() as folder:
        return benchmark_cell(scaled_file(times, Path(folder)), EVERYTHING)


def scaling(factors: Sequence[int], repeats: int) -> list[tuple[int, int, float]]:
    """Seats, events of a run, and seconds a run, measured in turns."""
    workers = [scaled_cell(times).worker() for times in factors]
    counts = [worker.run(0, 0).event_count for worker in workers]
    tasks = [lambda n, w=worker: w.run(0, n) for worker in workers]
    runs = [max(1, factors[-1] // times // 4) for times in factors]
    seconds = interleaved(tasks, repeats, runs)
    return [(500 * times, count, s) for times, count, s in zip(factors, counts, seconds, strict=True)]


def alone(path: Path, cache: str | None = None) -> list[float]:
    """Figures of a fresh process: processor seconds of two runs, peak memory and the world's memory in MB."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    if cache is not None:
        env["SIM_CACHE_DIR"] = cache
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(path)],
        env=env,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return [float(word) for word in done.stdout.split()[-4:]]


def peak_memory(times: int) -> tuple[float, float]:
    """Peak memory of a fresh process that simulates a scaled scenario, and of that the world's, in MB."""
    with tempfile.TemporaryDirectory() as folder:
        _, _, peak, world = alone(scaled_file(times, Path(folder)))
    return peak, world


def cold_compile() -> float:
    """Processor seconds of compilation in a fresh process with an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        first, second, _, _ = alone(PARTNERSHIP, cache=folder)
    return first - second


def lines_of_rules() -> int:
    """Lines of code of all compiled functions, without docstrings, comments and blank lines."""
    total = 0
    for path in [*(ROOT / "sim/engine").glob("*.py"), *(ROOT / "sim/model").glob("*.py")]:
        text = path.read_text().splitlines()
        for node in ast.walk(ast.parse("\n".join(text))):
            if isinstance(node, ast.FunctionDef) and is_rule(node):
                doc = node.body[0] if ast.get_docstring(node) else None
                skipped = set(range(doc.lineno, (doc.end_lineno or 0) + 1)) if doc else set()
                lines = [n for n in range(node.lineno, (node.end_lineno or 0) + 1) if n not in skipped]
                total += sum(bool(text[n - 1].split("#")[0].strip()) for n in lines)
    return total


def is_rule(node: ast.FunctionDef) -> bool:
    """Whether a function is compiled."""
    return any(isinstance(d, ast.Name) and d.id in ("rule", "entry") for d in node.decorator_list)


def second_start(repeats: int) -> tuple[float, float] | None:
    """Median wall and processor seconds of `run_sim.py run` once all is compiled; None without run_sim.py."""
    if not (ROOT / "run_sim.py").exists():
        return None
    wall, busy = [], []
    with tempfile.TemporaryDirectory() as folder:
        for n in range(repeats + 1):
            command = [sys.executable, "run_sim.py", "run", str(PARTNERSHIP), "--future", EVERYTHING]
            command += ["--plan", "bonded", "--replications", "1", "--out", f"{folder}/{n}", "-q"]
            before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
            wall.append(time.perf_counter() - started)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            busy.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(wall[1:]), statistics.median(busy[1:])
