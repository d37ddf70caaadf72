"""Programmes of every kind: they start, and they stop taking people in."""

from __future__ import annotations

from sim.engine.compiled import rule
from sim.engine.tables import NONE
from sim.model import exchange, training
from sim.model.kinds import Cause, ProgrammeKind
from sim.model.state import World

__all__ = ["scale", "start", "stop"]


@rule
def start(w: World, t: float, programme: int) -> None:
    """A programme starts to take people in, unless it runs already or its partnership has ended without success."""
    g = w.programmes[programme]
    if g.running:
        return
    if g.partnership != NONE:
        a = w.agreements[g.partnership]
        if a.cause > Cause.HANDED_OVER:
            return
        if a.cause == NONE:
            a.running = 1
            a.started = min(a.started, t)
    g.running = 1
    g.started = min(g.started, t)
    if g.kind == ProgrammeKind.TRAINING:
        training.start(w, t, g.of)
    else:
        exchange.start(w, t, g.of)


@rule
def stop(w: World, t: float, programme: int) -> None:
    """A programme takes nobody in any more; who is in it finishes."""
    g = w.programmes[programme]
    if not g.running:
        return
    g.running = 0
    if g.kind == ProgrammeKind.EXCHANGE:
        exchange.stop(w, t, g.of)


@rule
def scale(w: World, t: float, programme: int, times: float) -> None:
    """A programme has that many times as many places, and as many visitors who ask to come."""
    g = w.programmes[programme]
    g.scale *= times
    if g.kind == ProgrammeKind.EXCHANGE:
        exchange.resize(w, t, g.of)
