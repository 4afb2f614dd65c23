"""What is asked of the committee and was not said: told with the agrement, never guessed."""

import unicodedata
from collections.abc import Iterator

from services.eligibility.domain.findings import listed
from services.eligibility.domain.states import Dossier
from shared.contracts.caf import CommitteeDecided
from shared.contracts.common import Reason
from shared.french import short_date

EDUCATION = ("education nationale", "dsden", "rectorat")
EDUCATION_CODE = "en"


def remarks(dossier: Dossier, decided: CommitteeDecided) -> tuple[Reason, ...]:
    """Return the remarks on a decision that grants, in a stable order."""
    return tuple(_remarks(dossier, decided))


def _remarks(dossier: Dossier, decided: CommitteeDecided) -> Iterator[Reason]:
    if decided.criteria is None:
        yield _remark(
            "COM-08",
            "La décision ne dit rien des critères du comité : diagnostic local, charte, caractère"
            " collectif.",
        )
    if not any(map(_is_of_education, decided.members_present)):
        yield _remark(
            "AXE-15",
            "Aucun membre présent n'est nommé pour l'Éducation nationale, dont la présence est à"
            " rechercher.",
        )
    if lifted := _lifted(dossier, decided):
        yield _remark(
            "DER-04",
            f"Une seule longue séance par semaine est admise en zone rurale pour {listed(lifted)},"
            " sans décision du comité.",
        )
    if dossier.signed_on and dossier.due_on and dossier.signed_on > dossier.due_on:
        yield _remark(
            "COM-09",
            f"Les compléments demandés pour le {short_date(dossier.due_on)} ont été validés le"
            f" {short_date(dossier.signed_on)}.",
        )
    if dossier.signed_on and dossier.signed_on > decided.decided_on:
        yield _remark(
            "CAL-05",
            f"La décision est datée du {short_date(decided.decided_on)}, avant la signature des"
            f" derniers compléments, le {short_date(dossier.signed_on)}.",
        )


def _lifted(dossier: Dossier, decided: CommitteeDecided) -> tuple[str, ...]:
    return tuple(
        planned.collectif_id
        for planned in dossier.collectifs
        if planned.collectif_id in decided.collectifs and "DER-04" in planned.lifted
    )


def _is_of_education(member: str) -> bool:
    plain = _plain(member).strip()
    return plain == EDUCATION_CODE or any(name in plain for name in EDUCATION)


def _plain(text: str) -> str:
    """Return a text in lower case and without accents."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _remark(rule: str, message: str) -> Reason:
    return Reason(rule=rule, message=message)
