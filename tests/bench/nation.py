"""A nation of agrements for `clas simulate`: 4,300 dossiers of 100 Cafs, always the same.

python -m tests.bench.nation > nation.jsonl
clas simulate nation.jsonl --school-year 2025-2026 --plafond 9000
"""

import random
import sys
from collections.abc import Iterator
from decimal import Decimal

from shared.contracts.envelope import encode
from shared.kernel.money import half_up
from tests.support import samples

DOSSIERS, CAFS, COLLECTIFS_MAX = 4_300, 100, 6
SHARES_OF_COST = (Decimal("0.4"), *(3 * (Decimal(1),)))
"""One project in four has a budget so small that the 80 % cap cuts."""
KINDS: tuple[list[str], ...] = ([], ["enfants"], ["enfants", "parents"])


def main() -> None:
    """Write the agrements to standard output, one CloudEvent a line."""
    for line in lines():
        sys.stdout.buffer.write(line + b"\n")


def lines() -> Iterator[bytes]:
    """Yield the agrements as eligibility publishes them."""
    generator = random.Random(76)
    for rank in range(DOSSIERS):
        yield _agrement(rank, generator)


def _agrement(rank: int, generator: random.Random) -> bytes:
    collectifs = [
        samples.granted_collectif(
            collectif_id=f"C{number}",
            children=generator.randint(8, 12),
            forecast_cost=f"{generator.randint(4_000, 12_000)}.{generator.randint(0, 99):02d}",
            bonuses=generator.choice(KINDS),
        )
        for number in range(generator.randint(1, COLLECTIFS_MAX))
    ]
    cost = sum(Decimal(each["forecast_cost"]) for each in collectifs)
    agrement = samples.agrement(
        dossier_id=f"NATION-{rank:05d}",
        caf=f"{11 + 9 * (rank % CAFS):03d}",
        collectifs=collectifs,
        budget__total_annual_cost=f"{half_up(cost * generator.choice(SHARES_OF_COST))}",
    )
    return encode(
        agrement, id=f"nation-{rank}", source="/clas/eligibility", time="2025-10-02T12:00:00Z"
    )


if __name__ == "__main__":
    main()
