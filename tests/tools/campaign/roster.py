"""The role of each of the 132 dossiers: every special number of the sample, once.

The outcome of the campaign can be counted by hand from this module; the tests do so.
"""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace

from tests.tools.campaign import mistakes
from tests.tools.campaign.dossiers import Dossier, valid_dossier
from tests.tools.campaign.mistakes import Mistake
from tests.tools.campaign.organisations import Organisation, organisations

# Rejected: 7 late, 23 past midnight, 38 unsigned, 61 old form, 84 e-mail and old form, 112 covered.
COVERED = 112
# Complements requested: 12, 46 and 71 send them, 93 and 118 never do.
COMPLETED = (12, 46, 71)
# Schema errors: 16 is sent again without the mistake, 88 is not.
CORRECTED = 16
DUPLICATE = 20
# Held: one report releases 49 and 50, of the same gestionnaire; that of 96 is never sent.
HELD_AND_FREED = (49, 50)
HELD_FOR_EVER = 96

INELIGIBLE = {
    5: "Le projet se limite à l'aide aux devoirs.",
    29: "Aucune action ne s'adresse aux parents : cet axe est exigé par le référentiel.",
    54: "Le coordinateur n'a ni le niveau Bac+2 ni une expérience équivalente.",
    77: "Le seul collectif réunit 13 enfants, pour 12 au plus.",
    102: "Les collectifs ne fonctionnent que 26 semaines, pour 27 au moins.",
    125: "Le budget ne comporte aucun cofinancement hors branche Famille.",
}
# One collectif of 13 children among three: the others are granted.
PARTLY_ELIGIBLE = 33
DEROGATIONS = (9, 35, 58, 80, 108)
CAPPED = (14, 42, 66, 100)

NEVER_ASSESSED = frozenset({7, 23, 38, 61, 84, COVERED, 93, 118, 88, HELD_FOR_EVER})
REFUSED = {
    26: "L'offre d'accompagnement du quartier répond déjà au besoin repéré (diagnostic local).",
    73: "Le collège partenaire n'a pas confirmé l'orientation des élèves.",
    119: "Projet concurrent d'un Clas déjà agréé dans la même école.",
}
# Adjourned on 2 October, granted a fortnight later, when the envelope of 2025 is used up.
ADJOURNED = 104
ENVELOPES = {2025: "230000.00", 2026: "450000.00"}
ENVELOPE_RAISED = "235000.00"
DEROGATION_FORGOTTEN = 58
# What the committee leaves unsaid: who sat for the Éducation nationale, and its criteria.
WITHOUT_EDUCATION = (60, 114)
WITHOUT_CRITERIA = (8, 60)

CONVENTION_LATE = (18, 52, 90, ADJOURNED, 121)
CONVENTION_NEVER = (31, 110)

# Advances on 2025.
NO_ADVANCE_N = (3, 22, 40, 57, 69, 82, 95, 106, 115, 130)
OVER_N = (11, 44, 79, 127)
OVER_N_CORRECTED = (11, 79)
COMMA_IN_ORDER = 62
BEFORE_CONVENTION = (18, 52, 90)
AHEAD_OF_ITS_EXERCISE = 40
NOT_GRANTED = 26

# Advances on 2026.
NO_ADVANCE_N1 = (3, 22, 69, 95, 115, 128)
OVER_N1 = (30, 65, 99)
WITHOUT_CONVENTION = 31
AFTER_ITS_EXERCISE = 57
REVERSED = 19  # Ordered a second time by mistake for a smaller sum; the first one is reversed.
CANCELLED = 72  # The gestionnaire is wound up in April.

# Accounts: 31 has no convention; three lack a part of the bilan, 97 never completes it.
ACCOUNTS_NEVER = (86, 110, 117, CANCELLED)
BILAN_INCOMPLETE = (21, 63, 97)
BILAN_COMPLETED = (21, 63)
# Their first collectif did not run.
DID_NOT_RUN = (45, 83)

# Controls: the percentage of the cost in the accounts that the control accepts.
CONTROLLED = {47: 70, 91: 100, 92: 108}
DECIDED_TOO_EARLY = 47

COLLECTIF_COUNTS = {PARTLY_ELIGIBLE: 3, 77: 1}
MISTAKES: dict[int, Iterable[Mistake]] = {
    7: (mistakes.late,),
    23: (mistakes.past_midnight,),
    64: (mistakes.just_in_time,),
    38: (mistakes.unsigned,),
    61: (mistakes.old_form,),
    84: (mistakes.by_email, mistakes.old_form),
    COVERED: (mistakes.covered,),
    12: (mistakes.parents_left_blank,),
    46: (mistakes.schools_left_blank,),
    71: (mistakes.mixed_levels,),
    93: (mistakes.parents_left_blank,),
    118: (mistakes.mixed_levels,),
    CORRECTED: (mistakes.mistyped_siret,),
    88: (mistakes.decimal_comma,),
    5: (mistakes.homework_only,),
    29: (mistakes.no_parents_axis,),
    54: (mistakes.untrained_coordinator,),
    77: (mistakes.thirteen_children,),
    102: (mistakes.twenty_six_weeks,),
    125: (mistakes.own_branch_only,),
    PARTLY_ELIGIBLE: (mistakes.thirteen_children,),
    14: (mistakes.FinancedByBranch(count=1, percent=45),),
    42: (mistakes.FinancedByBranch(count=2, percent=45),),
    66: (mistakes.FinancedByBranch(count=1, percent=60),),
    100: (mistakes.FinancedByBranch(count=3, percent=45),),
    24: (mistakes.high_fee,),
    75: (mistakes.high_fee,),
    36: (mistakes.blank_bonus,),
    60: (mistakes.blank_bonus,),
}
MISTAKES |= dict.fromkeys(DEROGATIONS, (mistakes.single_weekly_session,))
MISTAKES |= dict.fromkeys((*HELD_AND_FREED, HELD_FOR_EVER), (mistakes.owes_its_report,))


def valid_dossiers() -> tuple[Dossier, ...]:
    """Return all dossiers, valid, in the order of their numbers."""
    return tuple(
        valid_dossier(number, gestionnaire, collectif_count=COLLECTIF_COUNTS.get(number))
        for gestionnaire in organisations()
        for number in gestionnaire.numbers
    )


def with_mistakes(dossier: Dossier) -> Dossier:
    """Return a dossier as it is filed, with its mistakes and special cases."""
    data = deepcopy(dossier.data)
    for mistake in MISTAKES.get(dossier.number, ()):
        mistake(data)
    return replace(dossier, data=data)


def granted(number: int) -> bool:
    """Return whether the committee grants this dossier."""
    refused = {*INELIGIBLE, *REFUSED}
    return number not in NEVER_ASSESSED | refused


def owes_a_report(gestionnaire: Organisation) -> bool:
    """Return whether the interim report of a gestionnaire is late."""
    return not {*HELD_AND_FREED, HELD_FOR_EVER}.isdisjoint(gestionnaire.numbers)
