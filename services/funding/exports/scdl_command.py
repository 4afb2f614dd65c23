"""`clas export subventions`: the open data of a Caf's subsidies, as a batch."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from services.funding import queries
from services.funding.exports.scdl import (
    TERMS,
    Attribuant,
    Published,
    Scope,
    Subvention,
    select_subventions,
)
from services.funding.exports.scdl_layout import csv_content, faults, split_by_layout
from shared.console.terminal import warn
from shared.exports.delivery import ExportOptions, deliver_batch
from shared.exports.error_list import UnrepresentableContentError
from shared.exports.options import HERE, Caf, Number, TakeOver, To, a_siren, a_siret
from shared.exports.pipeline import LEFT_OUT, Control, Draft, ExportRequest
from shared.french import counted
from shared.kernel.money import total
from shared.kernel.read_port import Reads

FIRST_YEAR = 2017
THRESHOLD_HINT = "; only subsidies that the law requires were selected: --all gives every subsidy"


def _name(value: str) -> str:
    if not (name := " ".join(value.split())):
        msg = "the Caf has a name"
        raise typer.BadParameter(msg)
    return name


def subventions(  # noqa: PLR0913 - the options of the command
    caf: Caf,
    year: Annotated[
        int, typer.Option(min=FIRST_YEAR, max=2099, metavar="YEAR", help="Civil year.")
    ],
    siret: Annotated[str, typer.Option(parser=a_siret, metavar="SIRET", help="SIRET of the Caf.")],
    name: Annotated[str, typer.Option(parser=_name, metavar="NAME", help="Name of the Caf.")],
    *,
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Publish every subsidy: below the threshold and to bodies of public law too.",
        ),
    ] = False,
    company: Annotated[
        list[str] | None,
        typer.Option(
            parser=a_siren,
            metavar="SIREN",
            help="An entreprise that is a legal person; may be repeated.",
        ),
    ] = None,
    to: To = HERE,
    batch: Number = None,
    take_over: TakeOver = False,
) -> None:
    """Write the open data of subsidies granted under a convention, in the national layout.

    By default, the subsidies that must be published within three months of the signature: more
    than 23,000 euros in twelve months to one body of private law. With --all, every subsidy. An
    entreprise may be a natural person, who must not be published: it is left out unless
    --company names it. A subsidy that the layout cannot hold is left out, named, and the exit code
    is 1. Each batch holds the whole year: publish the last one.
    """
    threshold = None if everything else TERMS.in_force_on(year).threshold
    scope = Scope(threshold, frozenset(company or ()))
    of_year = YearExport(caf, year, Attribuant(name, siret), scope)
    otherwise = "" if everything else THRESHOLD_HINT
    deliver_batch(queries.opened, of_year.request, ExportOptions(to, batch, take_over, otherwise))


@dataclass(frozen=True, slots=True)
class YearExport:
    """The open data of a Caf for a civil year."""

    caf: str
    year: int
    attribuant: Attribuant
    scope: Scope

    async def request(self, reads: Reads, bar: Progress) -> ExportRequest:
        """Read the rights of the Caf, and request the file that follows from them."""
        name = f"subventions-{self.caf}-{self.year}"
        bar.add_task(name, total=None)
        rights = await queries.rights(reads, self.caf)
        subsidies = select_subventions(rights, self.year, self.scope)
        _warn_of_withheld(subsidies)
        publishable, left_out = split_by_layout(subsidies.rows, self.attribuant)
        content = csv_content(cells for _, cells in publishable)
        return ExportRequest(
            series=name,
            file=f"{name}.csv",
            make=partial(_make, content, self._control([row for row, _ in publishable], left_out)),
            fingerprint=hashlib.sha256(content + "".join(left_out).encode()).hexdigest(),
            states=True,
        )

    def _control(self, rows: Sequence[Subvention], left_out: Sequence[str]) -> Control:
        """Count what is published, and name what the layout cannot hold.

        The manifest does not name withheld beneficiaries.
        """
        amount = total(row.amount for row in rows)
        control = {"caf": self.caf, "year": self.year, "count": len(rows), "amount": f"{amount:f}"}
        return control | {LEFT_OUT: list(left_out)} if left_out else control


async def _make(content: bytes, control: Control, path: Path, _: Draft) -> Control:
    """Write the file, unless every row is left out."""
    if LEFT_OUT in control and not control["count"]:
        raise UnrepresentableContentError(control[LEFT_OUT])
    write_valid(content, path)
    return control


def write_valid(content: bytes, path: Path) -> None:
    """Write the content after it was read again as others read it: encoding, columns, values.

    Raises:
        UnrepresentableContentError: with every fault of the layout.
    """
    if wrong := faults(content):
        raise UnrepresentableContentError(wrong)
    path.write_bytes(content)


def _warn_of_withheld(subsidies: Published) -> None:
    if subsidies.withheld:
        count = counted(len(subsidies.withheld), "subvention retenue", "subventions retenues")
        warn(
            f"{count}, car une entreprise peut être une personne physique :"
            f" {', '.join(subsidies.withheld)}."
            " --company SIREN publie celles d’une personne morale."
        )
