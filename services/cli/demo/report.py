"""The report of a campaign in French, section by section; the services' reports compute it."""

from collections.abc import Callable, Iterable

from services.accounting.reports import (
    Agreement,
    account_labels,
    agreement,
    closed_exercises,
)
from services.eligibility.reports import decisions, verdicts
from services.funding.reports.campaign import NamedBareme, baremes, envelopes, grants
from services.funding.reports.payments import advances, controls, settlements
from services.submission.reports import deposits, refused_messages
from shared.console.terminal import add, echo, new_table, show
from shared.contracts.accounting import ClosingCompleted
from shared.contracts.funding import AdjustmentDecided
from shared.contracts.labels import ADJUSTMENT_KINDS
from shared.french import counted, euros, figures
from shared.kernel.money import total
from shared.kernel.published_events import PublishedEvents, RuleCount

INDENT = 2


def print_report(events: PublishedEvents, caf: str, school_year: str) -> None:
    """Print the report of a campaign."""
    of_year = events.of_year(school_year)
    echo()
    echo(f"Campagne Clas {school_year}, Caf {caf} : ce que les services ont publié", style="bold")
    echo("(communes réelles, gestionnaires et montants inventés)", style="dim")
    for title, print_section in SECTIONS:
        echo()
        echo(title, style="bold cyan")
        print_section(of_year)
    _print_deferred(events)


def _print_deposits(events: PublishedEvents) -> None:
    result = deposits(events)
    _print_lines(
        (
            f"{counted(result.filed, 'dossier déposé', 'dossiers déposés')} :"
            f" {counted(result.received, 'reçu')}, {counted(result.rejected, 'rejeté')},"
            f" {result.incomplete} à compléter,"
            f" {result.waiting} en attente d'un bilan, {result.unreadable} illisible"
        ),
        (
            f"compléments demandés à {counted(result.to_complete, 'dossier')},"
            f" fournis par {result.completed} ;"
            f" {counted(result.held, 'dossier retenu', 'dossiers retenus')}"
            f" faute de bilan intermédiaire, dont {result.released} libérés depuis"
        ),
        f"{counted(result.duplicates, 'envoi en double', 'envois en double')}, sans effet",
    )
    _print_rules("Rejets", "dossiers", result.grounds)
    _print_rules("Compléments demandés", "dossiers", result.missing)
    _print_refused_messages(events)


def _print_refused_messages(events: PublishedEvents) -> None:
    messages = refused_messages(events)
    if not messages:
        return
    table = new_table("Lettres mortes", "à propos de", "service", "première erreur")
    for message in messages:
        add(table, message.event, message.about, message.service, message.fault)
    show(table)


def _print_verdicts(events: PublishedEvents) -> None:
    result = verdicts(events)
    _print_lines(
        f"{counted(result.eligible, 'éligible')}, {result.derogation} sous réserve d'une"
        f" dérogation, {counted(result.ineligible, 'inéligible')}",
        f"{counted(result.partly, 'projet éligible', 'projets éligibles')} sauf un collectif",
    )
    _print_rules("Manquements", "dossiers", result.breaches)
    reviews = ", ".join(f"{review.rule} : {review.count}" for review in result.reviews)
    if reviews:
        _print_lines(f"à regarder par une personne, sans rien bloquer : {reviews}")


def _print_decisions(events: PublishedEvents) -> None:
    result = decisions(events)
    _print_lines(
        f"{counted(result.granted, 'agrément accordé', 'agréments accordés')},"
        f" dont {result.several_years} pour plusieurs années ;"
        f" {counted(result.refused, 'refusé')}, {counted(result.adjourned, 'ajourné')}",
    )
    _print_rules("Décision rejetée, puis rectifiée", "décisions", result.reasons)
    _print_lines("motifs des refus :", *(f"• {motive}" for motive in result.motives))


