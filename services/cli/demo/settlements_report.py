"""The sections of the summary on what followed the grant: envelopes, balances, controls."""

from collections.abc import Iterator

from services.cli.demo.pieces import lines, reasons
from services.funding.reports import settlements
from shared.console.terminal import add, new_table, show
from shared.contracts.funding import AdjustmentDecided
from shared.french import counted, euros, figures
from shared.kernel.published_events import Journal

KINDS = {"rappel": "rappel", "indu": "indu", "none": "sans suite financière"}


def print_envelopes(journal: Journal) -> None:
    """Print what was granted on each envelope."""
    found = settlements.envelopes(journal)
    columns = ("Enveloppes", "notifié", "accordé", "reste")
    table = new_table(*columns, right=columns[1:])
    for each in found.exercises:
        amounts = (each.allotted, each.granted, each.allotted - each.granted)
        add(table, f"exercice {each.exercise}", *map(figures, amounts))
    show(table)
    lines(f"{counted(found.waited, 'dossier')} en liste d'attente, le temps d'une rallonge")


def print_balances(journal: Journal) -> None:
    """Print what the accounts came to."""
    found = settlements.balances(journal)
    lines(
        f"{counted(found.settled, 'solde liquidé', 'soldes liquidés')},"
        f" {counted(found.cancelled, 'droit annulé', 'droits annulés')},"
        f" {counted(found.unsettled, 'dossier')} sans compte accepté"
    )
    table = new_table("Soldes", "euros", right=("euros",))
    add(table, "Ps sur les comptes", figures(found.ps))
    add(table, "Bonus réalisés", figures(found.bonus))
    add(table, "Acomptes versés, droits annulés compris", figures(found.advances))
    add(table, "À payer", figures(found.to_pay), style="bold")
    add(table, f"Indus, {counted(found.with_indu, 'dossier')}", figures(found.indus), style="bold")
    show(table)
    reasons("Soldes refusés", "comptes", found.refused)
    lines(
        *(
            f"acompte {each.order_id} de {euros(each.amount)} extourné : {each.motive}"
            for each in found.reversed
        )
    )


def print_controls(journal: Journal) -> None:
    """Print what the controls came to."""
    found = settlements.controls(journal)
    lines(*(line for each in found.decided for line in _control(each)))
    reasons("Non conclu", "contrôles", found.refused)


def _control(decided: AdjustmentDecided) -> Iterator[str]:
    parts = ", ".join(f"{each.exercise} : {euros(each.amount)}" for each in decided.by_origin)
    kind = KINDS[decided.kind]
    yield f"{decided.dossier_id} : {kind}, {euros(decided.amount)} ({parts})"
