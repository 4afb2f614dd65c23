"""`make chaos`: every fault of the matrix that this machine allows, against real servers.

Each scenario starts the four services as processes, brings four cohorts of dossiers to four
different steps, breaks something while all of them go on, heals it, waits until all is idle, plays
the lives to their end, and compares wire, inboxes, dead letters and books with a run without
faults.
"""

import argparse
import asyncio
import json
import logging
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

import structlog
from rich.console import Console

from deploy.embedded import PrivateMongo
from tests.chaos import scenarios
from tests.chaos.conduct import Outcome, conduct
from tests.chaos.page import table, write_page
from tests.chaos.registry import Scenario
from tests.chaos.servers import ChaosServers, chaos_servers

SECONDS = 10.0
console = Console()


def main() -> int:
    """Play scenarios; the exit code is 1 when one of them failed."""
    logging.disable()  # Lost connections are the subject, and no news.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    options = _options()
    chosen = [each for each in scenarios.ALL.values() if _is_chosen(each, options.only)]
    if not chosen:
        sys.exit(f"No scenario is named so. There are: {', '.join(scenarios.ALL)}")
    outcomes: list[Outcome] = []
    for outcome in play(chosen, options.seconds, options.logs):
        outcomes.append(outcome)
        if options.json:
            figures = json.dumps([each.as_json() for each in outcomes], indent=1)
            Path(options.json).write_text(figures, encoding="utf-8")
    console.print(table(outcomes))
    if options.page:
        write_page(outcomes, _about(len(outcomes)))
    return int(not all(outcome.passed or outcome.skipped for outcome in outcomes))


def play(chosen: Sequence[Scenario], seconds: float, logs: Path | None = None) -> Iterator[Outcome]:
    """Play scenarios in turn; one that failed or broke its servers leaves the next new ones."""
    with ExitStack() as stack:
        shared: ChaosServers | None = None
        for scenario in chosen:
            if scenario.database is not PrivateMongo:
                with chaos_servers(scenario.database) as own:
                    yield _play_one(scenario, own, seconds, logs)
                continue
            shared = shared or stack.enter_context(chaos_servers(PrivateMongo))
            outcome = _play_one(scenario, shared, seconds, logs)
            yield outcome
            if scenario.own_servers or not outcome.passed:
                stack.close()
                shared = None


def _play_one(
    scenario: Scenario, servers: ChaosServers, seconds: float, logs: Path | None
) -> Outcome:
    outcome = asyncio.run(conduct(scenario, servers, seconds, logs))
    _report(outcome)
    return outcome


def _is_chosen(scenario: Scenario, only: Sequence[str]) -> bool:
    return not only or any(scenario.name.startswith(name) for name in only)


def _report(outcome: Outcome) -> None:
    state = "not here" if outcome.skipped else "passed" if outcome.passed else "FAILED"
    recovery = "" if outcome.recovery_s is None else f", recovered in {outcome.recovery_s} s"
    console.print(
        f"{outcome.name}: {state} ({outcome.took_s} s{recovery})", highlight=False, soft_wrap=True
    )
    for line in (outcome.skipped, *outcome.notes, *outcome.faults):
        if line:
            console.print(f"    {line}", highlight=False, markup=False, soft_wrap=True)


def _about(scenarios: int) -> str:
    """Return a line on the machine of a run."""
    cores, release = os.cpu_count(), version("clas")
    return f"{scenarios} scenarios, CLAS {release}, {cores} cores, {platform.machine()}:"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--only", action="append", default=[], help="names, or how they begin")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long a load lasts")
    parser.add_argument("--json", help="a file for all figures, written after each scenario")
    parser.add_argument("--logs", type=Path, help="a folder for the logs of all services")
    parser.add_argument("--page", action="store_true", help="write the table of docs/chaos.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
