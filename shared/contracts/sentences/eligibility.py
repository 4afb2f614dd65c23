"""Sentences of the events of eligibility."""

from collections.abc import Iterator

from shared.contracts.eligibility import (
    AgrementAmended,
    AgrementGranted,
    AgrementRefused,
    AgrementRegistered,
    AmendmentRejected,
    CollectifAssessment,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
    DossierReopened,
    EligibilityAssessed,
    Finding,
    WithdrawalJudged,
)
from shared.contracts.labels import (
    VERDICTS,
)
from shared.contracts.sentences.agrements import (
    agrement_sentences,
    amendment_effect,
    end_lines,
    maintained_lines,
)
from shared.contracts.sentences.findings import OPEN_OUTCOMES, count_text, finding_text
from shared.contracts.sentences.text import (
    Builders,
    Sentences,
    item,
    legal_ground_line,
    reason_lines,
    remark_lines,
    sentences,
)
from shared.french import listed, long_date


def eligibility_assessed(data: EligibilityAssessed) -> Sentences:
    """Describe the verdict, with every finding that is not ok."""
    return sentences(
        f"Projet {VERDICTS[data.verdict]}",
        f"Projet : {_count(data.findings)} ({data.rules_version}).",
        *_findings(data.findings),
        *(line for collectif in data.collectifs for line in _collectif(collectif)),
        f"Agrément possible jusqu’à {data.multi_year_allowed_until}.",
    )


def dossier_reopened(data: DossierReopened) -> Sentences:
    """State that the dossier takes a next revision, and what the Caf asks for."""
    return sentences(
        f"Dossier rouvert, révision attendue le {long_date(data.due_on)} au plus tard",
        *reason_lines(data.grounds),
        "Le comité ne se prononce qu’après cette révision [COM-09].",
    )


def agrement_granted(data: AgrementGranted) -> Sentences:
    """Describe the agrement that funding receives."""
    described = agrement_sentences("Agrément accordé", data)
    return sentences(described.title, *described.lines, *remark_lines(data.remarks))


def agrement_refused(data: AgrementRefused) -> Sentences:
    """State that the committee refused the agrement."""
    return sentences("Agrément refusé", f"Motif du comité : {data.motive}")


def committee_decision_rejected(data: CommitteeDecisionRejected) -> Sentences:
    """State that the decision of the committee is not receivable, with every reason."""
    return sentences("Décision du comité non recevable", *reason_lines(data.reasons))


def committee_adjourned(_data: CommitteeAdjourned) -> Sentences:
    """State that the committee adjourned its decision."""
    return sentences("Décision ajournée", "Le dossier reste évalué : le comité peut y revenir.")


def agrement_registered(data: AgrementRegistered) -> Sentences:
    """State that an older agrement is registered: later school years may be renewed."""
    return agrement_sentences(f"Agrément antérieur repris (référence : {data.reference}),", data)


def agrement_amended(data: AgrementAmended) -> Sentences:
    """Describe the remaining agrement."""
    until = data.multi_year_until
    covered = (
        f"L’agrément court jusqu’à {until} inclus."
        if until
        else "Plus aucune année n’est couverte."
    )
    return sentences(
        f"Agrément {amendment_effect(data)}",
        f"Décision {data.amendment_id} du {long_date(data.decided_on)}.",
        *maintained_lines(data),
        *end_lines(data),
        covered,
        legal_ground_line(data.legal_ground, data.motive),
    )


def amendment_rejected(data: AmendmentRejected) -> Sentences:
    """State that an amendment is not receivable, with every reason."""
    return sentences(f"Modification {data.amendment_id} non recevable", *reason_lines(data.reasons))


def withdrawal_judged(data: WithdrawalJudged) -> Sentences:
    """State whether the committee had decided."""
    if data.reasons:
        return sentences("Retrait impossible", *reason_lines(data.reasons))
    return sentences("Retrait possible", "Le comité ne s’était pas prononcé [RET-03].")


def _collectif(assessment: CollectifAssessment) -> Iterator[str]:
    verdict, count = VERDICTS[assessment.verdict], _count(assessment.findings)
    yield f"Collectif {assessment.collectif_id} : {verdict}, {count}."
    yield from _findings(assessment.findings)


def _count(findings: tuple[Finding, ...]) -> str:
    """Return `37 points vérifiés, tous conformes, sans objet : PLU-01 et PLU-04`."""
    checks = count_text(finding.outcome for finding in findings) or "aucun point vérifié"
    idle = [finding.rule for finding in findings if finding.outcome == "not_applicable"]
    return f"{checks}, sans objet : {listed(idle)}" if idle else checks


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings:
        if finding.outcome in OPEN_OUTCOMES:
            yield item(finding_text(finding))


SENTENCES: Builders = {
    DossierReopened: dossier_reopened,
    EligibilityAssessed: eligibility_assessed,
    AgrementGranted: agrement_granted,
    AgrementRefused: agrement_refused,
    CommitteeDecisionRejected: committee_decision_rejected,
    CommitteeAdjourned: committee_adjourned,
    WithdrawalJudged: withdrawal_judged,
    AgrementRegistered: agrement_registered,
    AgrementAmended: agrement_amended,
    AmendmentRejected: amendment_rejected,
}
