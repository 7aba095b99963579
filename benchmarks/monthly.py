"""The monthly run of a matter without application over a big city: rate and memory, against one person at a time.

    python benchmarks/monthly.py [--residents 200000] [--old 0.04] [--sample 20000] [--database embedded|URL]

  run    make_offers' own work: the list of those who are 80 (row filter at the hub), a signed batch of 1,000 about each page,
         an offer and an entry for each person, the cursor moved with them; in a process of its own, beside the sequencer
  rival  what is usually written: Django's ORM over a table of the same residents, row by row; whoever is old enough is asked
         about by one signed call of three facts, and gets the same offer and the same entry in a transaction of its own
Both use the same door, the same facts, the same hub. The rival leads a sample of residents and is extrapolated to all of them,
which favours nobody: its cost grows with each row and each call. The residents are loaded through the real load path (check,
two files, signed revision). A run counts only if it ends DONE, and every batch and offer is found in the log under the last
checkpoint; the script fails otherwise. Memory is VmHWM of the run's process, less what it held before the first question.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.exchange import databases, missing_entries, prepare
from benchmarks.servers import ROOT, running


def main() -> int:
    """Prepare the city, run the rival on a sample, then the month; look every entry up; print."""
    options = _options()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        setting = prepare(folder, stack.enter_context(databases(options.database)))
        loaded = _step(setting.env, f"fill({options.residents}, {options.old})")
        stack.enter_context(running([sys.executable, "manage.py", "sequence"], env=setting.env, log=folder / "sequencer.log"))
        rival = _step(setting.env, f"rival({options.sample})")
        month = _step(setting.env, "month()")
        setting.leaves += month.pop("leaves")
        missing = missing_entries(setting)
    _print(options, loaded, rival, month, missing)
    return 1 if missing or month["state"] != "DONE" else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", type=int, default=200_000)
    parser.add_argument("--old", type=float, default=0.04, help="which part of them is 80 or older")
    parser.add_argument("--sample", type=int, default=20_000, help="how many residents the rival leads")
    parser.add_argument("--database", default="", help="empty: SQLite; 'embedded': the tests' PostgreSQL; or a postgres:// URL")
    return parser.parse_args()


def _step(env: dict[str, str], call: str) -> dict[str, Any]:
    """One function of benchmarks.monthly_run in a process of its own; it writes one JSON line."""
    program = f"from benchmarks import monthly_run\nmonthly_run.{call}"
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE)
    outcome: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return outcome


def _print(options: argparse.Namespace, loaded: dict[str, Any], rival: dict[str, Any], month: dict[str, Any], missing: int) -> None:
    database = "PostgreSQL" if options.database else "SQLite"
    all_seconds = rival["seconds"] * options.residents / rival["considered"]
    print(f"{database}, {os.cpu_count()} cores, {options.residents:,} residents, {month['listed']:,} of them on the list")
    print(f"loaded through the gate in {loaded['seconds']:.0f} s ({options.residents / loaded['seconds']:,.0f} rows a second)")
    print(f"{'side':>6} {'residents/s':>12} {'offers/s':>9} {'whole city, s':>14}")
    rate, offers = options.residents / month["seconds"], month["offered"] / month["seconds"]
    print(f"{'run':>6} {rate:>12,.0f} {offers:>9,.0f} {month['seconds']:>14,.1f}")
    per_offer = rival["offered"] / rival["seconds"]
    print(f"{'rival':>6} {rival['considered'] / rival['seconds']:>12,.0f} {per_offer:>9,.0f} {all_seconds:>14,.1f}  extrapolated")
    led = f"the rival led {rival['considered']:,} residents to {rival['offered']:,} offers"
    print(f"ratio rival / run: {all_seconds / month['seconds']:.1f}; {led}")
    print(f"memory: {month['peak_mib']:.0f} MiB at most, {month['before_mib']:.0f} MiB before the first question")
    print(f"one list, {month['batches']:,} batches; {missing} entries missing in the log; the run ended {month['state']} {month['reason']}")


if __name__ == "__main__":
    sys.exit(main())
