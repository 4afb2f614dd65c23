"""`clas demo`: the sample campaign ends as counted by hand from its roster."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.embedded import Servers
from services.accounting.reports import Agreement, agreement, closed_exercises
from services.cli.demo.driver import in_process
from services.cli.demo.live_driver import live_driver
from services.cli.demo.show import show
from services.eligibility.reports import decisions, verdicts
from services.funding.reports.campaign import envelopes, grants
from services.funding.reports.payments import advances, controls, settlements
from services.submission.reports import deposits, refused_messages
from shared.contracts.accounting import AccountingEntryPosted, ClosingCompleted
from shared.contracts.funding import FundingGranted
from shared.contracts.registry import SERVICES
from shared.kernel.money import total
from shared.kernel.published_events import PublishedEvents, RuleCount
from shared.kernel.settings import Settings
from tests.support.broker import wipe
from tests.support.processes import processes

NOTHING = Decimal("0.00")
ROOT = Path(__file__).parents[2]
COMMAND = "import typer; from services.cli.demo.command import demo; typer.run(demo)"


async def _run_campaign() -> PublishedEvents:
    async with in_process() as stage:
        return await show(stage)


@pytest.fixture(scope="module")
def whole() -> PublishedEvents:
    """The campaign, played once in this process."""
    return asyncio.run(_run_campaign())


@pytest.fixture
def played(whole: PublishedEvents) -> PublishedEvents:
    """Without the dossier of the year before."""
    return whole.of_year("2025-2026")


def counts_by_rule(rules: tuple[RuleCount, ...]) -> dict[str, int]:
    return {count.rule: count.count for count in rules}


def test_deposits_end_as_the_roster_says(played: PublishedEvents) -> None:
    totals = deposits(played)
    assert totals.filed == 132
    assert (totals.received, totals.rejected) == (122, 6)
    assert (totals.to_complete, totals.completed) == (5, 3)
    assert (totals.held, totals.released) == (3, 2)
    assert (totals.unreadable, totals.duplicates) == (1, 1)
    # Each dossier is somewhere: received, rejected, incomplete, held or unreadable.
    assert 122 + 6 + (5 - 3) + (3 - 2) + 1 == 132


def test_rejections_and_complements_name_all_their_grounds(played: PublishedEvents) -> None:
    totals = deposits(played)
    expected = {"REC-02": 1, "REC-04": 2, "REC-07": 2, "REC-08": 1, "REC-11": 1}
    assert counts_by_rule(totals.grounds) == expected
    assert counts_by_rule(totals.missing) == {"REC-15": 2, "REC-16": 1, "REC-19": 2}


def test_three_messages_are_dead_letters(played: PublishedEvents) -> None:
    assert [(one.event, one.about, one.service) for one in refused_messages(played)] == [
        ("DossierSubmitted", "DEMO-76-2025-016", "submission"),
        ("AdvanceOrdered", "DEMO-76-2025-062", "funding"),
        ("DossierSubmitted", "DEMO-76-2025-088", "submission"),
    ]


def test_six_projects_are_ineligible_each_for_its_own_reason(played: PublishedEvents) -> None:
    totals = verdicts(played)
    assert (totals.eligible, totals.derogation, totals.ineligible) == (111, 5, 6)
    assert totals.partly == 1
    assert counts_by_rule(totals.breaches) == {
        **dict.fromkeys(("ELI-05", "ELI-31"), 1),  # homework help only
        **dict.fromkeys(("AXE-P1", "AXE-P2", "AXE-P3", "AXE-P4", "AXE-P5"), 1),
        "ENC-04": 1,
        "ELI-23": 2,  # a lone collectif of 13 children, and one among three
        "ELI-27": 1,
        "COF-01": 1,
    }


def test_the_committee_grants_most_and_its_mistake_is_corrected(played: PublishedEvents) -> None:
    totals = decisions(played)
    # 122 assessed: 6 ineligible and 3 others refused, 1 adjourned and granted a fortnight later.
    assert (totals.granted, totals.refused, totals.adjourned) == (113, 9, 1)
    assert (totals.rejected, counts_by_rule(totals.reasons)) == (1, {"DER-06": 1})
    assert len(totals.motives) == 9


def test_the_cap_of_eighty_percent_cuts_four_projects(played: PublishedEvents) -> None:
    totals = grants(played)
    assert (totals.dossiers, totals.capped) == (113, 4)
    # Bonuses: 242.25 + 484.50 + 634.00 + 726.75; Ps: 958.25 of the one that has 60 % already.
    assert (totals.cut_from_bonus, totals.cut_from_ps) == (Decimal("2087.50"), Decimal("958.25"))
    by_dossier = {grant.dossier_id: grant for grant in played.of_type(FundingGranted)}
    capped = by_dossier["DEMO-76-2025-066"]
    assert (capped.ps_total, capped.bonus_total) == (Decimal("1800.00"), NOTHING)


def test_a_dossier_of_the_year_before_waits_for_a_bareme_that_nobody_published(
    whole: PublishedEvents, played: PublishedEvents
) -> None:
    assert counts_by_rule(grants(whole).deferred) == {"PRX-07": 1}
    assert grants(played).deferred == ()


def test_advances_are_paid_or_refused_as_the_roster_says(played: PublishedEvents) -> None:
    totals = advances(played)
    # 113 granted, 2 without convention, 5 with a late one, 10 that ask for nothing: 96 orders, of
    # which 4 above the ceiling and 1 unreadable; 3 of these 5 are corrected.
    of_n, of_n1 = totals.granted
    assert (of_n.exercise, of_n.count) == (2025, 94)
    # 111 conventions, 6 that ask for nothing, 3 above the ceiling; one is reversed, asked for anew.
    assert (of_n1.exercise, of_n1.count) == (2026, 103)
    assert all(one.amount <= one.ceiling for one in totals.granted)
    expected = {"ACO-01": 4, "CNV-01": 4, "ACO-03": 3, "ACO-02": 1, "ACO-04": 1, "COM-05": 1}
    assert (totals.refused, counts_by_rule(totals.reasons)) == (14, expected)


def test_every_granted_dossier_is_booked_and_the_books_agree(played: PublishedEvents) -> None:
    expected = Agreement(
        granted=113,
        booked=113,
        unbalanced=(),
        commitments=(("80182", NOTHING), ("8091", NOTHING)),
    )
    assert agreement(played) == expected
    kinds = Counter((e.exercise, e.kind) for e in played.of_type(AccountingEntryPosted))
    assert kinds == {
        (2025, "advance"): 94,
        (2025, "accrual"): 113,
        (2025, "commitment"): 113,
        (2026, "advance"): 103,
        (2026, "advance_reversal"): 1,
        (2026, "cancellation"): 1,
        (2026, "balance"): 107,
        (2026, "commitment_reversal"): 113,
        (2027, "adjustment"): 2,
    }


def test_the_last_dossier_waits_for_the_envelope_of_2025_and_no_other_one_does(
    played: PublishedEvents,
) -> None:
    totals = envelopes(played)
    first, second = totals.exercises
    granted = grants(played)
    bonus = granted.bonus_enfants + granted.bonus_parents
    assert totals.waited == 1
    assert (first.exercise, first.allotted) == (2025, Decimal("235000.00"))
    assert (second.exercise, second.allotted) == (2026, Decimal("450000.00"))
    assert (first.granted, second.granted) == (granted.part_n, granted.part_n1 + bonus)


def test_balances_are_settled_or_refused_as_the_roster_says(played: PublishedEvents) -> None:
    totals = settlements(played)
    # 113 granted: 4 file nothing, of which 1 is cancelled; 1 has no convention, 1 no whole bilan.
    assert (totals.settled, totals.cancelled, totals.unsettled) == (107, 1, 5)
    assert counts_by_rule(totals.refused) == {"SOL-03": 3, "CNV-01": 1}
    # The cancelled right gives back its advances, as do two dossiers of which a collectif failed.
    assert totals.with_indu == 3
    (wrong,) = totals.reversed
    assert (wrong.order_id, wrong.amount) == ("ACO-2026-019-1", Decimal("1158.46"))


def test_controls_lead_to_a_rappel_an_indu_or_nothing(played: PublishedEvents) -> None:
    totals = controls(played)
    decided = {c.dossier_id: (c.kind, str(c.amount)) for c in totals.decided}
    # 92: 32.5 % of 6,400.00 were 2,080.00 and 32.5 % of 6,912.00 are 2,246.40.
    assert decided == {
        "DEMO-76-2025-047": ("indu", "-1151.46"),
        "DEMO-76-2025-091": ("none", "0.00"),
        "DEMO-76-2025-092": ("rappel", "166.40"),
    }
    assert counts_by_rule(totals.refused) == {"CTL-02": 1}


def _sides(closing: ClosingCompleted) -> dict[str, tuple[Decimal, Decimal]]:
    """Return debit and credit by ledger and account."""
    rows = closing.trial_balance
    return {f"{row.ledger} {row.account}": (row.debit, row.credit) for row in rows}


def test_the_expense_of_2025_is_part_n_of_all_grants_paid_or_accrued(
    played: PublishedEvents,
) -> None:
    first = closed_exercises(played)[0]
    granted, paid = grants(played), {one.exercise: one.amount for one in advances(played).granted}
    of_n = _sides(first)
    assert first.last_sequence == 320
    assert of_n == {
        "SF 6562322410": (granted.part_n, NOTHING),
        "T 408143111": (NOTHING, granted.part_n - paid[2025]),
        "T 467": (NOTHING, paid[2025]),
        "T 8091": (granted.part_n1, NOTHING),
        "T 80182": (NOTHING, granted.part_n1),
    }


def test_what_the_balances_say_is_what_2026_books(played: PublishedEvents) -> None:
    second = closed_exercises(played)[1]
    totals, granted = settlements(played), grants(played)
    paid = {one.exercise: one.amount for one in advances(played).granted}
    wrong = total(advance.amount for advance in totals.reversed)
    of_n1 = _sides(second)
    assert second.last_sequence == 103 + 1 + 1 + 107 + 113
    assert of_n1["T 467"] == (wrong, paid[2026] + totals.to_pay)
    assert of_n1["T 409"] == (totals.indus, NOTHING)
    assert of_n1["T 8091"] == (NOTHING, granted.part_n1)
    assert of_n1["T 80182"] == (granted.part_n1, NOTHING)


async def test_the_output_names_a_real_dossier_and_says_that_nothing_is_stored(
    capsys: pytest.CaptureFixture[str],
) -> None:
    events = await _run_campaign()
    output = capsys.readouterr().out
    assert "132 dossiers déposés : 122 reçus, 6 rejetés" in output
    assert "✗" not in output
    assert "113 dossiers comptabilisés sur 113" in output
    assert "clas demo --attach" in output
    (named,) = [line.split()[2] for line in output.splitlines() if "clas dossier " in line]
    assert named in {grant.dossier_id for grant in events.of_type(FundingGranted)}


@pytest.mark.servers
async def test_on_real_servers_the_result_is_the_same(
    real_servers: Servers, played: PublishedEvents
) -> None:
    async with processes(real_servers) as stage:
        await stage.start(*SERVICES)
        settings = Settings(
            amqp_url=real_servers.amqp_url,
            mongo_url=real_servers.mongo_url,
            database_prefix=stage.prefix,
        )
        async with live_driver(settings, lambda: None) as playing:
            live = (await show(playing, kept_on=settings)).of_year("2025-2026")
        again = start(real_servers, "--attach", database_prefix=stage.prefix)
        assert "elle n'y touche pas" in (await asyncio.to_thread(again.communicate))[1]
    summaries = (
        deposits,
        refused_messages,
        decisions,
        grants,
        advances,
        closed_exercises,
        agreement,
    )
    for section in (*summaries, envelopes, settlements, controls):
        assert section(live) == section(played)
    assert verdicts(live).breaches == verdicts(played).breaches


def start(
    servers: Servers, *arguments: str, database_prefix: str = "clas_"
) -> "subprocess.Popen[str]":
    environment = os.environ | {
        "CLAS_AMQP_URL": servers.amqp_url,
        "CLAS_MONGO_URL": servers.mongo_url,
        "CLAS_DATABASE_PREFIX": database_prefix,
    }
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def services_of(program: int) -> list[Path]:
    """Return where the processes of the services that a program has started can be seen."""
    children = Path(f"/proc/{program}/task/{program}/children").read_text().split()
    seen = [Path(f"/proc/{child}/cmdline") for child in children]
    return [each for each in seen if "services." in each.read_text()]


@pytest.mark.servers
async def test_on_given_servers_it_brings_its_own_services_and_databases(
    real_servers: Servers,
) -> None:
    await wipe(real_servers.amqp_url)
    program = start(real_servers)
    out, errors = await asyncio.to_thread(program.communicate)
    assert (program.returncode, errors) == (0, "")
    assert "113 dossiers comptabilisés sur 113" in out
    assert "✗" not in out
    (prefix,) = re.findall(
        r"export CLAS_DATABASE_PREFIX=(clas_demo_[0-9a-f]{8}_)$", out, re.MULTILINE
    )
    with MongoClient[dict[str, Any]](real_servers.mongo_url) as client:
        assert client[f"{prefix}accounting"]["entries"].count_documents({}) == 320 + 325 + 2
        for service in SERVICES:
            client.drop_database(f"{prefix}{service}")


@pytest.mark.servers
@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM])
async def test_an_order_to_stop_ends_all_that_it_started(
    real_servers: Servers, order: signal.Signals
) -> None:
    await wipe(real_servers.amqp_url)
    program = start(real_servers)
    assert program.stdout is not None
    line = ""
    while "✓ Appels à projets" not in line:
        line = await asyncio.to_thread(program.stdout.readline)
    started = services_of(program.pid)
    program.send_signal(order)
    _, errors = await asyncio.to_thread(program.communicate)
    assert program.returncode == 130
    assert "tout ce qui avait été démarré est arrêté" in errors
    assert len(started) == 4
    assert not [service for service in started if service.exists()]


@pytest.mark.servers
async def test_it_leaves_services_and_books_of_others_alone(real_servers: Servers) -> None:
    async with processes(real_servers) as stage:
        nobody = await asyncio.to_thread(_ended, start(real_servers, "--attach"))
        assert nobody[0] == 1
        assert "aucun service ne consomme" in nobody[1]
        await stage.start(*SERVICES)
        busy = await asyncio.to_thread(_ended, start(real_servers))
        assert busy[0] == 1
        assert "clas demo --attach" in busy[1]


def _ended(program: "subprocess.Popen[str]") -> tuple[int, str]:
    _, errors = program.communicate()
    return program.returncode, errors
