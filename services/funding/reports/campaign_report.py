"""The grants and payments of a campaign in French, as the demo prints them."""

from services.funding.reports.campaign import NamedBareme, baremes, envelopes, grants
from services.funding.reports.needs import ungrantable_text
from services.funding.reports.payments import advances, controls, settlements
from shared.console.sections import print_lines, print_rules
from shared.console.terminal import add, echo, new_table, show
from shared.contracts.forecasts import FundingForecast
from shared.contracts.funding import AdjustmentDecided, FundingGranted
from shared.contracts.labels import ADJUSTMENT_KINDS
from shared.french import counted, euros, figures
from shared.kernel.money import total
from shared.kernel.published_events import PublishedEvents, rule_counts


def print_forecasts(events: PublishedEvents) -> None:
    """Print what the committee knew before its decisions: the last forecast of each dossier."""
    last = {each.dossier_id: each for each in events.of_type(FundingForecast)}
    grantable = [each for each in last.values() if each.verdict != "ineligible"]
    others = [each for each in last.values() if each.verdict == "ineligible"]
    ps = total(forecast.ps_total for forecast in grantable)
    bonus = total(forecast.bonus_total for forecast in grantable)
    print_lines(
        f"{counted(len(last), 'dossier chiffré', 'dossiers chiffrés')} avant la décision :"
        f" Ps {euros(ps)} et bonus {euros(bonus)}, si tout ce qui peut l'être est accordé",
        *([f"sans {ungrantable_text(others)}"] if others else []),
    )
    remarks = (remark for forecast in last.values() for remark in forecast.remarks)
    print_rules("À régler avant de décider", "dossiers", rule_counts(remarks))


def print_grants(events: PublishedEvents) -> None:
    """Print the grants and the baremes that they name."""
    result = grants(events)
    print_lines(
        f"{counted(result.dossiers, 'dossier financé', 'dossiers financés')},"
        f" {counted(result.collectifs, 'collectif')}, {counted(result.children, 'enfant')}"
    )
    table = new_table("Droits", "euros", right=("euros",))
    add(table, "Prestation de service (Ps)", figures(result.ps))
    add(table, "  dont part N, septembre à décembre 2025", figures(result.part_n), style="dim")
    add(table, "  dont part N+1, janvier à juin 2026", figures(result.part_n1), style="dim")
    add(table, "Bonus enfants", figures(result.bonus_enfants))
    add(table, "Bonus parents", figures(result.bonus_parents))
    add(table, "Total", figures(result.total), style="bold")
    show(table)
    print_lines(
        f"{counted(result.at_ceiling, 'collectif')} au prix plafond ou au-delà",
        f"plafond de 80 % : {counted(result.capped, 'projet réduit', 'projets réduits')},"
        f" de {euros(result.cut_from_bonus)} sur les bonus"
        f" et de {euros(result.cut_from_ps)} sur la Ps",
        *map(_bareme_text, baremes(events)),
    )
    remarks = (each for granted in events.of_type(FundingGranted) for each in granted.remarks)
    print_rules("À régler par une personne", "dossiers", rule_counts(remarks))


def _bareme_text(bareme: NamedBareme) -> str:
    text = f"barème {bareme.start_year}"
    if values := bareme.values:
        text += (
            f" : plafond {euros(values.plafond)}, Ps au plus {euros(values.ps_max)}, bonus enfants"
            f" {euros(values.bonus_enfants)}, bonus parents {euros(values.bonus_parents)}"
        )
    return f"{text}. Source : {bareme.source}"


def print_envelopes(events: PublishedEvents) -> None:
    """Print the envelopes of each exercise."""
    result = envelopes(events)
    columns = ("Enveloppes", "notifié", "accordé", "reste")
    table = new_table(*columns, right=columns[1:])
    for envelope in result.exercises:
        amounts = (envelope.allotted, envelope.granted, envelope.left)
        add(table, f"exercice {envelope.exercise}", *map(figures, amounts))
    show(table)
    print_lines(f"{counted(result.waited, 'dossier')} en liste d'attente, le temps d'une rallonge")


def print_advances(events: PublishedEvents) -> None:
    """Print the advances of each exercise, and the refused orders."""
    result = advances(events)
    columns = ("Acomptes sur", "accordés", "euros", "plafond, tous dossiers")
    table = new_table(*columns, right=columns[1:])
    for row in result.granted:
        amounts = (figures(row.amount), figures(row.ceiling))
        add(table, f"exercice {row.exercise}", str(row.count), *amounts)
    show(table)
    print_lines(f"{counted(result.refused, 'ordre refusé', 'ordres refusés')}")
    print_rules("Refus", "ordres", result.reasons)


def print_settlements(events: PublishedEvents) -> None:
    """Print balances, indus, refused accounts and reversed advances."""
    result = settlements(events)
    print_lines(
        f"{counted(result.settled, 'solde liquidé', 'soldes liquidés')},"
        f" {counted(result.cancelled, 'droit annulé', 'droits annulés')},"
        f" {counted(result.unsettled, 'dossier')} sans compte accepté"
    )
    indus = f"Indus, {counted(result.with_indu, 'dossier')}"
    table = new_table("Soldes", "euros", right=("euros",))
    add(table, "Ps sur les comptes", figures(result.ps))
    add(table, "Bonus réalisés", figures(result.bonus))
    add(table, "Acomptes versés, droits annulés compris", figures(result.advances))
    add(table, "À payer", figures(result.to_pay), style="bold")
    add(table, indus, figures(result.indus), style="bold")
    show(table)
    print_rules("Soldes refusés", "comptes", result.refused)
    print_lines(
        *(
            f"acompte {advance.order_id} de {euros(advance.amount)} annulé : {advance.motive}"
            for advance in result.reversed
        )
    )


def print_controls(events: PublishedEvents) -> None:
    """Print the results of controls."""
    result = controls(events)
    print_lines(*map(_control_text, result.decided))
    print_rules("Non conclu", "contrôles", result.refused)


def _control_text(control: AdjustmentDecided) -> str:
    parts = ", ".join(f"{part.exercise} : {euros(part.amount)}" for part in control.by_origin)
    kind = ADJUSTMENT_KINDS[control.kind]
    return f"{control.dossier_id} : {kind}, {euros(control.amount)} ({parts})"


def print_deferred(events: PublishedEvents) -> None:
    """Print what waits in the year before: nothing of it is among the amounts above."""
    for reason in grants(events).deferred:
        echo()
        echo("Et l'année d'avant", style="bold cyan")
        deferred = counted(reason.count, "financement différé")
        print_lines(f"{deferred} ({reason.rule}) : {reason.sentence}")
