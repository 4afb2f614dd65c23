"""A stored dossier as a legal case: what it was, what happened, and what the services answered."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel

from services.cli.cases import dossier_fields as vocabulary
from services.cli.cases import event_fields as steps
from services.cli.cases import examples as sound
from services.cli.cases.anonymise import Aliases
from services.cli.cases.mapping import CaseError, Document, amount_text, day_text, write
from services.cli.cases.then import Said, observed
from services.cli.dossier.timeline import TimelineEntry
from services.cli.rules.catalogue import rules
from services.funding.domain.states import PublishedBareme
from services.funding.service import PARAMETERS
from shared.contracts.caf import CampaignOpened
from shared.contracts.registry import BY_NAME, SERVICES

OURS = {*SERVICES, "any"}
# Answers on a Caf's own business: a dossier's records do not hold them all.
ELSEWHERE = ("clôture", "autres demandes")
RULE = re.compile(r"\b[A-Z]{3}-[A-Z]?\d{1,2}\b")
Step = Document | str


@dataclass(frozen=True, slots=True)
class DossierContext:
    """What the services keep beside a dossier and its answers depend on."""

    campaign: CampaignOpened | None = None
    report_received_on: date | None = None
    baremes: Sequence[PublishedBareme] = ()


def export_case(facts: Sequence[TimelineEntry], around: DossierContext) -> Document:
    """Return the facts of one dossier as a case, without personal data.

    Raises:
        CaseError: when the system never got the dossier itself (an agrement older than it).
    """
    known = [fact for fact in facts if fact.data is not None and not fact.was_duplicate]
    if not any(fact.name == "DossierSubmitted" for fact in known):
        msg = "le système n’a jamais reçu ce dossier : il n’y a pas de cas à en tirer"
        raise CaseError(msg)
    return _CaseBuilder(around).case(known)


@dataclass(slots=True)
class _CaseBuilder:
    """A case while its facts are told one after another."""

    context: DossierContext
    aliases: Aliases = field(default_factory=Aliases)
    before: list[Step] = field(default_factory=list)
    after: list[Step] = field(default_factory=list)
    events: list[Said] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    closed: set[int] = field(default_factory=set)
    given: Document = field(default_factory=dict)
    deposit: str = ""
    deposited: bool = False
    dossier: Document = field(default_factory=dict)

    def case(self, facts: Sequence[TimelineEntry]) -> Document:
        """Return the whole case."""
        campaign = self._campaign(facts)
        self._deposit(next(fact for fact in facts if fact.name == "DossierSubmitted"))
        for fact in facts:
            self._tell(fact)
        year = self.dossier["school_year"]
        self._needed_before()
        expected = observed(self.events, sound.DOSSIER_ID, year)
        given = {"campagne": campaign, "avant": self.before, **self.given}
        case = {
            "nom": f"Cas tiré d’un dossier de {year}",
            "période": year,
            "règles": sorted({*RULE.findall(json.dumps(expected))} & rules().keys()),
            "étant donné": {part: told for part, told in given.items() if told},
            "ensuite": self.after,
            "attendu": {q: answer for q, answer in expected.items() if q not in ELSEWHERE},
        }
        return {part: told for part, told in case.items() if told or part == "attendu"}

    def _campaign(self, facts: Sequence[TimelineEntry]) -> Any:
        """Return the campaign with the terms that the dossier was received under."""
        if self.context.campaign is None:
            return "absente"
        opened = json_of(self.context.campaign)
        for fact in facts:
            if fact.name == "DossierReceived":
                opened |= json_of(fact.data)["campaign"]
        told = self.aliases.redacted(opened) | {"form_version": vocabulary.FORM_VERSION}
        return write(vocabulary.CAMPAIGN, told, sound.campaign(_start(told["school_year"])))

    def _deposit(self, fact: TimelineEntry) -> None:
        self.dossier = self._redacted_dossier(fact)
        self.given = described(self.dossier, sound.dossier(_start(self.dossier["school_year"])))
        self.deposit = fact.id

    def _tell(self, fact: TimelineEntry) -> None:
        data = self.aliases.redacted(json_of(fact.data))
        spec = BY_NAME[fact.name]
        if fact.id == self.deposit:
            self.deposited = True
        elif fact.name == "DossierSubmitted":
            self._revised(self._redacted_dossier(fact))
        elif fact.name == "ClosingContinued":
            self._closing(int(data["exercise"]))
        elif spec.producer not in OURS:
            self._happened(fact.name, data)
        elif not spec.internal:
            self._answered(fact.name, data)

    def _redacted_dossier(self, fact: TimelineEntry) -> Document:
        data: Document = self.aliases.redacted(json_of(fact.data))
        data["form"]["version"] = self._form_version(data["form"]["version"])
        return data

    def _revised(self, data: Document) -> None:
        before = {**self.dossier, "revision": self.dossier["revision"] + 1}
        self.after.append({"compléments": described(data, before) or None})
        self.dossier = data

    def _form_version(self, version: str) -> str:
        campaign = self.context.campaign
        same = campaign is None or version == campaign.form_version
        return vocabulary.FORM_VERSION if same else "autre"

    def _closing(self, exercise: int) -> None:
        """Tell a closing once, where its first page passed over the dossier."""
        if exercise not in self.closed:
            self.closed.add(exercise)
            self.after.append({"clôture": {"exercice": exercise, "le": f"20/01/{exercise + 1}"}})

    def _happened(self, name: str, data: Document) -> None:
        step = steps.BY_EVENT[name]
        told = self.after if self.deposited else self.before  # A convention may come first.
        self.counts[step.label] += 1
        words = write(step.words, data, step.nth(self.counts[step.label], self.dossier))
        told.append({step.label: words} if words else step.label)

    def _answered(self, name: str, data: Document) -> None:
        if name == "DossierReceived" and self._answers("DossierHeld"):
            self.after.append(self._report())
        if name == "FundingDeferred":
            self._credits(data)
        if name == "FundingGranted":
            self.after += self._what_was_missing(data)
        self.events.append((name, data))

    def _credits(self, deferred: Document) -> None:
        """Tell that the credits were short: none were left on the second exercise."""
        if any(reason["rule"] == "ENV-03" for reason in deferred["reasons"]):
            exercise = _start(deferred["school_year"]) + 1
            self.before.append({"enveloppe": {"exercice": exercise, "montant": "0,00"}})

    def _what_was_missing(self, granted: Document) -> Iterator[Step]:
        """Tell what let a grant in that had to wait: its bareme, the credits."""
        year = granted["school_year"]
        waited = {
            reason["rule"]
            for data in self._answers("FundingDeferred")
            if data["school_year"] == year
            for reason in data["reasons"]
        }
        if "PRX-07" in waited:
            yield from self._bareme(_start(year))
        if "ENV-03" in waited:
            charge = granted["envelopes"][-1]
            amount = amount_text(charge["amount"])
            yield {"enveloppe": {"exercice": charge["exercise"], "montant": amount}}

    def _bareme(self, year: int) -> Iterator[Step]:
        """Tell the publication of the bareme of a year that is not built in."""
        step = steps.BY_EVENT["BaremePublished"]
        for published in self.context.baremes:
            if published.start_year == year:
                amounts = json_of(published.bareme) | {"start_year": year}
                yield {step.label: write(step.words, amounts, dict.fromkeys(amounts))}

    def _needed_before(self) -> None:
        """Tell what must stand before the deposit for these answers."""
        if self.context.report_received_on and not self._answers("DossierHeld"):
            self.before.append(self._report())
        if "REC-11" in self._rules("DossierRejected", "grounds"):
            self.before.append({"agrément en cours": {"jusqu’à": self.dossier["school_year"]}})
        if "COM-14" in self._rules("EligibilityAssessed", "findings", outcome="review"):
            self.before.append("dossier semblable")
        waited = {data["school_year"] for data in self._answers("FundingDeferred")}
        for data in self._answers("FundingGranted"):
            start = _start(data["school_year"])
            if data["school_year"] not in waited and start not in PARAMETERS.baremes.values:
                self.before += self._bareme(start)

    def _rules(self, name: str, of: str, **wanted: str) -> set[str]:
        return {
            each["rule"]
            for data in self._answers(name)
            for each in data[of]
            if wanted.items() <= each.items()
        }

    def _report(self) -> Step:
        day = self.context.report_received_on
        return {"bilan intermédiaire": {"reçu le": day_text(day.isoformat())} if day else None}

    def _answers(self, name: str) -> list[Document]:
        return [data for each, data in self.events if each == name]


def described(dossier: Document, before: Document) -> Document:
    """Return the parts of a dossier that differ from another one, in the words of a case."""
    year = _start(dossier["school_year"])
    parts: Document = {
        "dossier": write(vocabulary.DOSSIER, dossier, before),
        "gestionnaire": write(
            vocabulary.GESTIONNAIRE, dossier["gestionnaire"], before["gestionnaire"]
        ),
        "projet": write(vocabulary.PROJECT, dossier["project"], before["project"]),
        "budget": write(steps.BUDGET, dossier, before),
    }
    if dossier["collectifs"] != before["collectifs"]:
        parts["collectifs"] = [_collectif(each, year) for each in dossier["collectifs"]]
    if dossier["bonus_requests"] != before["bonus_requests"]:
        nothing = {"kind": None, "collectifs": None, "description": None}
        parts["bonus demandés"] = [
            write(vocabulary.BONUS_REQUEST, each, nothing) for each in dossier["bonus_requests"]
        ]
    return {part: told for part, told in parts.items() if told or part == "bonus demandés"}


def _collectif(document: Document, year: int) -> Document:
    name = document["collectif_id"]
    return {"nom": name, **write(vocabulary.COLLECTIF, document, sound.collectif(year, name))}


def json_of(data: BaseModel | None) -> Document:
    """Return data of the wire as the JSON that it travels in."""
    assert data is not None  # Facts without data were left out.
    document: Document = json.loads(data.model_dump_json())
    return document


def _start(school_year: str) -> int:
    return int(school_year[:4])
