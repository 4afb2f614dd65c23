"""The agrement as it is published, with all that funding needs."""

from services.eligibility.domain import derogations
from services.eligibility.domain.committee_rules import CommitteeContext
from services.eligibility.domain.remarks import remarks
from services.eligibility.domain.states import Dossier, PlannedCollectif
from shared.contracts.caf import CommitteeDecided
from shared.contracts.eligibility import AgrementGranted, GrantedCollectif


def build_agrement(context: CommitteeContext) -> AgrementGranted:
    """Return the agrement of a valid decision; it covers one school year unless decided longer."""
    dossier, decided = context.dossier, context.decided
    return AgrementGranted(
        caf=dossier.caf,
        dossier_id=dossier.dossier_id,
        school_year=dossier.school_year,
        decided_on=decided.decided_on,
        gestionnaire=dossier.gestionnaire,
        project=dossier.project,
        collectifs=tuple(
            _collectif(planned, dossier, decided)
            for planned in dossier.collectifs
            if planned.collectif_id in decided.collectifs
        ),
        budget=dossier.budget,
        multi_year_until=decided.multi_year_until or dossier.school_year,
        derogations=derogations.of_project(dossier),
        cap_justification=decided.cap_justification,
        remarks=remarks(context),
    )


def _collectif(
    planned: PlannedCollectif, dossier: Dossier, decided: CommitteeDecided
) -> GrantedCollectif:
    kinds = {b.kind for b in decided.bonuses if b.collectif_id == planned.collectif_id}
    return GrantedCollectif(
        collectif_id=planned.collectif_id,
        children=planned.children,
        forecast_cost=planned.forecast_cost,
        bonuses=tuple(sorted(kinds)),
        derogations=derogations.of_collectif(dossier, planned.collectif_id),
        starts_on=planned.starts_on,
        ends_on=planned.ends_on,
    )
