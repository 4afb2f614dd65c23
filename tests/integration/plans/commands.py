"""The queries of commands, as commands call them.

A new public function of a `queries.py` or of the read port needs a row here: the test of
completeness names it.
"""

from services.accounting import queries as accounting
from services.accounting.domain.acknowledgements import EntryAcknowledgement
from services.accounting.domain.books import Books
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from services.eligibility import queries as eligibility
from services.funding import queries as funding
from services.submission import queries as submission
from shared.mongodb.read_api import ReadApi
from tests.integration.plans.opened import (
    CAF,
    DOSSIER,
    EXERCISE,
    OF_A_CAF,
    OF_A_YEAR,
    RECORDS_OF_A_YEAR,
    SCHOOL_YEAR,
    StoredQuery,
)

SIRET = "76573991749305"
DOSSIERS, CAMPAIGN = ("D-1", "D-2", "D-3"), (CAF, SCHOOL_YEAR)

QUERIES_OF_COMMANDS = (
    StoredQuery(submission.campaign, lambda at: submission.campaign(at.submission, *CAMPAIGN)),
    StoredQuery(
        submission.interim_report,
        lambda at: submission.interim_report(at.submission, CAF, SIRET, SCHOOL_YEAR),
    ),
    StoredQuery(
        submission.interim_reports,
        lambda at: submission.interim_reports(at.submission, *CAMPAIGN),
    ),
    StoredQuery(submission.school_years, lambda at: submission.school_years(at.submission, CAF)),
    StoredQuery(
        submission.open_dossiers,
        lambda at: submission.open_dossiers(at.submission, *CAMPAIGN, assessed=0),
    ),
    StoredQuery(
        eligibility.count_assessed,
        lambda at: eligibility.count_assessed(at.eligibility, *CAMPAIGN),
    ),
    StoredQuery(
        eligibility.undecided_dossiers,
        lambda at: eligibility.undecided_dossiers(at.eligibility, *CAMPAIGN),
    ),
    StoredQuery(
        eligibility.undecided_assessments,
        lambda at: eligibility.undecided_assessments(at.eligibility, *CAMPAIGN),
    ),
    StoredQuery(funding.cafs, lambda at: funding.cafs(at.funding)),
    StoredQuery(funding.envelopes, lambda at: funding.envelopes(at.funding, CAF)),
    StoredQuery(
        funding.rights, lambda at: funding.rights(at.funding, CAF), OF_A_CAF, all_years=True
    ),
    StoredQuery(
        funding.rights_on_day,
        lambda at: funding.rights_on_day(at.funding, CAF),
        OF_A_CAF,
        all_years=True,
    ),
    StoredQuery(
        funding.deferred_grants,
        lambda at: funding.deferred_grants(at.funding, CAF, EXERCISE, "bareme", 10),
        counted=OF_A_YEAR,
    ),
    StoredQuery(
        funding.deferred_grants,
        lambda at: funding.deferred_grants(at.funding, CAF, EXERCISE, "envelope", 10),
        counted=OF_A_YEAR,
    ),
    StoredQuery(
        funding.rights,
        lambda at: funding.rights(at.funding, CAF, [EXERCISE]),
        counted=OF_A_YEAR,
    ),
    StoredQuery(
        funding.dossiers_with_refused_accounts,
        lambda at: funding.dossiers_with_refused_accounts(at.funding, CAF, EXERCISE),
        counted=RECORDS_OF_A_YEAR,
    ),
    StoredQuery(
        funding.forecasts,
        lambda at: funding.forecasts(at.funding, CAF, set(DOSSIERS)),
        counted=RECORDS_OF_A_YEAR,
    ),
    StoredQuery(funding.published_baremes, lambda at: funding.published_baremes(at.funding)),
    StoredQuery(accounting.books, lambda at: accounting.books(at.accounting, CAF)),
    StoredQuery(accounting.cafs, lambda at: accounting.cafs(at.accounting)),
    StoredQuery(accounting.closing, lambda at: accounting.closing(at.accounting, CAF, EXERCISE)),
    StoredQuery(
        accounting.exercise_status,
        lambda at: accounting.exercise_status(at.accounting, CAF, EXERCISE),
    ),
    StoredQuery(accounting.ledger, lambda at: accounting.ledger(at.accounting, CAF, EXERCISE)),
    StoredQuery(
        accounting.closing_progress,
        lambda at: accounting.closing_progress(at.accounting, at.closing),
    ),
    StoredQuery(
        accounting.grants_before_closing,
        lambda at: accounting.grants_before_closing(at.accounting, CAF, EXERCISE + 1, 10),
        counted=OF_A_YEAR,
    ),
    StoredQuery(
        accounting.unsettled_among,
        lambda at: accounting.unsettled_among(at.accounting, DOSSIERS, EXERCISE, 10),
    ),
    StoredQuery(
        accounting.count_entries, lambda at: accounting.count_entries(at.accounting, CAF, EXERCISE)
    ),
    StoredQuery(
        accounting.count_entries,
        lambda at: accounting.count_entries(at.accounting, CAF),
        all_years=True,
    ),
    StoredQuery(
        accounting.entry_pages, lambda at: accounting.entry_pages(at.accounting, CAF, EXERCISE)
    ),
    StoredQuery(
        accounting.entry_pages,
        lambda at: accounting.entry_pages(at.accounting, CAF),
        all_years=True,
    ),
    StoredQuery(
        accounting.posted_entries,
        lambda at: accounting.posted_entries(at.accounting, CAF, EXERCISE),
    ),
    StoredQuery(
        accounting.accounting_systems,
        lambda at: accounting.accounting_systems(at.accounting, CAF),
    ),
    StoredQuery(
        accounting.acknowledgements,
        lambda at: accounting.acknowledgements(at.accounting, at.entries[:5], ["compta-761"]),
    ),
    StoredQuery(
        accounting.gestionnaire_names,
        lambda at: accounting.gestionnaire_names(at.accounting, CAF),
        all_years=True,
    ),
)

