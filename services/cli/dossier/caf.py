"""What was sent on the later life of a right: envelope, renewal, accounts, control."""

from services.cli.dossier.entries import BONUSES, Sentences, budget, item, sentences
from shared.contracts.caf import ControlConcluded, EnvelopeAllotted
from shared.contracts.common import ActualCollectif, Report
from shared.contracts.elan import AnnualRenewalFiled, ResultAccountFiled
from shared.french import euros, listed, long_date

PARTS = {"qualitative": "qualitative", "quantitative": "quantitative", "financial": "financière"}


def envelope_allotted(data: EnvelopeAllotted) -> Sentences:
    """Tell of the credits of an exercise."""
    return sentences(
        f"Enveloppe {data.exercise} de la Caf {data.caf} portée à {euros(data.amount)}",
        "C’est le total de l’exercice : il remplace le précédent [ENV-01].",
    )


def annual_renewal_filed(data: AnnualRenewalFiled) -> Sentences:
    """Tell of a later school year of an agrement."""
    return sentences(
        f"Renouvellement annuel {data.school_year} déposé le {long_date(data.filed_on)}",
        _report(data.report, "PLU-03"),
        *(
            item(f"{each.collectif_id} : coût prévisionnel {euros(each.forecast_cost)}")
            for each in data.collectifs
        ),
        budget(data.budget),
    )


def result_account_filed(data: ResultAccountFiled) -> Sentences:
    """Tell of the definitive accounts of a school year."""
    return sentences(
        f"Compte de résultat {data.school_year} déposé le {long_date(data.filed_on)}",
        _report(data.report, "SOL-03"),
        *(item(_actual(each)) for each in data.collectifs),
        budget(data.budget),
    )


def control_concluded(data: ControlConcluded) -> Sentences:
    """Tell of what a control found, and of the contradictory period."""
    answer = f"réponse du {long_date(data.answered_on)}" if data.answered_on else "sans réponse"
    measures = (f"Mesures : {listed(data.measures)}.",) if data.measures else ()
    return sentences(
        f"Contrôle {data.control_id} de l’année {data.school_year} conclu",
        (
            f"Observations envoyées le {long_date(data.observations_sent_on)}, {answer} ;"
            f" décision du {long_date(data.decided_on)} [CTL-02]."
        ),
        *(item(_actual(each)) for each in data.collectifs),
        budget(data.budget),
        *measures,
    )


def _report(of: Report, rule: str) -> str:
    """Return which parts of the bilan were presented, and which are missing."""
    missing = [label for name, label in PARTS.items() if not getattr(of, name)]
    if not missing:
        return f"Bilan complet : parties {listed(PARTS.values())} [{rule}]."
    parts = "parties" if len(missing) > 1 else "partie"
    return f"Bilan incomplet, sans {parts} {listed(missing)} [{rule}]."


def _actual(of: ActualCollectif) -> str:
    if not of.ran:
        return f"{of.collectif_id} : n’a pas fonctionné"
    done = listed((BONUSES[kind] for kind in of.bonus_done), nothing="aucun bonus")
    return f"{of.collectif_id} : coût réel {euros(of.actual_cost)}, réalisé : {done}"
