"""Sentences of a forecast: the price of a dossier before the committee decides."""

from collections.abc import Iterator

from shared.contracts.forecasts import ForecastEnvelope, ForecastReleaseContinued, FundingForecast
from shared.contracts.labels import VERDICTS
from shared.contracts.sentences.grants import cap_lines, collectif_lines, split_lines
from shared.contracts.sentences.text import (
    Builders,
    Sentences,
    remark_lines,
    school_year,
    sentences,
)
from shared.french import euros, unended


def funding_forecast(data: FundingForecast) -> Sentences:
    """Describe the price if every collectif that is not ineligible were granted."""
    return sentences(
        (
            f"Financement prévisionnel (projet {VERDICTS[data.verdict]}) :"
            f" Ps {euros(data.ps_total)} et bonus {euros(data.bonus_total)}"
        ),
        *_forecast_lines(data),
    )


def forecast_release_continued(data: ForecastReleaseContinued) -> Sentences:
    """State that the forecasts that waited for the bareme are made."""
    year = school_year(data.start_year)
    return sentences(f"Barème {year} connu : les prévisions qui l’attendaient sont chiffrées")


def _forecast_lines(data: FundingForecast) -> Iterator[str]:
    year = school_year(data.bareme.start_year)
    yield f"Barème {year} ({unended(data.bareme.source)}) [PRX-07] ; rien n’est réservé."
    yield from collectif_lines(data.collectifs)
    yield from cap_lines(data.cap80)
    yield from split_lines(data)
    yield from (_envelope_line(envelope) for envelope in data.envelopes)
    yield from remark_lines(data.remarks)


def _envelope_line(envelope: ForecastEnvelope) -> str:
    head = f"Exercice {envelope.exercise} : {euros(envelope.amount)}"
    if envelope.left is None:
        return f"{head}, aucune enveloppe notifiée [ENV-01]."
    return (
        f"{head} ; il resterait {euros(envelope.left)} de l’enveloppe, déjà accordé"
        f" {euros(envelope.granted)}, en attente {euros(envelope.waiting)} [ENV-01]."
    )


SENTENCES: Builders = {
    FundingForecast: funding_forecast,
    ForecastReleaseContinued: forecast_release_continued,
}
