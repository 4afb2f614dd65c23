"""The summary as a person reads it, in French, section by section."""

from collections.abc import Callable

from services.accounting import reports as books
from services.cli.demo.pieces import checked, lines, reasons
from services.cli.demo.settlements_report import (
    print_balances,
    print_controls,
    print_envelopes,
)
from services.eligibility import reports as committee
from services.funding.reports import campaign as amounts
from services.submission import reports as deposits
from shared.console.terminal import add, echo, new_table, show
from shared.french import counted, euros, figures
from shared.kernel.published_events import Journal


def print_summary(journal: Journal, caf: str, school_year: str) -> None:
    """Print the summary of a campaign."""
    of_year = journal.of_year(school_year)
    echo()
    echo(f"Campagne Clas {school_year}, Caf {caf} : ce que les services ont publié", style="bold")
    echo("(communes réelles, gestionnaires et montants inventés)", style="dim")
    for title, section in SECTIONS:
        echo()
        echo(title, style="bold cyan")
        section(of_year)
    _tell_deferred(journal)


def _tell_deposits(journal: Journal) -> None:
    found = deposits.deposits(journal)
    lines(
        (
            f"{counted(found.filed, 'dossier déposé', 'dossiers déposés')} :"
            f" {counted(found.received, 'reçu')}, {counted(found.rejected, 'rejeté')},"
            f" {found.to_complete - found.completed} à compléter,"
            f" {found.held - found.freed} en attente d'un bilan, {found.unreadable} illisible"
        ),
        (
            f"compléments demandés à {counted(found.to_complete, 'dossier')},"
            f" fournis par {found.completed} ;"
            f" {counted(found.held, 'dossier retenu', 'dossiers retenus')}"
            f" faute de bilan intermédiaire, dont {found.freed} libérés depuis"
        ),
        f"{counted(found.doubles, 'envoi en double', 'envois en double')}, sans effet",
    )
    reasons("Rejets", "dossiers", found.grounds)
    reasons("Compléments demandés", "dossiers", found.missing)
    _tell_dead_letters(journal)


def _tell_dead_letters(journal: Journal) -> None:
    letters = deposits.dead_letters(journal)
    if not letters:
        return
    table = new_table("Lettres mortes", "à propos de", "service", "première erreur")
    for letter in letters:
        add(table, letter.event, letter.about, letter.service, letter.fault)
    show(table)


def _tell_verdicts(journal: Journal) -> None:
    found = committee.verdicts(journal)
    lines(
        f"{counted(found.eligible, 'éligible')}, {found.derogation} sous réserve d'une dérogation,"
        f" {counted(found.ineligible, 'inéligible')}",
        f"{counted(found.partly, 'projet éligible', 'projets éligibles')} sauf un collectif",
    )
    reasons("Manquements", "dossiers", found.breaches)
    reviews = ", ".join(f"{each.rule} : {each.count}" for each in found.reviews)
    if reviews:
        lines(f"à regarder par une personne, sans rien bloquer : {reviews}")


def _tell_decisions(journal: Journal) -> None:
    found = committee.decisions(journal)
    lines(
        f"{counted(found.granted, 'agrément accordé', 'agréments accordés')},"
        f" dont {found.several_years} pour plusieurs années ;"
        f" {counted(found.refused, 'refusé')}, {counted(found.adjourned, 'ajourné')}",
    )
    reasons("Décision rejetée, puis rectifiée", "décisions", found.reasons)
    lines("motifs des refus :", *(f"• {motive}" for motive in found.motives))


