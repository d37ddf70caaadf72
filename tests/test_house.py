"""The house rules that a machine can hold: how imports point, what may not be written, what stays small."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A module may import its own layer and those below it. `sim` alone is the façade that users import.
LAYERS = {
    "scenarios": 0,
    "sim.engine": 1,
    "sim.scenario": 1,
    "sim.model": 2,
    "sim.study": 3,
    "sim.verify": 3,
    "sim": 4,
    "analysis": 5,
    "run_sim": 6,
}
MOST_LINES = 500
READABLE_LINES = 350
HEAVY = ("pandas", "scipy.stats", "matplotlib")
SKIPPED = {".git", ".venv", "build", "dist", "results", "__pycache__"}
TEXT = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".json", ".html", ".css", ".j2", ".sh", ".cfg", ""}

# Written in two halves, so that this file does not contain what it forbids.
FORBIDDEN = [
    r"\bTO" r"DO\b",
    r"\bFIX" r"ME\b",
    r"\bX" r"XX\b",
    r"(?i:\bplace" r"holder)",
    r"(?i:\blorem " r"ipsum)",
    r"py" r"pi\.org",
    r"python" r"hosted\.org",
    r"ana" r"conda\.(org|com)",
    r"conda-" r"forge",
    r"index-" r"url",
    r"/work/" r"shared",
    r"\.\./" r"shared",
    r"/tmp/" r"briefs",
]


def layer(module: str) -> str | None:
    """The layer that a dotted name belongs to, or None for somebody else's module."""
    parts = module.split(".")
    for depth in (2, 1):
        name = ".".join(parts[:depth])
        if name in LAYERS:
            return name
    return None


def imported(source: str, package: str) -> Iterator[str]:
    """The absolute names of everything that a source imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            # `from sim import engine` may name a layer in its second half.
            yield from (f"{stem}.{alias.name}" for alias in node.names)


def wrong_way(module: str, package: str, source: str) -> list[str]:
    """The imports of a module that point against the declared direction."""
    own = layer(module)
    assert own is not None, f"{module} belongs to no layer"
    wrong = []
    for name in imported(source, package):
        other = layer(name)
        if other is None or other == own:
            continue
        if LAYERS[other] >= LAYERS[own]:
            wrong.append(f"{module} imports {name}")
    return wrong


def modules() -> list[tuple[str, str, Path]]:
    """Every module of the project as (dotted name, dotted package, path)."""
    found = []
    for top in ("sim", "analysis", "scenarios"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            package = ".".join(parts[:-1])
            found.append((package if parts[-1] == "__init__" else ".".join(parts), package, path))
    if (ROOT / "run_sim.py").exists():
        found.append(("run_sim", "", ROOT / "run_sim.py"))
    return found


def texts() -> list[Path]:
    """Every text file of the project."""
    paths = (p for p in ROOT.rglob("*") if p.is_file() and p.suffix in TEXT)
    hidden = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")
    return [p for p in paths if not (SKIPPED.union(hidden) & set(p.relative_to(ROOT).parts))]


def test_imports_point_one_way() -> None:
    wrong = [line for name, package, path in modules() for line in wrong_way(name, package, path.read_text())]
    assert wrong == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("sim.engine.clocks", "from sim.scenario.block import Block"),
        ("sim.scenario.load", "import sim.engine.random"),
        ("sim.engine.clocks", "from sim import model"),
        ("sim.engine.clocks", "from ..model import fire"),
        ("sim.model.careers", "def f():\n    from sim.study.store import Store"),
        ("sim.study.store", "import analysis.compare as c"),
        ("analysis.compare", "import run_sim"),
        ("sim.model.careers", "import sim"),
    ],
)
def test_an_import_the_other_way_is_found(module: str, source: str) -> None:
    assert wrong_way(module, module.rpartition(".")[0], source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("sim.model.careers", "from sim.engine.clocks import expose\nfrom sim.scenario import careers"),
        ("analysis.compare", "from sim.study import store\nimport numpy.linalg"),
        ("sim", "from sim.study.compare import compare"),
    ],
)
def test_an_import_the_right_way_passes(module: str, source: str) -> None:
    assert wrong_way(module, module.rpartition(".")[0] or module, source) == []


def test_nothing_forbidden_is_written() -> None:
    pattern = re.compile("|".join(FORBIDDEN))
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if (match := pattern.search(line))
    ]
    assert found == []


def test_modules_fit_in_one_reading(record_property: Callable[[str, object], None]) -> None:
    """Sizes are information up to a ceiling; `pytest -s tests/test_house.py` prints the longest."""
    sizes = {path.relative_to(ROOT): len(path.read_text().splitlines()) for _, _, path in modules()}
    longest = sorted(sizes.items(), key=lambda item: -item[1])
    for path, lines in longest[:10]:
        record_property(str(path), lines)
        print(f"{lines:5d}  {path}{'  (long)' if lines > READABLE_LINES else ''}")
    assert [str(path) for path, lines in longest if lines > MOST_LINES] == []


def test_public_names_are_documented() -> None:
    """Every public function and class of the project has a docstring."""
    missing = []
    for name, _, path in modules():
        for node in ast.parse(path.read_text()).body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and ast.get_docstring(node) is None:  # type: ignore[arg-type]
                missing.append(f"{name}.{node.name}")  # type: ignore[attr-defined]
    assert missing == []


def test_import_sim_is_light() -> None:
    """A second of start-up is spent on these by `import` alone, so they are imported where they are used."""
    code = f"import sys, sim; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_readme_gives_the_two_commands() -> None:
    commands = [line.strip() for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("    pip")]
    assert commands == [
        "pip install -e . && python run_sim.py compare scenarios/ghana_obgyn.yaml",
        'pip install -e ".[test]" && pytest',
    ]


def test_links_in_the_pages_lead_somewhere() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert broken == []
