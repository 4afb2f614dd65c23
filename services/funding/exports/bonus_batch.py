"""The bonus workbook as numbered batches: a new batch when a bonus has changed."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from services.funding import queries
from services.funding.exports.bonus import Project, bonus_rows
from services.funding.exports.bonus_xlsx import BonusHeader, write_bonuses
from shared.exports.pipeline import Control, Draft, ExportRequest
from shared.kernel.calendar import start_year
from shared.kernel.money import total
from shared.kernel.read_port import Reads


@dataclass(frozen=True, slots=True)
class BonusBatch:
    """The projects of a school year, of one Caf or of all."""

    school_year: str
    caf: str | None
    projects: tuple[Project, ...]

    @property
    def request(self) -> ExportRequest:
        """The request for the next batch: its content is fixed beforehand."""
        series = f"bonus-{self.caf or 'all'}-{self.school_year}"
        content = orjson.dumps([asdict(each) for each in self.projects], default=str)
        return ExportRequest(
            series=series,
            file=f"{series}.xlsx",
            make=self._make,
            fingerprint=hashlib.sha256(content).hexdigest(),
        )

    async def _make(self, path: Path, draft: Draft) -> Control:
        write_bonuses(path, self.projects, BonusHeader(self.school_year, self.caf, draft.number))
        sums = {
            "enfants_granted": total(each.granted.enfants for each in self.projects),
            "enfants_paid": total(each.paid.enfants for each in self.projects),
            "parents_granted": total(each.granted.parents for each in self.projects),
            "parents_paid": total(each.paid.parents for each in self.projects),
        }
        return {
            "school_year": self.school_year,
            "caf": self.caf,
            "count": len(self.projects),
            **{name: str(amount) for name, amount in sums.items()},
        }


async def bonus_batch(reads: Reads, school_year: str, caf: str | None) -> BonusBatch:
    """Read the funded projects of a school year from the events of funding.

    Raises:
        StoreError: the store is away.
    """
    projects: list[Project] = []
    for code in [caf] if caf else await queries.cafs(reads):
        rights = await queries.rights(reads, code, [start_year(school_year)])
        projects.extend(bonus_rows(rights, school_year))
    return BonusBatch(school_year, caf, tuple(projects))