def _tell_due(journal: Journal) -> None:
    found = amounts.due(journal)
    lines(
        f"{counted(found.dossiers, 'dossier financé', 'dossiers financés')},"
        f" {counted(found.collectifs, 'collectif')}, {counted(found.children, 'enfant')}"
    )
    table = new_table("Droits", "euros", right=("euros",))
    add(table, "Prestation de service (Ps)", figures(found.ps))
    add(table, "  dont part N, septembre à décembre 2025", figures(found.part_n), style="dim")
    add(table, "  dont part N+1, janvier à juin 2026", figures(found.part_n1), style="dim")
    add(table, "Bonus enfants", figures(found.bonus_enfants))
    add(table, "Bonus parents", figures(found.bonus_parents))
    add(table, "Total", figures(found.ps + found.bonus_enfants + found.bonus_parents), style="bold")
    show(table)
    lines(
        f"{counted(found.at_ceiling, 'collectif')} au prix plafond ou au-delà",
        f"plafond de 80 % : {counted(found.capped, 'projet réduit', 'projets réduits')},"
        f" de {euros(found.cut_from_bonus)} sur les bonus"
        f" et de {euros(found.cut_from_ps)} sur la Ps",
        *map(_price, amounts.prices(journal)),
    )


def _price(price: amounts.Price) -> str:
    of = f"barème {price.start_year}"
    if values := price.values:
        of += (
            f" : plafond {euros(values.plafond)}, Ps au plus {euros(values.ps_max)}, bonus enfants"
            f" {euros(values.bonus_enfants)}, bonus parents {euros(values.bonus_parents)}"
        )
    return f"{of}. Source : {price.source}"


def _tell_advances(journal: Journal) -> None:
    found = amounts.advances(journal)
    columns = ("Acomptes sur", "accordés", "euros", "plafond, tous dossiers")
    table = new_table(*columns, right=columns[1:])
    for each in found.granted:
        sums = (figures(each.amount), figures(each.ceiling))
        add(table, f"exercice {each.exercise}", str(each.count), *sums)
    show(table)
    lines(f"{counted(found.refused, 'ordre refusé', 'ordres refusés')}")
    reasons("Refus", "ordres", found.reasons)


def _tell_books(journal: Journal) -> None:
    for balance in books.balances(journal):
        columns = ("", "Compte", f"Balance de l'exercice {balance.exercise}", "Débit", "Crédit")
        table = new_table(*columns, right=("Débit", "Crédit"))
        for row in balance.rows:
            sides = [figures(amount) if amount else "" for amount in (row.debit, row.credit)]
            add(table, row.ledger, row.account, row.label, *sides)
        table.add_section()
        total = (figures(balance.debit), figures(balance.credit))
        entries = counted(balance.entries, "écriture validée", "écritures validées")
        add(table, "", "Total", entries, *total, style="bold")
        show(table)
    _tell_agreement(books.agreement(journal))


def _tell_agreement(found: books.Agreement) -> None:
    nets = ", ".join(f"{account} : {euros(net)}" for account, net in found.commitments)
    differ = ", ".join(map(str, found.unbalanced))
    checked(
        found.booked == found.granted, f"{found.booked} dossiers comptabilisés sur {found.granted}"
    )
    checked(
        not differ, f"balances égales aux écritures publiées{f', sauf {differ}' if differ else ''}"
    )
    checked(not any(net for _, net in found.commitments), f"engagements soldés ({nets})")


def _tell_deferred(journal: Journal) -> None:
    """Tell what waits in the year before: nothing of it is among the amounts above."""
    for each in amounts.due(journal).deferred:
        echo()
        echo("Et l'année d'avant", style="bold cyan")
        lines(f"{counted(each.count, 'financement différé')} ({each.rule}) : {each.sentence}")


SECTIONS: tuple[tuple[str, Callable[[Journal], None]], ...] = (
    ("1. Dépôts", _tell_deposits),
    ("2. Éligibilité", _tell_verdicts),
    ("3. Agréments", _tell_decisions),
    ("4. Montants", _tell_due),
    ("5. Enveloppes", print_envelopes),
    ("6. Acomptes", _tell_advances),
    ("7. Soldes", print_balances),
    ("8. Contrôles", print_controls),
    ("9. Comptes", _tell_books),
)
