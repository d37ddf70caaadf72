"""What the how-tos show is run: commands, changes to the program, and printed output."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from sim.model.kinds import Kind, Place
from sim.scenario import load
from sim.verify import CHECKS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
GHANA = ROOT / "docs" / "ghana.md"
RULES = ("model.md", "engine.md", "money.md", "work.md")


class Block(NamedTuple):
    language: str
    file: str
    text: str


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a how-to, in order."""
    text = (ROOT / "docs" / "howto" / f"{page}.md").read_text(encoding="utf-8")
    return [Block(*match.groups(default="")) for match in FENCE.finditer(text)]


def only(found: list[Block], language: str) -> Block:
    """The one block in a language."""
    (one,) = [block for block in found if block.language == language]
    return one


def change(text: str, diff: str) -> str:
    """A file's text after a change whose lines begin with a space, `+` or `-`; what it changes must be there once."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    assert text.count(before) == 1, f"not there exactly once:\n{before}"
    return text.replace(before, after)


def ran(arguments: list[str], folder: Path, **variables: str) -> str:
    """What a Python command prints; it must succeed."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA_", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=kept | variables, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_extension_prints_what_its_page_says(tmp_path: Path) -> None:
    found = blocks("write-an-extension")
    program, command, printed = only(found, "python"), only(found, "sh"), only(found, "text")
    assert len(found) == 3
    (tmp_path / program.file).write_text(program.text, encoding="utf-8")
    words = command.text.split()
    assert words[:2] == ["python", "run_sim.py"]
    assert ran([str(ROOT / words[1]), *words[2:]], tmp_path).startswith(printed.text)


def test_the_rule_of_the_page_works(tmp_path: Path) -> None:
    """Every change is applied to a copy of the program; then the page's own test runs there, uncompiled."""
    for name in ("sim", "scenarios"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    found = blocks("write-a-rule")
    assert {block.language for block in found} == {"diff", "yaml", "python", "sh"}
    for block in found:
        path = tmp_path / block.file
        if block.language == "diff":
            path.write_text(change(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")
        elif block.file:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
    setting, _, *words = only(found, "sh").text.split()
    assert setting == "NUMBA_DISABLE_JIT=1"
    ran([*words, "-p", "no:cacheprovider"], tmp_path, NUMBA_DISABLE_JIT="1", PYTHONPATH=str(tmp_path))


def test_a_check_can_be_added_as_its_page_says(tmp_path: Path) -> None:
    """The page's check passes, and fails with its rule bent."""
    found = blocks("verify")
    program, use, printed = [block for block in found if block.language in ("python", "text")]
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / program.file).write_text(program.text, encoding="utf-8")
    (folder / use.file).write_text(use.text, encoding="utf-8")
    assert ran([use.file], folder, PYTHONPATH=str(ROOT)) == printed.text


@pytest.mark.parametrize("page", ["model-an-exchange", "plan-for-contingencies", "read-a-comparison"])
def test_a_program_prints_what_its_page_says(page: str, tmp_path: Path) -> None:
    found = blocks(page)
    program, printed = only(found, "python"), only(found, "text")
    for block in found:
        if block.file:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    assert ran([program.file], tmp_path, PYTHONPATH=str(ROOT)) == printed.text


def test_the_page_about_ghana_has_a_file_that_loads(tmp_path: Path) -> None:
    (block,) = [Block(*match.groups(default="")) for match in FENCE.finditer(GHANA.read_text(encoding="utf-8"))]
    (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    assert {"most_stay_for_training", "few_stay_for_training"} < set(load(tmp_path / block.file).futures)


def test_the_contingency_page_lists_every_action_and_shock() -> None:
    from sim.model.write_changes import CHANGES

    page = (ROOT / "docs" / "howto" / "plan-for-contingencies.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert set(CHANGES) <= {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_the_verify_page_lists_every_check() -> None:
    page = (ROOT / "docs" / "howto" / "verify.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert sorted(rows) == sorted(CHECKS)


def test_the_model_page_has_every_kind_in_its_order_and_every_place() -> None:
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    for heading, members in (("| kind | what happens |", Kind), ("| place | meaning |", Place)):
        table = page[page.index(heading) :].split("\n\n")[0]
        first = [line.split("|")[1] for line in table.splitlines()[2:]]
        assert re.findall(r"`(\w+)`", " ".join(first)) == [member.name for member in members]


def test_the_model_page_names_every_check() -> None:
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    table = page[page.index("| case | must equal | test |") :].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", table)) >= set(CHECKS)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", RULES)
def test_files_and_tests_that_a_page_cites_exist(page: str) -> None:
    """A page may cite `path/to/file.py` or `path/to/file.py::test`; both must exist."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for path, test in re.findall(r"`((?:sim|tests|scenarios|benchmarks)/[\w/]+\.\w+)(?:::(\w+))?`", text):
        assert (ROOT / path).is_file(), path
        if test:
            assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{test}"
