"""Who is who among the 132 dossiers: every number of the sample stands here, once.

The outcome of the campaign can be counted by hand from this page; the tests do.
"""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace

from tests.tools.campaign import mistakes as flaws
from tests.tools.campaign.dossiers import Filed, careful
from tests.tools.campaign.mistakes import Bend
from tests.tools.campaign.organisations import Body, bodies

# Rejected: 7 late, 23 past midnight, 38 unsigned, 61 old form, 84 e-mail and old form, 112 covered.
COVERED = 112
# Asked to complete: 12, 46 and 71 do, 93 and 118 never do.
COMPLETED = (12, 46, 71)
# Shape errors: 16 is sent again without the mistake, 88 is not.
CORRECTED = 16
DUPLICATE = 20
# Held: one report frees 49 and 50, which share a gestionnaire; that of 96 never comes.
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
# Put off on 2 October, granted a fortnight later: by then the envelope of 2025 is short of it.
ADJOURNED = 104
ENVELOPES = {2025: "230000.00", 2026: "450000.00"}
ENVELOPE_RAISED = "235000.00"
DEROGATION_FORGOTTEN = 58

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
# Their first collectif never met.
DID_NOT_RUN = (45, 83)

# Controls: the cost found is so many hundredths of what the accounts said.
CONTROLLED = {47: 70, 91: 100, 92: 108}
DECIDED_TOO_EARLY = 47

GROUPS = {PARTLY_ELIGIBLE: 3, 77: 1}
BENDS: dict[int, Iterable[Bend]] = {
    7: (flaws.late,),
    23: (flaws.past_midnight,),
    64: (flaws.just_in_time,),
    38: (flaws.unsigned,),
    61: (flaws.old_form,),
    84: (flaws.by_email, flaws.old_form),
    COVERED: (flaws.covered,),
    12: (flaws.parents_left_blank,),
    46: (flaws.schools_left_blank,),
    71: (flaws.mixed_levels,),
    93: (flaws.parents_left_blank,),
    118: (flaws.mixed_levels,),
    CORRECTED: (flaws.mistyped_siret,),
    88: (flaws.decimal_comma,),
    5: (flaws.homework_only,),
    29: (flaws.no_parents_axis,),
    54: (flaws.untrained_coordinator,),
    77: (flaws.thirteen,),
    102: (flaws.twenty_six_weeks,),
    125: (flaws.own_branch_only,),
    PARTLY_ELIGIBLE: (flaws.thirteen,),
    14: (flaws.Funded(groups=1, percent=45),),
    42: (flaws.Funded(groups=2, percent=45),),
    66: (flaws.Funded(groups=1, percent=60),),
    100: (flaws.Funded(groups=3, percent=45),),
    24: (flaws.high_fee,),
    75: (flaws.high_fee,),
    36: (flaws.blank_bonus,),
    60: (flaws.blank_bonus,),
}
BENDS |= dict.fromkeys(DEROGATIONS, (flaws.no_second_session,))
BENDS |= dict.fromkeys((*HELD_AND_FREED, HELD_FOR_EVER), (flaws.owes_its_report,))


def careful_ones() -> tuple[Filed, ...]:
    """Return all dossiers without their mistakes, in the order of their numbers."""
    return tuple(
        careful(number, body, groups_asked=GROUPS.get(number))
        for body in bodies()
        for number in body.numbers
    )


def filed(dossier: Filed) -> Filed:
    """Return a dossier as it is filed, with its mistakes and peculiarities."""
    data = deepcopy(dossier.data)
    for bend in BENDS.get(dossier.number, ()):
        bend(data)
    return replace(dossier, data=data)


def granted(number: int) -> bool:
    """Tell whether the committee grants this dossier."""
    decided_otherwise = {*INELIGIBLE, *REFUSED}
    return number not in NEVER_ASSESSED | decided_otherwise


def owes_a_report(body: Body) -> bool:
    """Tell whether the interim report of a gestionnaire does not come in time."""
    return not {*HELD_AND_FREED, HELD_FOR_EVER}.isdisjoint(body.numbers)
