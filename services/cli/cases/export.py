"""A stored dossier as a legal case: its content, the events that followed, the answers."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel

from services.cli.cases import dossier_fields, event_fields, examples
from services.cli.cases.anonymise import Aliases
from services.cli.cases.mapping import CaseError, Document, amount_text, day_text, write
from services.cli.cases.then import PublishedEvent, observed
from services.cli.rules.catalogue import rules
from services.funding.service import PARAMETERS
from shared.contracts.caf import CampaignOpened
from shared.contracts.registry import BY_NAME, SERVICES
from shared.kernel.calendar import school_year, start_year
from shared.kernel.timeline import TimelineEntry

INTERNAL_PRODUCERS = {*SERVICES, "any"}
# Answers on the Caf itself: the records of a dossier do not hold them all.
OF_THE_CAF = ("clôture", "autres demandes")
RULE = re.compile(r"\b[A-Z]{3}-[A-Z]?\d{1,2}\b")
Step = Document | str


@dataclass(frozen=True, slots=True)
class DossierContext:
    """The states of the services, beside the dossier, that its answers depend on.

    `baremes`: the published ones, by start year.
    """

    campaign: CampaignOpened | None = None
    report_received_on: date | None = None
    baremes: Mapping[int, BaseModel] = field(default_factory=dict)


def export_case(entries: Sequence[TimelineEntry], context: DossierContext) -> Document:
    """Return the timeline of one dossier as a case, without personal data.

    Raises:
        CaseError: when the system never received the dossier itself (an imported agrement).
    """
    readable = [entry for entry in entries if entry.data is not None and not entry.was_duplicate]
    if not any(entry.name == "DossierSubmitted" for entry in readable):
        msg = "le système n’a jamais reçu ce dossier : il n’y a pas de cas à en tirer"
        raise CaseError(msg)
    return _CaseBuilder(context).build(readable)


@dataclass(slots=True)
class _CaseBuilder:
    """A case in the making, entry by entry of a timeline."""

    context: DossierContext
    aliases: Aliases = field(default_factory=Aliases)
    before: list[Step] = field(default_factory=list)
    after: list[Step] = field(default_factory=list)
    events: list[PublishedEvent] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    closed: set[int] = field(default_factory=set)
    parts: Document = field(default_factory=dict)
    deposit: str = ""
    deposited: bool = False
    dossier: Document = field(default_factory=dict)

    def build(self, entries: Sequence[TimelineEntry]) -> Document:
        """Return the whole case."""
        campaign = self._campaign(entries)
        self._add_deposit(next(entry for entry in entries if entry.name == "DossierSubmitted"))
        for entry in entries:
            self._add(entry)
        year = self.dossier["school_year"]
        self._add_preconditions()
        expected = observed(self.events, examples.DOSSIER_ID, year)
        parts = {"campagne": campaign, "avant": self.before, **self.parts}
        case = {
            "nom": f"Cas tiré d’un dossier de {year}",
            "période": year,
            "règles": sorted({*RULE.findall(json.dumps(expected))} & rules().keys()),
            "étant donné": {part: content for part, content in parts.items() if content},
            "ensuite": self.after,
            "attendu": {q: answer for q, answer in expected.items() if q not in OF_THE_CAF},
        }
        return {part: content for part, content in case.items() if content or part == "attendu"}

    def _campaign(self, entries: Sequence[TimelineEntry]) -> Any:
        """Return the campaign, with the terms under which the dossier was received."""
        if self.context.campaign is None:
            return "absente"
        opened = json_of(self.context.campaign)
        for entry in entries:
            if entry.name == "DossierReceived":
                opened |= json_of(entry.data)["campaign"]
        terms = self.aliases.redact(opened) | {"form_version": examples.FORM_VERSION}
        return write(
            dossier_fields.CAMPAIGN, terms, examples.campaign(start_year(terms["school_year"]))
        )

    def _add_deposit(self, entry: TimelineEntry) -> None:
        self.dossier = self._redacted_dossier(entry)
        self.parts = changed_parts(
            self.dossier, examples.dossier(start_year(self.dossier["school_year"]))
        )
        self.deposit = entry.id

    def _add(self, entry: TimelineEntry) -> None:
        data = self.aliases.redact(json_of(entry.data))
        spec = BY_NAME[entry.name]
        if entry.id == self.deposit:
            self.deposited = True
        elif entry.name == "DossierSubmitted":
            self._add_complements(self._redacted_dossier(entry))
        elif entry.name == "ClosingContinued":
            self._add_closing(int(data["exercise"]))
        elif entry.name in event_fields.BY_EVENT:
            self._add_request(entry.name, data)
        elif spec.producer in INTERNAL_PRODUCERS and not spec.internal:
            self._add_answer(entry.name, data)  # A case has no replies of accounting systems.

    def _redacted_dossier(self, entry: TimelineEntry) -> Document:
        data: Document = self.aliases.redact(json_of(entry.data))
        data["form"]["version"] = self._form_version(data["form"]["version"])
        return data

    def _add_complements(self, data: Document) -> None:
        before = {**self.dossier, "revision": self.dossier["revision"] + 1}
        self.after.append({"compléments": changed_parts(data, before) or None})
        self.dossier = data

    def _form_version(self, version: str) -> str:
        campaign = self.context.campaign
        same = campaign is None or version == campaign.form_version
        return examples.FORM_VERSION if same else "autre"

    def _add_closing(self, exercise: int) -> None:
        """Add a closing once, at the first of its pages that concerned the dossier."""
        if exercise not in self.closed:
            self.closed.add(exercise)
            self.after.append({"clôture": {"exercice": exercise, "le": f"20/01/{exercise + 1}"}})

    def _add_request(self, name: str, data: Document) -> None:
        follow_up = event_fields.BY_EVENT[name]
        steps = self.after if self.deposited else self.before  # A convention may come first.
        self.counts[follow_up.label] += 1
        fields = write(
            follow_up.fields,
            data,
            follow_up.default_for(self.counts[follow_up.label], self.dossier),
        )
        steps.append({follow_up.label: fields} if fields else follow_up.label)

    def _add_answer(self, name: str, data: Document) -> None:
        if name == "DossierReceived" and self._waited_for_report():
            self.after.append(self._report())
        if name == "FundingDeferred":
            self._add_missing_credits(data)
        if name == "FundingGranted":
            self.after += self._released_after(data)
        self.events.append((name, data))

    def _add_missing_credits(self, deferred: Document) -> None:
        """Add an empty envelope for the second exercise where credits were missing [ENV-03]."""
        if any(reason["rule"] == "ENV-03" for reason in deferred["reasons"]):
            exercise = start_year(deferred["school_year"]) + 1
            self.before.append({"enveloppe": {"exercice": exercise, "montant": "0,00"}})

    def _released_after(self, granted: Document) -> Iterator[Step]:
        """Yield the events that a deferred grant waited for: its bareme, the credits."""
        year = granted["school_year"]
        rules_waited_for = {
            reason["rule"]
            for data in self._answers("FundingDeferred")
            if data["school_year"] == year
            for reason in data["reasons"]
        }
        if "PRX-07" in rules_waited_for:
            yield from self._bareme(start_year(year))
        if "ENV-03" in rules_waited_for:
            charge = granted["envelopes"][-1]
            amount = amount_text(charge["amount"])
            yield {"enveloppe": {"exercice": charge["exercise"], "montant": amount}}

    def _bareme(self, year: int) -> Iterator[Step]:
        """Yield the publication of the bareme of a year that is not built in."""
        follow_up = event_fields.BY_EVENT["BaremePublished"]
        if bareme := self.context.baremes.get(year):
            amounts = json_of(bareme) | {"start_year": year}
            yield {follow_up.label: write(follow_up.fields, amounts, dict.fromkeys(amounts))}

    def _add_preconditions(self) -> None:
        """Add the events before the deposit that these answers need."""
        if self.context.report_received_on and not self._waited_for_report():
            self.before.append(self._report())
        if self._waited_for_report() and not self.dossier["previous_clas"]:
            self.before.append(
                _agrement_of(school_year(start_year(self.dossier["school_year"]) - 1))
            )
        if "REC-11" in self._rules("DossierRejected", "grounds"):
            self.before.append({"agrément en cours": {"jusqu’à": self.dossier["school_year"]}})
        if "COM-14" in self._rules("EligibilityAssessed", "findings", outcome="review"):
            self.before.append("dossier semblable")
        waited = {data["school_year"] for data in self._answers("FundingDeferred")}
        priced = [*self._answers("FundingForecast"), *self._answers("FundingGranted")]
        for year in sorted({data["school_year"] for data in priced} - waited):
            if (start := start_year(year)) not in PARAMETERS.baremes.values:
                self.before += self._bareme(start)

    def _waited_for_report(self) -> bool:
        """Return whether the dossier was held for the interim report."""
        return any(data["waits_for"] == "interim_report" for data in self._answers("DossierHeld"))

    def _rules(self, name: str, key: str, **values: str) -> set[str]:
        return {
            item["rule"]
            for data in self._answers(name)
            for item in data[key]
            if values.items() <= item.items()
        }

    def _report(self) -> Step:
        day = self.context.report_received_on
        return {"bilan intermédiaire": {"reçu le": day_text(day.isoformat())} if day else None}

    def _answers(self, name: str) -> list[Document]:
        return [data for event, data in self.events if event == name]


def _agrement_of(year: str) -> Step:
    """Return the agrement of the gestionnaire for one school year, by which it had a Clas then."""
    return {"agrément en cours": {"année scolaire": year, "jusqu’à": year}}


def changed_parts(dossier: Document, before: Document) -> Document:
    """Return the parts of a dossier that differ from another one, under the labels of a case."""
    year = start_year(dossier["school_year"])
    parts: Document = {
        "dossier": write(dossier_fields.DOSSIER, dossier, before),
        "gestionnaire": write(
            dossier_fields.GESTIONNAIRE, dossier["gestionnaire"], before["gestionnaire"]
        ),
        "projet": write(dossier_fields.PROJECT, dossier["project"], before["project"]),
        "budget": write(event_fields.BUDGET, dossier, before),
    }
    if dossier["collectifs"] != before["collectifs"]:
        parts["collectifs"] = [_collectif(collectif, year) for collectif in dossier["collectifs"]]
    if dossier["bonus_requests"] != before["bonus_requests"]:
        nothing = {"kind": None, "collectifs": None, "description": None}
        parts["bonus demandés"] = [
            write(dossier_fields.BONUS_REQUEST, request, nothing)
            for request in dossier["bonus_requests"]
        ]
    return {part: content for part, content in parts.items() if content or part == "bonus demandés"}


def _collectif(document: Document, year: int) -> Document:
    name = document["collectif_id"]
    return {
        "nom": name,
        **write(dossier_fields.COLLECTIF, document, examples.collectif(year, name)),
    }


def json_of(data: BaseModel | None) -> Document:
    """Return data of the wire as the JSON that it travels in."""
    assert data is not None  # Entries without data were left out.
    document: Document = json.loads(data.model_dump_json())
    return document
