"""Which Pythons can start the hub, how the environment is made, and what failures say."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from exchange.starting.environment import REQUIREMENTS, ROOT, Environment, Found, Way, ways
from exchange.starting.installing import advice, count_packages
from exchange.starting.locking import addresses
from exchange.starting.testing import verdict, was_interrupted


@pytest.fixture
def manage() -> ModuleType:
    spec = importlib.util.spec_from_file_location("manage_entry", ROOT / "manage.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_old_python_can_read_the_entry() -> None:
    ast.parse((ROOT / "manage.py").read_text("utf-8"), feature_version=(3, 6))


def test_old_python_is_told_what_to_install(manage: ModuleType) -> None:
    assert "Install Python 3.11" in manage.old_python((3, 8, 10), [])


def test_old_python_is_told_about_a_newer_one_here(manage: ModuleType) -> None:
    assert "start again with python3.12 manage.py" in manage.old_python((3, 9, 2), ["python3.12"])


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1)])
def test_good_python_is_told_nothing(manage: ModuleType, version: tuple[int, ...]) -> None:
    assert manage.old_python(version, []) == ""


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Found(venv=True, ensurepip=True, pip=True), [Way.VENV, Way.VENV_OUTER_PIP, Way.FOLDER]),
        (Found(venv=True, ensurepip=True, pip=False), [Way.VENV]),
        (Found(venv=True, ensurepip=False, pip=True), [Way.VENV_OUTER_PIP, Way.FOLDER]),
        (Found(venv=False, ensurepip=False, pip=True), [Way.FOLDER]),
        (Found(venv=False, ensurepip=True, pip=False), []),
        (Found(venv=True, ensurepip=False, pip=False), []),
    ],
)
def test_venv_or_pip_is_enough(found: Found, expected: list[Way]) -> None:
    assert ways(found) == expected


@pytest.mark.parametrize(("way", "path"), [(Way.VENV, None), (Way.FOLDER, "/project/.venv/run/packages")])
def test_surprises_of_the_shell_are_not_inherited(way: Way, path: str | None) -> None:
    shell = {"PYTHONPATH": "/elsewhere", "PYTHONHOME": "/x", "VIRTUAL_ENV": "/y", "PYTHONWARNINGS": "error", "PIP_INDEX_URL": "kept"}
    variables = Environment("run", Path("/project/.venv/run"), way).variables(shell)
    assert variables.get("PYTHONPATH") == path
    assert {"PYTHONHOME", "VIRTUAL_ENV", "PYTHONWARNINGS"}.isdisjoint(variables)
    assert variables["PIP_INDEX_URL"] == "kept"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("[Errno 13] Permission denied: '/srv'", "cannot be written"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "not the one that was pinned"),
        ("NewConnectionError: Temporary failure in name resolution\nERROR: No matching distribution found", "Check the network"),
        ("ERROR: No matching distribution found for duckdb", "Use Python 3.11"),
        ("something else", "pip's lines below"),
    ],
)
def test_failed_installation_says_what_to_do(output: str, expected: str) -> None:
    assert expected in advice(output)


@pytest.mark.parametrize("name", REQUIREMENTS.values())
def test_lock_file_is_hashed_and_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    pins = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(pins) == len(re.findall(r"^[a-z0-9][^ ]*==", text, re.MULTILINE))
    assert all("--hash=sha256:" in pin for pin in pins)
    assert addresses(text) == []


@pytest.mark.parametrize("line", ["--index-url https://mirror.example/simple", "x @ file:///tmp/x.whl", "--find-links /srv/wheels"])
def test_an_address_in_a_lock_file_is_noticed(line: str) -> None:
    assert addresses(f"django==5.2\n{line}\n") == [line]


def test_every_requirement_is_pinned() -> None:
    wanted = re.findall(r"^([A-Za-z][\w-]*)", (ROOT / "requirements.in").read_text("utf-8"), re.MULTILINE)
    pinned = re.findall(r"^([a-z0-9][^=\s]*)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert {name.lower() for name in wanted} <= set(pinned)


def test_packages_of_another_platform_are_not_counted(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("colorama==1 ; sys_platform == 'win32' \\\n    --hash=sha256:aa\ndjango==5.2 \\\n    --hash=sha256:bb\n", "utf-8")
    assert count_packages(file) == 1


@pytest.mark.parametrize(("codes", "expected"), [([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([5, 0], 0), ([5, 5], 5), ([2], 2)])
def test_one_failed_run_fails_the_command(codes: list[int], expected: int) -> None:
    assert verdict(codes) == expected


@pytest.mark.parametrize(("codes", "expected"), [([], False), ([0], False), ([1], False), ([2], True), ([-15], True)])
def test_a_run_that_was_stopped_is_the_last_one(codes: list[int], expected: bool) -> None:
    assert was_interrupted(codes) is expected