READS = (
    StoredQuery(ReadApi.record, lambda at: at.accounting.record(at.records[0].key)),
    StoredQuery(ReadApi.handled, lambda at: at.accounting.handled([r.key for r in at.records])),
    StoredQuery(
        ReadApi.recorded,
        lambda at: at.accounting.recorded([r.key._replace(id="absent") for r in at.records]),
    ),
    StoredQuery(ReadApi.outputs, lambda at: at.accounting.outputs(), all_years=True),
    StoredQuery(ReadApi.records, lambda at: at.accounting.records(), all_years=True),
    StoredQuery(ReadApi.records, lambda at: at.accounting.records(caf=CAF), all_years=True),
    StoredQuery(ReadApi.records, lambda at: at.accounting.records(dossier_id=DOSSIER)),
    StoredQuery(ReadApi.records, lambda at: at.accounting.records(caf=CAF, dossier_id=DOSSIER)),
    StoredQuery(  # The length of `clas replay`, which reads them all.
        ReadApi.count_records,
        lambda at: at.accounting.count_records(),
        all_years=True,
        whole=("inbox",),
    ),
    StoredQuery(
        ReadApi.count_records,
        lambda at: at.accounting.count_records(caf=CAF),
        counted=OF_A_CAF,
        all_years=True,
    ),
    StoredQuery(ReadApi.count_records, lambda at: at.accounting.count_records(dossier_id=DOSSIER)),
    StoredQuery(ReadApi.records_of_dossier, lambda at: at.accounting.records_of_dossier(DOSSIER)),
    StoredQuery(
        ReadApi.events_of_dossiers,
        lambda at: at.accounting.events_of_dossiers({DOSSIER}, [f"AdvanceGranted.v1.{CAF}"]),
    ),
    StoredQuery(
        ReadApi.events_of_caf,
        lambda at: at.accounting.events_of_caf(CAF, [f"AdvanceGranted.v1.{CAF}"]),
        counted=OF_A_CAF,
        all_years=True,
    ),
    StoredQuery(ReadApi.state, lambda at: at.accounting.state(Books, CAF)),
    StoredQuery(
        ReadApi.states,
        lambda at: at.accounting.states(Entry, {"caf": CAF, "exercise": EXERCISE}, ("place",)),
    ),
    StoredQuery(
        ReadApi.stream, lambda at: at.accounting.stream(Grant, {"caf": CAF, "start_year": EXERCISE})
    ),
    StoredQuery(
        ReadApi.find_first,
        lambda at: at.accounting.find_first(Grant, {"caf": CAF, "start_year": EXERCISE}, 5),
    ),
    StoredQuery(
        ReadApi.find_by_ids,
        lambda at: at.accounting.find_by_ids(Entry, [entry.entry_id for entry in at.entries]),
    ),
    StoredQuery(
        ReadApi.count_states,
        lambda at: at.accounting.count_states(Entry, {"caf": CAF, "exercise": EXERCISE}),
    ),
    StoredQuery(
        ReadApi.distinct,
        lambda at: at.accounting.distinct(EntryAcknowledgement, "system", {"caf": CAF}),
    ),
    StoredQuery(ReadApi.keys, lambda at: at.accounting.keys(Grant), all_years=True),
    StoredQuery(ReadApi.count_unpublished, lambda at: at.accounting.count_unpublished()),
    StoredQuery(ReadApi.oldest_unpublished, lambda at: at.accounting.oldest_unpublished()),
)
