"""Report for a sitting of the committee: the forecast of each dossier that it may decide."""

from collections.abc import Iterable, Mapping

from shared.console.tables import Cell, Sheet, summed
from shared.contracts.forecasts import FundingForecast
from shared.contracts.labels import VERDICTS

COLUMNS = (*("Dossier", "Gestionnaire", "Verdict", "Ps", "Bonus", "Total", "À régler"),)
NOTE = (
    "Prévision : tous les collectifs qui ne sont pas inéligibles, avec les bonus valablement"
    " demandés ; rien n'est réservé."
)


def committee(
    gestionnaires: Mapping[str, str], forecasts: Iterable[FundingForecast], caf: str, year: str
) -> Sheet:
    """Return one row per dossier before the committee, by id; amounts in euros.

    `gestionnaires` maps the undecided dossiers to the names of their gestionnaires. A dossier
    without a forecast waits for its bareme: its amounts are empty.
    """
    by_dossier = {forecast.dossier_id: forecast for forecast in forecasts}
    rows = tuple(
        _row(dossier_id, name, by_dossier.get(dossier_id))
        for dossier_id, name in sorted(gestionnaires.items())
    )
    return Sheet(
        title=f"Dossiers à décider, Caf {caf}, année scolaire {year} : {len(rows)}",
        columns=COLUMNS,
        rows=rows,
        total=summed(rows, "Total"),
        notes=(NOTE,),
    )


def _row(dossier_id: str, gestionnaire: str, forecast: FundingForecast | None) -> tuple[Cell, ...]:
    if forecast is None:
        missing = "le barème de l'année n'est pas connu [PRX-07]"
        return (dossier_id, gestionnaire, None, None, None, None, missing)
    return (
        *(dossier_id, gestionnaire, VERDICTS[forecast.verdict]),
        *(forecast.ps_total, forecast.bonus_total, forecast.ps_total + forecast.bonus_total),
        " ; ".join(f"[{remark.rule}] {remark.message}" for remark in forecast.remarks),
    )
