"""docs/coverage.md names tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.fixtures.databases import ROOT

PAGE = (ROOT / "docs/coverage.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
FEATURES = [
    "Hooks",
    "Polymorphic associations",
    "Custom types",
    "Optimistic locking",
    "Audit",
    "Soft delete",
    "Tenants",
    "Time series",
]


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_feature_has_its_section() -> None:
    assert list(SECTIONS) == FEATURES


@pytest.mark.parametrize("feature", FEATURES)
def test_every_test_that_is_named_exists(feature: str) -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", SECTIONS[feature])
    assert len(named) >= 6
    assert {f"{file}::{name}" for file, name in named if name not in names_in(file)} == set()


@pytest.mark.parametrize("feature", FEATURES)
def test_every_async_twin_is_named_too(feature: str) -> None:
    named = set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", SECTIONS[feature]))
    twins = {(file, f"{name}_async") for file, name in named if f"{name}_async" in names_in(file)}
    assert twins - named == set()


@pytest.mark.parametrize("feature", FEATURES)
def test_every_line_names_a_test(feature: str) -> None:
    lines = [line for line in SECTIONS[feature].splitlines() if line.startswith("|")][2:]
    assert [line for line in lines if "::test_" not in line] == []
