"""French lines on the changes of a simulation."""

from collections.abc import Iterator
from decimal import Decimal

from services.funding.domain.parameters import FundingParameters
from services.funding.simulation.changes import Changes
from shared.french import euros

PRICES = {
    "plafond": "prix plafond",
    "ps_max": "Ps au plus",
    "bonus_enfants": "bonus enfants",
    "bonus_parents": "bonus parents",
}
SHARES = {"ps": "part du coût", "part_n": "part de l'exercice N"}


def describe_changes(changes: Changes, today: FundingParameters) -> Iterator[str]:
    """Yield a line for each change from today: prices, shares, envelopes.

    Without a built-in bareme for the year only the given prices are compared.

    Raises:
        ChangeError: when no share is known for that year.
    """
    year, changed = changes.start_year, changes.parameters(today)
    now, then = today.baremes.for_year(year), changed.baremes.for_year(year)
    for name, label in PRICES.items():
        before, after = getattr(now, name, None), getattr(then or changes, name)
        if after != before and after is not None:
            yield f"{label} : {_from(before and euros(before))}{euros(after)}"
    for name, label in SHARES.items():
        before = getattr(today.shares.in_force_on(year), name)
        after = getattr(changed.shares.in_force_on(year), name)
        if after != before:
            yield f"{label} : {_from(_share(before))}{_share(after)}"
    for (caf, exercise), total in sorted(changes.envelopes.items()):
        amount = "sans limite" if total is None else euros(total)
        yield f"enveloppe de la Caf {caf} pour {exercise} : {amount}"


def _from(before: str | None) -> str:
    return f"{before} → " if before else ""


def _share(share: Decimal) -> str:
    return f"{100 * share:f}".rstrip("0").rstrip(".").replace(".", ",") + " %"
