"""How rules are compiled, and where the compiled code is kept.

`rule` compiles a function that other rules call, `part` one that has a single caller, `formula` one of plain numbers,
for rules and Python both; `entry` compiles one that Python calls with a world, and keeps the result on disk. Numba's
own cache does not notice an edit in another file, nor a change of its flags, so the folder is named by everything
that compiled code depends on: an old rule can never run.

With NUMBA_DISABLE_JIT=1 all return the function itself, and the same rules run interpreted.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite
import numba
from numba import njit
from numba.core import config

__all__ = ["COMPILED", "announce", "cache_folder", "entry", "formula", "part", "rule", "source_hash"]

F = TypeVar("F", bound=Callable[..., Any])

PACKAGE = Path(__file__).resolve().parent.parent
KEPT_FOLDERS = 6
FLAGS = {"nogil": True, "error_model": "numpy", "boundscheck": None}
COMPILED = not config.DISABLE_JIT


def source_hash(folders: Iterable[str]) -> str:
    """The hash of all Python sources in some folders of the package, as 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def cache_root() -> Path:
    """The folder for compiled code: SIM_CACHE_DIR, or the user's cache folder."""
    chosen = os.environ.get("SIM_CACHE_DIR")
    if chosen:
        return Path(chosen)
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "partnership-sim"


def cache_folder() -> Path:
    """The folder for code compiled from these sources, by this Python, with these versions and flags."""
    flags = {name: value for name, value in os.environ.items() if name.startswith("NUMBA_")}
    depends = (
        source_hash(["engine", "model", "scenario"]),
        sys.version,
        numba.__version__,
        llvmlite.__version__,
        platform.machine(),
        sorted(flags.items()),
        sorted(FLAGS.items(), key=str),
    )
    return cache_root() / hashlib.sha256(repr(depends).encode()).hexdigest()[:16]


def use_cache_folder() -> Path:
    """Point Numba at the folder, make it the newest, and drop the oldest beyond KEPT_FOLDERS."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        others = sorted((p for p in folder.parent.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
        for old in others[:-KEPT_FOLDERS]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError:
        # A read-only home is no reason to stop: everything still compiles, for this process only.
        return folder
    config.CACHE_DIR = str(folder)
    return folder


FOLDER = use_cache_folder()


def announce() -> bool:
    """Whether the first call will have to compile: nothing compiled from these sources lies in the cache."""
    return COMPILED and not any(FOLDER.rglob("*.nbi"))


def plain(argument: Any) -> Any:
    """The type under which an argument is compiled: constants and enumerations count as the integers that they are."""
    bare = numba.core.types.unliteral(argument)
    return bare.dtype if isinstance(bare, numba.core.types.IntEnumMember) else bare


def once(dispatcher: Any) -> Any:
    """Keep Numba from compiling a rule anew for every constant and enumeration that it is called with."""
    if COMPILED:
        template = dispatcher.get_call_template
        dispatcher.get_call_template = lambda args, kws: template(
            tuple(plain(a) for a in args), {name: plain(a) for name, a in kws.items()}
        )
    return dispatcher


def rule(function: F) -> F:
    """Compile a function that only compiled code calls: without the wrappers that let Python call it."""
    return cast(F, once(njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **FLAGS)(function)))


def part(function: F) -> F:
    """Compile a rule into its only caller. Each compiled function costs one more pass over everything below it, so
    the rules on top, which reach all others, are parts."""
    return cast(F, njit(inline="always", no_cpython_wrapper=True, no_cfunc_wrapper=True, **FLAGS)(function))


def formula(function: F) -> F:
    """Compile a function of plain numbers that rules and Python both call; not kept on disk."""
    return cast(F, once(njit(no_cfunc_wrapper=True, **FLAGS)(function)))


def entry(function: F) -> F:
    """Compile a function that Python calls, once for all processes on this machine."""
    cached = COMPILED and os.access(FOLDER, os.W_OK)
    return cast(F, njit(cache=cached, no_cfunc_wrapper=True, **FLAGS)(function))
