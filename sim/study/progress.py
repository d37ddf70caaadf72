"""A progress bar on standard error, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sim.study.execute import Tally

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(wanted: bool = True) -> Iterator[Callable[[Tally], None]]:
    """Give a function that shows a tally: done, failed, rate and time left; it shows nothing in a log."""
    if not wanted or not sys.stderr.isatty():
        yield lambda tally: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("running"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]}{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, failed="", rate="")

        def show(tally: Tally) -> None:
            now = tally.ok + tally.failed
            elapsed = bar.tasks[task].elapsed or 0.0
            bar.update(
                task,
                total=tally.planned,
                completed=tally.done,
                failed=f"{tally.failed:,} failed  " if tally.failed else "",
                rate=f"{now / elapsed:,.0f}/s " if now and elapsed > 0.5 else "",
            )

        yield show
