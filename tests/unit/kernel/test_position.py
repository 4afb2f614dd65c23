"""Positions order the records of a service as it handled them."""

from datetime import UTC, datetime, timedelta

from shared.kernel.position import next_position, position_of
from tests.unit.kernel.bench import Bench

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_position_counts_microseconds() -> None:
    assert position_of(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC)) == 1_000_005
    assert next_position(0, NOON) == position_of(NOON) == 1_772_366_400_000_000


def test_it_grows_where_the_clock_does_not() -> None:
    first = next_position(0, NOON)

    assert next_position(first, NOON) == first + 1
    assert next_position(first, NOON - timedelta(hours=1)) == first + 1
    assert next_position(first, NOON + timedelta(microseconds=7)) == first + 7


async def test_records_of_one_unit_of_work_stand_in_the_order_of_its_messages() -> None:
    async with Bench().working() as bench:
        bench.send(*(f"D-{n}" for n in range(20)))

    by_position = sorted(bench.store.store.records.values(), key=lambda record: record.position)
    assert [record.dossier_ids for record in by_position] == [(f"D-{n}",) for n in range(20)]
    assert len({record.position for record in by_position}) == 20
