"""docs/architecture.md against the code: its steps, links and packages exist, its amounts hold."""

import ast
import json
import re
from configparser import ConfigParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from services.cli.services import SERVICES_BY_NAME
from shared.kernel.memory.system import running
from shared.kernel.settings import Settings
from tests.support import samples
from tests.support.client import Event, MemoryClient, event, name_of, send

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
TEXT = PAGE.read_text(encoding="utf-8")
STOPS_MAX = 10
COST = "9000.00"
"""The cost of the collectif: given, not computed."""
HEADER = "| | file | function | what happens |"
STOP = re.compile(r"\| (\d+) \| \[[^\]]+\]\(([^)]+)\) \| `([\w.]+)` \| .+ \|")
LINK = re.compile(r"\]\(([^)#]+)\)")
PACKAGE = re.compile(r"`(?:shared/)?(\w+)(?:\.py)?`")


class Step(NamedTuple):
    """One row of a table: its number, a file and a function of it."""

    number: int
    file: Path
    function: str


def tables(text: str) -> dict[str, list[Step]]:
    """Return the stops of each table, by its heading."""
    sections = (section.partition("\n") for section in text.split("\n### ")[1:])
    return {heading: stops(body) for heading, _, body in sections}


def stops(section: str) -> list[Step]:
    """Return the stops of the table of a section; every row must be one."""
    rows = section.partition(HEADER)[2].partition("\n\n")[0].splitlines()[2:]
    matches = [(row, STOP.fullmatch(row)) for row in rows]
    assert [row for row, match in matches if not match] == []
    return [
        Step(int(match[1]), (PAGE.parent / match[2]).resolve(), match[3])
        for _, match in matches
        if match
    ]


def functions(file: Path) -> set[str]:
    """Return the functions of a module and the methods of its classes, as `Class.method`."""
    module = ast.parse(file.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = {node.name for node in module.body if isinstance(node, kinds)}
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    methods = {
        f"{owner.name}.{node.name}"
        for owner in classes
        for node in owner.body
        if isinstance(node, kinds)
    }
    return names | methods


TABLES = tables(TEXT)
ALL_STEPS = [step for section in TABLES.values() for step in section]


def test_every_service_has_its_table_of_at_most_ten_stops() -> None:
    assert [heading.partition(":")[0].lower() for heading in TABLES] == list(SERVICES_BY_NAME)
    for heading, section in TABLES.items():
        numbers = [step.number for step in section]
        assert 1 <= len(numbers) <= STOPS_MAX, heading
        assert numbers == list(range(1, len(numbers) + 1)), heading


@pytest.mark.parametrize("step", ALL_STEPS, ids=[f"{s.file.stem}-{s.function}" for s in ALL_STEPS])
def test_a_step_is_a_file_and_a_function_of_it(step: Step) -> None:
    assert step.function in functions(step.file)


def test_a_table_stays_in_its_own_service_and_the_kernel() -> None:
    for name, section in zip(SERVICES_BY_NAME, TABLES.values(), strict=True):
        packages = {step.file.relative_to(ROOT).parts[:2] for step in section}
        assert ("services", name) in packages
        assert {top for top, _ in packages - {("services", name)}} == {"shared"}


def test_every_link_resolves() -> None:
    links = [link for link in LINK.findall(TEXT) if "://" not in link]
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


def test_the_rooms_of_shared_are_those_that_are_declared() -> None:
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    layers = contracts["importlinter:contract:packages"]["layers"].strip()
    section = TEXT.partition("## Packages and their imports")[2].partition("\n## ")[0]

    drawing = re.search(r"(?:^    .+\n)+", section, re.MULTILINE)
    assert drawing
    assert [line.strip() for line in drawing[0].splitlines()] == layers.splitlines()
    first_cells = [row.split("|")[1] for row in section.splitlines() if row.startswith("| ")]
    described = set(PACKAGE.findall(" ".join(first_cells)))
    assert set(re.findall(r"\w+", layers)) <= described


def test_where_to_find_things_has_its_answers() -> None:
    section = TEXT.partition("## Where to find things")[2].partition("\n## ")[0]
    answers = [row for row in section.splitlines() if row.startswith("| Where")]
    assert len(answers) >= STOPS_MAX
    assert [row for row in answers if not LINK.search(row)] == []


async def life() -> list[Event]:
    """Play the life of the page in process; return every event, in order."""
    example = json.loads((PAGE.parent / "examples" / "dossier.json").read_text(encoding="utf-8"))
    follow_ups = (
        samples.committee_decision(decided_on="2025-10-02"),
        samples.convention(signed_on="2025-10-20"),
        samples.advance_order(amount="700.00", ordered_on="2025-11-20"),
        samples.exercise_closed(exercise=2025, closed_on="2026-01-31"),
    )
    requests = [_event(samples.campaign()), example, *map(_event, follow_ups)]
    async with running(tuple(SERVICES_BY_NAME.values()), Settings()) as system:
        client = MemoryClient(system)
        for request in requests:
            await send(client, request)
            await system.wait_until_idle()
        return client.events()


def _event(data: Any) -> Event:
    return event(type(data).__name__, data.model_dump(mode="json"))


def stated(events: list[Event]) -> set[str]:
    """Return what the page states of this life: amounts, accounts, and where the entry is."""
    funding = next(each["data"] for each in events if name_of(each) == "FundingGranted")
    entries = [each["data"] for each in events if name_of(each) == "AccountingEntryPosted"]
    advance = entries[0]
    ceilings = ("advance_ceiling_n", "advance_ceiling_n1")
    amounts = (
        *(funding[field] for field in ("ps_total", "bonus_total", "part_n", "part_n1", *ceilings)),
        *(charge["amount"] for charge in funding["envelopes"]),
        funding["cap80"]["ceiling"],
        *(line["debit"] for entry in entries for line in entry["lines"] if line["debit"] != "0.00"),
    )
    accounts = (line["account"] for line in advance["lines"])
    place = f"exercise {advance['exercise']}, period {advance['period']}"
    return {*amounts, *accounts, place}


async def test_amounts_and_accounts_are_those_of_this_life() -> None:
    texts = stated(await life())
    assert {text for text in texts if text not in TEXT} == set()
    assert set(re.findall(r"\b\d+\.\d\d\b", TEXT)) - texts == {COST}
