"""Remarks on a decision that grants: what it should state and does not."""

import re
import unicodedata

from services.eligibility.domain.committee_rules import CommitteeContext
from services.eligibility.domain.findings import listed
from shared.contracts.caf import CommitteeCriteria
from shared.contracts.common import Reason
from shared.french import short_date
from shared.kernel.decision import Finding
from shared.kernel.rules import Rule, breach, evaluate_all, reasons

EDUCATION = ("education nationale", "dsden", "dasen", "rectorat", "inspection academique")
"""What names the Éducation nationale among members, in lower case and without accents [AXE-15]."""
INITIALS = re.compile(r"\bEN\b|\bE\.N\.")
CRITERIA = {
    "diagnosis": "diagnostic local",
    "charter": "charte",
    "collective_character": "caractère collectif",
}


def remarks(context: CommitteeContext) -> tuple[Reason, ...]:
    """Return the remarks on a decision that grants, in a stable order."""
    return reasons(evaluate_all(REMARKS, context))


def criteria_not_stated(context: CommitteeContext) -> Finding | None:
    """COM-08: the committee states what it holds of the three criteria of the circular."""
    criteria = context.decided.criteria or CommitteeCriteria()
    missing = [label for name, label in CRITERIA.items() if _is_missing(criteria, name)]
    if not missing:
        return None
    criterion = "des critères du comité" if len(missing) > 1 else "de ce critère du comité"
    return breach("COM-08", f"La décision ne dit rien {criterion} : {', '.join(missing)}.")


def education_not_named(context: CommitteeContext) -> Finding | None:
    """AXE-15: the presence of the Éducation nationale is sought."""
    if any(map(_is_of_education, context.decided.members_present)):
        return None
    return breach(
        "AXE-15",
        "Aucun membre présent n'est nommé pour l'Éducation nationale, dont la présence est à"
        " rechercher.",
    )


def one_long_session(context: CommitteeContext) -> Finding | None:
    """DER-04: in a rural area one long session is admitted without the committee."""
    lifted = [
        planned.collectif_id
        for planned in context.dossier.collectifs
        if planned.collectif_id in context.decided.collectifs and "DER-04" in planned.lifted
    ]
    if not lifted:
        return None
    return breach(
        "DER-04",
        f"Une seule longue séance par semaine est admise en zone rurale pour {listed(lifted)},"
        " sans décision du comité.",
    )


def late_complements(context: CommitteeContext) -> Finding | None:
    """COM-09: complements that came after the day by which they were due."""
    signed_on, due_on = context.dossier.signed_on, context.dossier.complements_due_on
    if not signed_on or not due_on or signed_on <= due_on:
        return None
    return breach(
        "COM-09",
        f"Les compléments demandés pour le {short_date(due_on)} ont été validés le"
        f" {short_date(signed_on)}.",
    )


def decided_before_the_signature(context: CommitteeContext) -> Finding | None:
    """CAL-05: the decision is not dated before the last complements were signed."""
    signed_on, decided_on = context.dossier.signed_on, context.decided.decided_on
    if not signed_on or signed_on <= decided_on:
        return None
    return breach(
        "CAL-05",
        f"La décision est datée du {short_date(decided_on)}, avant la signature des derniers"
        f" compléments, le {short_date(signed_on)}.",
    )


REMARKS = (
    Rule("COM-08", criteria_not_stated, ""),
    Rule("AXE-15", education_not_named, ""),
    Rule("DER-04", one_long_session, ""),
    Rule("COM-09", late_complements, ""),
    Rule("CAL-05", decided_before_the_signature, ""),
)


def _is_missing(criteria: CommitteeCriteria, name: str) -> bool:
    criterion = getattr(criteria, name)
    return criterion is None or (isinstance(criterion, str) and not criterion.strip())


def _is_of_education(member: str) -> bool:
    plain = _plain(member)
    return bool(INITIALS.search(member)) or plain == "en" or any(n in plain for n in EDUCATION)


def _plain(text: str) -> str:
    """Return a text in lower case, without accents, its words one space apart."""
    letters = (
        character
        for character in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(character)
    )
    return " ".join("".join(letters).split())