def _print_grants(events: PublishedEvents) -> None:
    result = grants(events)
    _print_lines(
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
    _print_lines(
        f"{counted(result.at_ceiling, 'collectif')} au prix plafond ou au-delà",
        f"plafond de 80 % : {counted(result.capped, 'projet réduit', 'projets réduits')},"
        f" de {euros(result.cut_from_bonus)} sur les bonus"
        f" et de {euros(result.cut_from_ps)} sur la Ps",
        *map(_bareme_text, baremes(events)),
    )


def _bareme_text(bareme: NamedBareme) -> str:
    text = f"barème {bareme.start_year}"
    if values := bareme.values:
        text += (
            f" : plafond {euros(values.plafond)}, Ps au plus {euros(values.ps_max)}, bonus enfants"
            f" {euros(values.bonus_enfants)}, bonus parents {euros(values.bonus_parents)}"
        )
    return f"{text}. Source : {bareme.source}"


def _print_envelopes(events: PublishedEvents) -> None:
    result = envelopes(events)
    columns = ("Enveloppes", "notifié", "accordé", "reste")
    table = new_table(*columns, right=columns[1:])
    for envelope in result.exercises:
        amounts = (envelope.allotted, envelope.granted, envelope.left)
        add(table, f"exercice {envelope.exercise}", *map(figures, amounts))
    show(table)
    _print_lines(f"{counted(result.waited, 'dossier')} en liste d'attente, le temps d'une rallonge")


def _print_advances(events: PublishedEvents) -> None:
    result = advances(events)
    columns = ("Acomptes sur", "accordés", "euros", "plafond, tous dossiers")
    table = new_table(*columns, right=columns[1:])
    for row in result.granted:
        amounts = (figures(row.amount), figures(row.ceiling))
        add(table, f"exercice {row.exercise}", str(row.count), *amounts)
    show(table)
    _print_lines(f"{counted(result.refused, 'ordre refusé', 'ordres refusés')}")
    _print_rules("Refus", "ordres", result.reasons)


def _print_settlements(events: PublishedEvents) -> None:
    result = settlements(events)
    _print_lines(
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
    _print_rules("Soldes refusés", "comptes", result.refused)
    _print_lines(
        *(
            f"acompte {advance.order_id} de {euros(advance.amount)} annulé : {advance.motive}"
            for advance in result.reversed
        )
    )


def _print_controls(events: PublishedEvents) -> None:
    result = controls(events)
    _print_lines(*map(_control_text, result.decided))
    _print_rules("Non conclu", "contrôles", result.refused)


def _control_text(control: AdjustmentDecided) -> str:
    parts = ", ".join(f"{part.exercise} : {euros(part.amount)}" for part in control.by_origin)
    kind = ADJUSTMENT_KINDS[control.kind]
    return f"{control.dossier_id} : {kind}, {euros(control.amount)} ({parts})"


def _print_books(events: PublishedEvents) -> None:
    for closed in closed_exercises(events):
        _print_trial_balance(closed)
    _print_agreement(agreement(events))


def _print_trial_balance(closed: ClosingCompleted) -> None:
    labels, rows = account_labels(), closed.trial_balance
    columns = ("", "Compte", f"Balance de l'exercice {closed.exercise}", "Débit", "Crédit")
    table = new_table(*columns, right=("Débit", "Crédit"))
    for row in rows:
        sides = (figures(amount) if amount else "" for amount in (row.debit, row.credit))
        label = labels.get((row.ledger, row.account), "")
        add(table, row.ledger, row.account, label, *sides)
    table.add_section()
    entries = counted(closed.last_sequence, "écriture validée", "écritures validées")
    debit, credit = total(row.debit for row in rows), total(row.credit for row in rows)
    add(table, "", "Total", entries, figures(debit), figures(credit), style="bold")
    show(table)


def _print_agreement(books: Agreement) -> None:
    balances = ", ".join(f"{account} : {euros(amount)}" for account, amount in books.commitments)
    differing = ", ".join(map(str, books.unbalanced))
    but = f", sauf {differing}" if differing else ""
    _print_check(
        f"{books.booked} dossiers comptabilisés sur {books.granted}", holds=books.is_complete
    )
    _print_check(f"balances égales aux écritures publiées{but}", holds=not books.unbalanced)
    _print_check(f"engagements soldés ({balances})", holds=not books.has_commitments)


def _print_deferred(events: PublishedEvents) -> None:
    """Print what waits in the year before: nothing of it is among the amounts above."""
    for reason in grants(events).deferred:
        echo()
        echo("Et l'année d'avant", style="bold cyan")
        deferred = counted(reason.count, "financement différé")
        _print_lines(f"{deferred} ({reason.rule}) : {reason.sentence}")


def _print_rules(title: str, counts_of: str, rules: Iterable[RuleCount]) -> None:
    """Print a table of rules with one sentence of each; nothing when there are none."""
    rows = list(rules)
    if not rows:
        return
    table = new_table(title, counts_of, "par exemple", right=(counts_of,))
    for row in rows:
        add(table, row.rule, str(row.count), row.sentence)
    show(table)


def _print_check(text: str, *, holds: bool) -> None:
    echo(f"{'✓' if holds else '✗'} {text}", style="" if holds else "bold red", indent=INDENT)


def _print_lines(*texts: str) -> None:
    for text in texts:
        echo(text, indent=INDENT)


SECTIONS: tuple[tuple[str, Callable[[PublishedEvents], None]], ...] = (
    ("1. Dépôts", _print_deposits),
    ("2. Éligibilité", _print_verdicts),
    ("3. Agréments", _print_decisions),
    ("4. Montants", _print_grants),
    ("5. Enveloppes", _print_envelopes),
    ("6. Acomptes", _print_advances),
    ("7. Soldes", _print_settlements),
    ("8. Contrôles", _print_controls),
    ("9. Comptes", _print_books),
)
