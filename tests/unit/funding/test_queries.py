"""Queries that name a school year read the dossiers of that year only, and find all of them."""

import asyncio
from functools import cache

from services.funding import queries
from services.funding.rights import Rights
from shared.contracts.base import WireModel
from shared.kernel.memory.reads import MemoryReads
from shared.kernel.memory.system import running
from shared.kernel.settings import Settings
from tests.support import life, samples
from tests.support.client import MemoryClient, event, send
from tests.support.services import ALL

CAF = "761"
LATER, THIRD, FOREIGN = (f"ELAN-2026-{number}" for number in ("761-000001", "761-000002", "271-1"))
OF_2026 = {"school_year": "2026-2027", "multi_year_until": "2026-2027"}
REQUESTS: tuple[WireModel, ...] = (
    samples.bareme(),
    life.envelope_allotted(amount="1500.00"),
    samples.agrement(),
    samples.agrement(dossier_id=samples.OTHER_DOSSIER),
    samples.agrement(dossier_id=LATER, **OF_2026),
    samples.agrement(dossier_id=THIRD, **OF_2026),
    samples.agrement(dossier_id=FOREIGN, caf="271"),
    samples.convention(),
    # It lets in a dossier that its message does not name.
    life.envelope_allotted(amount="3000.00"),
    life.result_account_filed(filed_on="2025-12-01"),
)


@cache
def reads() -> MemoryReads:
    """Play a small life, and read the store of funding."""
    return asyncio.run(_played())


async def _played() -> MemoryReads:
    async with running(ALL, Settings()) as system:
        client = MemoryClient(system)
        for rank, data in enumerate(REQUESTS):
            content = data.model_dump(mode="json")
            time = f"2026-01-01T00:{rank:02d}:00Z"
            await send(client, event(type(data).__name__, content, f"e{rank}", time=time))
            await system.wait_until_idle()
        return MemoryReads(system.stores["funding"])


def rights(*start_years: int, caf: str = CAF) -> Rights:
    return asyncio.run(queries.rights(reads(), caf, start_years))


def dossiers(of_years: Rights) -> list[str]:
    return [right.dossier_id for right in of_years.in_order()]


def test_the_rights_of_a_year_are_those_of_all_years_about_its_dossiers() -> None:
    of_all = asyncio.run(queries.rights(reads(), CAF))

    assert dossiers(of_all) == [samples.DOSSIER, samples.OTHER_DOSSIER, LATER, THIRD]
    assert rights(2025).in_order() == of_all.in_order()[:2]
    assert rights(2026).in_order() == of_all.in_order()[2:]
    assert rights(2025, 2026) == of_all
    assert rights(2024) == Rights()


def test_the_agrement_and_the_convention_of_a_dossier_come_with_its_rights() -> None:
    assert set(rights(2025).agrements) == {samples.DOSSIER, samples.OTHER_DOSSIER}
    assert set(rights(2025).conventions) == {samples.DOSSIER}
    assert set(rights(2026).agrements) == {LATER, THIRD}


def test_the_rights_of_another_caf_stand_apart() -> None:
    assert dossiers(rights(2025, caf="271")) == [FOREIGN]


def test_refused_accounts_are_found_by_year() -> None:
    def refused(start_year: int) -> set[str]:
        return asyncio.run(queries.dossiers_with_refused_accounts(reads(), CAF, start_year))

    assert refused(2025) == {samples.DOSSIER}
    assert refused(2026) == set()
