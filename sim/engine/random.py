"""Keyed random numbers: every draw is a function of (seed, block, entity, purpose, count), and of nothing else.

Philox 4x32-10 (Salmon, Moraes, Dror & Shaw 2011) is a bijection of a 128-bit counter under a 64-bit key. The key
stands for the run: it is itself drawn from (seed, design row, replication). The counter stands for the draw: 64
bits name the entity, 32 the purpose, 32 count the draws of that entity for that purpose. No state is kept, so no
draw depends on the order of events, on other entities, on threads or on chunks.
"""

from __future__ import annotations

import hashlib

import numpy as np

from sim.engine.compiled import formula

__all__ = ["child", "named", "philox", "run_key", "uniform"]

U64 = np.uint64
LOW = U64(0xFFFFFFFF)
SHIFT = U64(32)
TWELVE = U64(12)
MULTIPLIER_0 = U64(0xD2511F53)
MULTIPLIER_1 = U64(0xCD9E8D57)
WEYL_0 = U64(0x9E3779B9)
WEYL_1 = U64(0xBB67AE85)
RUN = U64(0x52554E)
CHILD = U64(0x4348494C)
UNIT = 2.0**-52


@formula
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Philox 4x32-10: four 32-bit words of counter and two of key to four of output, each kept in 64 bits."""
    for _ in range(10):
        product_0 = MULTIPLIER_0 * c0
        product_1 = MULTIPLIER_1 * c2
        c0 = (product_1 >> SHIFT) ^ c1 ^ k0
        c1 = product_1 & LOW
        c2 = (product_0 >> SHIFT) ^ c3 ^ k1
        c3 = product_0 & LOW
        k0 = (k0 + WEYL_0) & LOW
        k1 = (k1 + WEYL_1) & LOW
    return c0, c1, c2, c3


@formula
def bits(key: np.uint64, entity: np.uint64, purpose: int, count: int) -> np.uint64:
    """64 random bits of one draw under a run's key."""
    a, b, _, _ = philox(U64(count) & LOW, U64(purpose) & LOW, entity & LOW, entity >> SHIFT, key & LOW, key >> SHIFT)
    return (a << SHIFT) | b


@formula
def uniform(key: np.uint64, entity: np.uint64, purpose: int, count: int) -> float:
    """A uniform number strictly between 0 and 1 on a grid of 2^52 cell centres.

    With 53 bits the largest cell centre would round to 1.
    """
    return (float(bits(key, entity, purpose, count) >> TWELVE) + 0.5) * UNIT


@formula
def child(parent: np.uint64, kind: int, number: int) -> np.uint64:
    """The name of the number-th entity of a kind that belongs to a parent: 64 bits, the same in every run."""
    a, b, _, _ = philox(U64(number) & LOW, U64(kind) & LOW, CHILD, U64(0), parent & LOW, parent >> SHIFT)
    return (a << SHIFT) | b


@formula
def run_key(seed: np.uint64, row: int, replication: int) -> np.uint64:
    """The key of one run: plans, futures and versions have no part in it, so they share their luck."""
    a, b, _, _ = philox(U64(row) & LOW, U64(row) >> SHIFT, U64(replication) & LOW, RUN, seed & LOW, seed >> SHIFT)
    return (a << SHIFT) | b


def named(*parts: object) -> np.uint64:
    """The 64-bit name of something that a file declares, from the words that identify it."""
    text = "\x1f".join(str(part) for part in parts)
    return U64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))
