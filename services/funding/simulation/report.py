"""Prints a simulation as tables, in French, in euros."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from services.funding.right import Right
from services.funding.simulation.compare import Comparison, Cost, Pair
from services.funding.simulation.run import SimulatedRights, simulated_rights
from shared.console.terminal import Code, add, echo, fail, new_table, show
from shared.french import counted, euros, figures
from shared.kernel.messages import OutgoingMessage
from shared.kernel.money import ZERO, total

SHOWN_MAX = 10
COSTS = (
    *("Caf", "Dossiers", "Ps simulée", "Bonus simulés"),
    *("Aujourd'hui", "Simulé", "Écart", "%", "En attente"),
)
SIDE = ("Dossier", "Caf", "Gestionnaire", "Aujourd'hui", "Simulé", "Écart")


def print_comparison(
    comparison: Comparison, school_year: str, changed: Iterable[str], limit: int
) -> None:
    """Print the changes, the costs by Caf and in total, then the largest winners and losers.

    `limit` is the most of each side that are printed, 0 for all.
    """
    echo(f"Simulation de l'année scolaire {school_year} : rien n'est enregistré.", style="bold")
    for line in changed:
        echo(f"• {line}", indent=2)
    echo()
    _print_costs(comparison)
    _print_side("Gagnants", comparison.winners, limit)
    _print_side("Perdants", comparison.losers, limit)
    echo()


def print_booked(
    today: SimulatedRights, outputs: Iterable[OutgoingMessage], school_year: str
) -> None:
    """Confirm that the parameters in force give the booked amounts; else exit with code 1."""
    booked = simulated_rights(outputs, school_year)
    differing = sorted(
        key
        for key in booked.keys() | today.keys()
        if _outcome(booked.get(key)) != _outcome(today.get(key))
    )
    if differing:
        dossiers = ", ".join(dossier for dossier, _ in differing[:SHOWN_MAX])
        fail(f"the parameters in force do not give the booked amounts: {dossiers}", Code.WRONG)
    amount = total(right.due.total for right in booked.values())
    rights_ = counted(len(booked), "droit")
    echo(
        f"✓ Les paramètres en vigueur redonnent ce qui est enregistré : {rights_}, {euros(amount)}."
    )


def _outcome(right: Right | None) -> tuple[object, ...] | None:
    """Return the decided values of a right; texts of its events may differ between releases."""
    if right is None:
        return None
    return (right.caf, _gestionnaire(right), right.due.ps, right.due.bonus, right.deferral_rules)


def _print_costs(comparison: Comparison) -> None:
    table = new_table(*COSTS, right=COSTS[1:])
    for cost in comparison.cafs:
        add(table, *_cells(cost))
    table.add_section()
    add(table, *_cells(comparison.whole), style="bold")
    show(table)


def _cells(cost: Cost) -> tuple[str, ...]:
    waiting = (
        str(cost.waiting_after)
        if cost.waiting_after == cost.waiting_before
        else f"{cost.waiting_before} → {cost.waiting_after}"
    )
    amounts = (cost.ps, cost.bonus, cost.before, cost.after)
    share = _percent(cost.difference, cost.before)
    return (
        *(cost.caf, str(cost.dossiers), *map(figures, amounts)),
        *(_signed(cost.difference), share, waiting),
    )


def _print_side(title: str, pairs: Sequence[Pair], limit: int) -> None:
    echo()
    if not pairs:
        echo(f"{title} : aucun", style="bold")
        return
    gap = _signed(total(pair.difference for pair in pairs))
    echo(f"{title} : {counted(len(pairs), 'droit')}, {gap} €", style="bold")
    table = new_table(*SIDE, right=SIDE[3:], whole=("Dossier",))
    shown = pairs[:limit] if limit else pairs
    for pair in shown:
        amounts = (_amount(pair.today), _amount(pair.simulated), _signed(pair.difference))
        right = pair.right
        add(table, right.dossier_id, right.caf, _gestionnaire(right), *amounts)
    show(table)
    if len(pairs) > len(shown):
        others = counted(len(pairs) - len(shown), "autre")
        echo(f"… et {others} : --limit 0 les donne tous", style="dim")


def _gestionnaire(right: Right) -> str:
    return right.granted.gestionnaire.name if right.granted else ""


def _amount(right: Right | None) -> str:
    if right is None:
        return "aucun droit"
    rules = right.deferral_rules
    return f"attend ({', '.join(rules)})" if rules else figures(right.due.total)


def _signed(amount: Decimal) -> str:
    return f"+{figures(amount)}" if amount > ZERO else figures(amount)


def _percent(difference: Decimal, of: Decimal) -> str:
    return f"{100 * difference / of:+.1f}".replace(".", ",") if of else "–"
