"""A case with eight facts, from the explicit request to the decision (design section 12), for 1 and 16 citizens at a time.

    python benchmarks/case.py [--database embedded|URL] [--seconds 8] [--rounds 3] [--citizens 1,16]

  case     the request is written down, eight facts of three registers are asked as one signed batch, kept sealed, shown,
           accepted, handed in, judged by the published rule, decided with its trace, the licence issued; each step recorded
  single   the rival: the same eight questions as eight signed calls through the same door, one after another, and no case
Both run in the same process, in turns, on the same city, while the sequencer runs beside them. The quoted ratio is the
median over the rounds of single / case: above 1 the whole case takes less time than only asking singly. No case counts
whose answers and decision are not found in the log under the last checkpoint; the script fails if one is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.exchange import databases, missing_entries, prepare
from benchmarks.servers import ROOT, running

LIMIT_MS, GOAL_MS = 50, 20


def main() -> int:
    """Prepare, measure, look every entry up in the log, print."""
    options = _options()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        setting = prepare(folder, stack.enter_context(databases(options.database)))
        stack.enter_context(running([sys.executable, "manage.py", "sequence"], env=setting.env, log=folder / "sequencer.log"))
        results = {}
        for citizens in (int(text) for text in options.citizens.split(",")):
            results[citizens] = _load(setting.env, citizens, options)
            setting.leaves += results[citizens].pop("leaves")
        missing = missing_entries(setting)
    _print(results, options, len(setting.leaves), missing)
    return 1 if missing else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="", help="empty: SQLite; 'embedded': the tests' PostgreSQL; or a postgres:// URL")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--citizens", default="1,16")
    return parser.parse_args()


def _load(env: dict[str, str], citizens: int, options: argparse.Namespace) -> dict[str, Any]:
    program = f"from benchmarks.case_load import main\nmain({citizens}, {options.seconds}, {options.rounds})"
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", program]
    seconds = (options.seconds + 2) * (options.rounds + 1) * 2 + 120
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, timeout=seconds)
    outcome: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return outcome


def _print(results: dict[int, dict[str, Any]], options: argparse.Namespace, leaves: int, missing: int) -> None:
    database = "PostgreSQL" if options.database else "SQLite"
    print(f"{database}, {os.cpu_count()} cores, {options.rounds} rounds of {options.seconds:g} s")
    print(f"one citizen at a time: at least p50 {LIMIT_MS} ms, goal {GOAL_MS} ms")
    print(f"{'citizens':>8} {'side':>8} {'number':>7} {'p50 ms':>8} {'p99 ms':>8} {'ratio single/case':>18}")
    for citizens, outcome in results.items():
        ratios = [statistics.median(turn["single"]) / statistics.median(turn["case"]) for turn in outcome["rounds"]]
        for side in ("case", "single"):
            taken = [ms for turn in outcome["rounds"] for ms in turn[side]]
            p99 = statistics.quantiles(taken, n=100)[98]
            print(
                f"{citizens:>8} {side:>8} {len(taken):>7} {statistics.median(taken):>8.1f} {p99:>8.1f} {statistics.median(ratios):>18.2f}"
            )
    print(f"entries of answers and decisions: {leaves:,}; missing in the log: {missing}")


if __name__ == "__main__":
    raise SystemExit(main())
