"""`manage.py test`: the whole suite on SQLite, then on a real PostgreSQL. Arguments go on to pytest."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack

from exchange.starting import postgres
from exchange.starting.environment import ROOT
from exchange.starting.telling import say

_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What asks for no database proves nothing twice: it runs once, on SQLite.
_WITHOUT_DATABASE = (
    "tests/affairs/test_matters_needs.py",
    "tests/audit/proof",
    "tests/client",
    "tests/starting",
    "tests/catalog/test_clocks.py",
    "tests/catalog/test_descriptions.py",
    "tests/catalog/test_egress.py",
    "tests/delivery/test_changes_model.py",
    "tests/delivery/test_export_rows.py",
    "tests/delivery/test_errands_asking.py",
    "tests/delivery/test_errands_waiting.py",
    "tests/delivery/test_facts.py",
    "tests/delivery/test_facts_of_registers.py",
    "tests/delivery/test_plane.py",
    "tests/delivery/test_webhooks_sending.py",
    "tests/delivery/test_wire.py",
    "tests/demonstration/test_city.py",
    "tests/demonstration/test_descriptions.py",
    "tests/demonstration/test_identifiers.py",
    "tests/demonstration/test_residents.py",
    "tests/demonstration/test_stories.py",
    "tests/oversight/test_harvesting_rules.py",
    "tests/sharing/test_agreements_odrl.py",
    "tests/sharing/test_clocks_profiles.py",
    "tests/sharing/test_policy.py",
    "tests/sharing/test_policy_model.py",
    "tests/sharing/test_row_filter.py",
    "tests/sharing/test_row_sql.py",
)
# What every database answers alike: pages in a browser, tries at the doors, words, and workers killed on a home of their own.
_ANSWERED_ALIKE = (
    "tests/accounts/test_doors.py",
    "tests/accounts/test_hashing.py",
    "tests/accounts/test_oidc.py",
    "tests/accounts/test_passkeys.py",
    "tests/affairs/test_case_kills.py",
    "tests/affairs/test_matters_files.py",
    "tests/affairs/test_offers_kills.py",
    "tests/affairs/test_rules.py",
    "tests/affairs/test_rules_properties.py",
    "tests/catalog/test_store_descriptions.py",
    "tests/delivery/test_errands_http.py",
    "tests/delivery/test_provider_kit.py",
    "tests/demonstration/test_building_broken_off.py",
    "tests/journeys/test_chromium_journey.py",
    "tests/journeys/test_citizen_journey.py",
    "tests/journeys/test_demo_journey.py",
    "tests/journeys/test_disagreements_journey.py",
    "tests/journeys/test_export_journey.py",
    "tests/journeys/test_first_mistakes.py",
    "tests/journeys/test_javascript_journey.py",
    "tests/journeys/test_requests_journey.py",
    "tests/journeys/test_samples_journey.py",
    "tests/journeys/test_stopped_export_journey.py",
    "tests/oversight/test_citizens_words.py",
    "tests/portal",
    "tests/rules/test_access.py",
    "tests/rules/test_subject_of_api.py",
    "tests/rules/test_subject_of_pages.py",
    "tests/sharing/test_watched_api.py",
)
_INTERRUPTED = 2
_NOTHING_COLLECTED = 5
_HELP = """usage: python3 manage.py test [--sqlite-only | --postgres-only] [pytest arguments]

Runs the suite on SQLite and then on PostgreSQL: the one that DATABASE_URL names, else one that is started
for the run and ended afterwards. Everything else goes on to pytest: paths, -k EXPRESSION, -x, -n 0 (one process).
`python3 manage.py test --environment-only` makes the environment and runs nothing."""


def test(arguments: list[str]) -> int:
    """Run both; 0 only if both pass. Raises CannotStart when there is no PostgreSQL to be had."""
    if {"-h", "--help"} & set(arguments[:1]):
        say(_HELP)
        return 0
    if arguments == ["--environment-only"]:
        return 0
    given = [argument for argument in arguments if argument not in ("--sqlite-only", "--postgres-only")]
    say(_about_browsers())
    codes = []
    if "--postgres-only" not in arguments:
        codes.append(_pytest("SQLite", given, {}))
    if "--sqlite-only" not in arguments and not was_interrupted(codes):
        with ExitStack() as stack:
            url = os.environ.get("DATABASE_URL") or stack.enter_context(postgres.server())
            codes.append(_pytest("PostgreSQL", [*given, *_left_out(given)], {"DATABASE_URL": url}))
    return verdict(codes)


def was_interrupted(codes: list[int]) -> bool:
    """Whether somebody stopped the run (Ctrl-C, or a signal): then no other one is started."""
    return any(code == _INTERRUPTED or code < 0 for code in codes)


def verdict(codes: list[int]) -> int:
    """One exit code for all runs: a failure counts, and so does a suite in which no run found a test."""
    failed = [code for code in codes if code not in (0, _NOTHING_COLLECTED)]
    if failed:
        return failed[0]
    return _NOTHING_COLLECTED if all(code == _NOTHING_COLLECTED for code in codes) else 0


def find_chromium() -> str:
    """The browser for the tests marked `browser`: CHROMIUM, else the first one on the search path; empty if none."""
    return os.environ.get("CHROMIUM") or next((found for name in _CHROMIUMS if (found := shutil.which(name))), "")


def _about_browsers() -> str:
    found = find_chromium()
    if found:
        return f"Browser tests: in {found}"
    return "Browser tests: skipped, no Chromium found. Install it (Debian: sudo apt install chromium) or name it: CHROMIUM=/path/to/it"


def _pytest(database: str, arguments: list[str], variables: Mapping[str, str]) -> int:
    say(f"\nTests on {database}")
    workers = [] if _names_workers(arguments) else ["-n", "3"]  # for two processors: whoever drives a browser mostly waits
    with tempfile.TemporaryDirectory(prefix="hub-tests-") as folder:
        environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "KEYSTORE_URL", "HUB_HOME")}
        environment |= {"HUB_TEST_HOME": folder, "CHROMIUM": find_chromium(), **variables}
        run = subprocess.Popen([sys.executable, "-m", "pytest", *workers, *arguments], cwd=ROOT, env=environment)
        return _wait(run)


def _left_out(arguments: list[str]) -> list[str]:
    """Options that leave out what needs no database; none where somebody names paths."""
    if any((ROOT / argument.partition("::")[0]).exists() for argument in arguments if not argument.startswith("-")):
        return []
    say("(without the tests that ask for no database, or that every database answers alike: the run on SQLite has them)")
    return [f"--ignore={place}" for place in (*_WITHOUT_DATABASE, *_ANSWERED_ALIKE)]


def _names_workers(arguments: list[str]) -> bool:
    return any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments)


def _wait(run: subprocess.Popen[bytes]) -> int:
    """Wait for pytest; Ctrl-C reaches it too (same terminal), SIGTERM is passed on."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: run.terminate())
    while True:
        try:
            return run.wait()
        except KeyboardInterrupt:
            continue
