"""Report for a sitting of the committee: what each dossier costs, and what is to be decided."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.funding.domain.envelopes import Envelopes
from services.funding.reports.needs import need_texts, ungrantable_text
from shared.console.tables import Cell, Sheet, summed
from shared.contracts.eligibility import Verdict
from shared.contracts.forecasts import FundingForecast
from shared.contracts.labels import VERDICTS

COLUMNS = (
    *("Dossier", "Gestionnaire", "Verdict", "Ps", "Bonus", "Total"),
    "À décider, à régler",
)
NOTE = (
    "Prévision : tous les collectifs qui ne sont pas inéligibles, avec les bonus valablement"
    " demandés ; rien n'est réservé."
)
MISSING = {
    True: "aucune prévision : le barème de l'année n'est pas connu [PRX-07]",
    False: "aucune prévision : dossier instruit avant la version 0.4.0, qui la chiffre",
}


@dataclass(frozen=True, slots=True)
class UndecidedDossier:
    """A dossier before the committee, as it was assessed.

    `open_points` are sentences on the findings that the committee deals with. `is_priced`: the
    assessment states the costs, as those of release 0.3.0 do not.
    """

    dossier_id: str
    gestionnaire: str
    verdict: Verdict
    open_points: tuple[str, ...] = ()
    is_priced: bool = True


def committee(
    undecided: Sequence[UndecidedDossier],
    forecasts: Iterable[FundingForecast],
    envelopes: Envelopes | None,
    caf: str,
    year: str,
) -> Sheet:
    """Return one row per dossier before the committee, by id; amounts in euros.

    The last forecast of a dossier counts; without one its amounts are empty. The total leaves out
    what the committee cannot grant; the notes compare it with the credits of today [ENV-01].
    """
    by_dossier = {forecast.dossier_id: forecast for forecast in forecasts}
    in_order = sorted(undecided, key=_dossier_id)
    rows = {
        dossier.dossier_id: _row(dossier, by_dossier.get(dossier.dossier_id))
        for dossier in in_order
    }
    grantable = [each.dossier_id for each in in_order if each.verdict != "ineligible"]
    of_total = [rows[dossier_id] for dossier_id in grantable]
    return Sheet(
        title=f"Dossiers à décider, Caf {caf}, année scolaire {year}",
        columns=COLUMNS,
        rows=tuple(rows.values()),
        total=summed(of_total, "Total accordable"),
        notes=(NOTE, *_notes(by_dossier, rows, grantable, envelopes or Envelopes(caf=caf))),
        count=len(rows),
    )


def _dossier_id(dossier: UndecidedDossier) -> str:
    return dossier.dossier_id


def _row(dossier: UndecidedDossier, forecast: FundingForecast | None) -> tuple[Cell, ...]:
    amounts: tuple[Decimal | None, ...] = (None, None, None)
    remarks = [MISSING[dossier.is_priced]]
    if forecast:
        ps, bonus = forecast.ps_total, forecast.bonus_total
        amounts = (ps, bonus, ps + bonus)
        remarks = [f"[{remark.rule}] {remark.message}" for remark in forecast.remarks]
    texts = (text.removesuffix(".") for text in (*dossier.open_points, *remarks))
    head = (dossier.dossier_id, dossier.gestionnaire, VERDICTS[dossier.verdict])
    return (*head, *amounts, " ; ".join(texts))


def _notes(
    forecasts: Mapping[str, FundingForecast],
    rows: Mapping[str, tuple[Cell, ...]],
    grantable: Sequence[str],
    envelopes: Envelopes,
) -> Iterator[str]:
    priced = [forecasts[dossier_id] for dossier_id in rows if dossier_id in forecasts]
    left_out = [forecast for forecast in priced if forecast.dossier_id not in grantable]
    if left_out:
        yield f"Le total laisse de côté {ungrantable_text(left_out)}."
    yield from need_texts([each for each in priced if each not in left_out], envelopes)
