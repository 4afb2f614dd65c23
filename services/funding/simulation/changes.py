"""The changes of a simulation: parameters of funding, and messages that carry some of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel

from services.funding.domain.parameters import Bareme, FundingParameters, Shares
from shared.contracts.caf import BaremePublished, EnvelopeAllotted
from shared.contracts.envelope import decode, encode, routing_key
from shared.kernel.effective_dated import ByStartYear, UnknownYearError
from shared.kernel.messages import IncomingMessage
from shared.kernel.money import half_up

P = TypeVar("P", bound=BaseModel)
SOURCE = "Simulation"
PRICES = ("plafond", "ps_max", "bonus_enfants", "bonus_parents")
Envelopes = Mapping[tuple[str, int], Decimal | None]


class ChangeError(ValueError):
    """The changes cannot be simulated; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes for one school year; None leaves a value as it is. In euros.

    `envelopes` holds, by Caf and exercise, the total from the beginning; None: no limit.
    """

    start_year: int
    plafond: Decimal | None = None
    ps_max: Decimal | None = None
    bonus_enfants: Decimal | None = None
    bonus_parents: Decimal | None = None
    rate: Decimal | None = None
    part_n: Decimal | None = None
    envelopes: Envelopes = field(default_factory=dict)

    def parameters(self, today: FundingParameters) -> FundingParameters:
        """Return the built-in parameters with the changes of this school year.

        Raises:
            ChangeError: when no share is known for that year.
        """
        year, built_in = self.start_year, today.baremes.for_year(self.start_year)
        shares = _of_one_year(today.shares, year, self._shares(self._today(today)))
        bareme = self._bareme(built_in, today) if built_in else self._whole_bareme()
        if bareme is None:
            return replace(today, shares=shares)
        baremes = replace(today.baremes, values={**today.baremes.values, year: bareme})
        return replace(today, shares=shares, baremes=baremes)

    def messages(
        self, arrived: Iterable[IncomingMessage], today: FundingParameters
    ) -> list[IncomingMessage]:
        """Return the messages, changed: the envelopes first, the bareme of the year replaced."""
        others = [
            self._published(message, today) for message in arrived if not self._replaced(message)
        ]
        totals = sorted(self.envelopes.items())
        return [*(_allotted(c, e, total) for (c, e), total in totals if total is not None), *others]

    def _today(self, today: FundingParameters) -> Shares:
        try:
            return today.shares.in_force_on(self.start_year)
        except UnknownYearError as fault:
            raise ChangeError(str(fault)) from None

    def _shares(self, shares: Shares) -> Shares:
        changed = {"ps": self.rate, "part_n": self.part_n}
        return _with(shares, {name: share for name, share in changed.items() if share is not None})

    def _prices(self) -> dict[str, Decimal]:
        prices = {name: getattr(self, name) for name in PRICES}
        return {name: price for name, price in prices.items() if price is not None}

    def _bareme(self, bareme: Bareme, today: FundingParameters) -> Bareme:
        """Return a bareme with the changes; its Ps max follows plafond and rate unless given."""
        prices, before = self._prices(), self._today(today).ps
        rate, plafond = self._shares(self._today(today)).ps, prices.get("plafond", bareme.plafond)
        if self.ps_max is None and (rate, plafond) != (before, bareme.plafond):
            prices["ps_max"] = half_up(rate * plafond)
        return _with(bareme, prices)

    def _whole_bareme(self) -> Bareme | None:
        """Return the bareme of a year without one, if all its prices are given."""
        prices = self._prices()
        return Bareme(**prices, source=SOURCE) if len(prices) == len(PRICES) else None

    def _published(self, message: IncomingMessage, today: FundingParameters) -> IncomingMessage:
        """Return a message; in one that publishes the bareme of the year the prices are changed."""
        if not _is(message, BaremePublished):
            return message
        event = decode(message.body)
        published = event.data
        assert isinstance(published, BaremePublished)
        if published.start_year != self.start_year:
            return message
        bareme = Bareme(**published.model_dump(exclude={"start_year"}))
        changed = self._bareme(bareme, today).model_dump(include=set(PRICES), mode="json")
        document = orjson.loads(message.body)
        document["data"] |= changed
        return replace(message, body=orjson.dumps(document))

    def _replaced(self, message: IncomingMessage) -> bool:
        if not _is(message, EnvelopeAllotted):
            return False
        allotted = decode(message.body).data
        assert isinstance(allotted, EnvelopeAllotted)
        return (allotted.caf, allotted.exercise) in self.envelopes


def _is(message: IncomingMessage, event: type[Any]) -> bool:
    return message.routing_key.startswith(f"{event.__name__}.")


def _allotted(caf: str, exercise: int, total: Decimal) -> IncomingMessage:
    """Return the message that allots an envelope, older than any other one."""
    body = encode(
        EnvelopeAllotted(caf=caf, exercise=exercise, amount=total),
        id=f"simulation-{caf}-{exercise}",
        source="/clas/simulation",
        time="2000-01-01T00:00:00Z",
    )
    return IncomingMessage(body, routing_key("EnvelopeAllotted", caf))


def _of_one_year(dated: ByStartYear[P], year: int, value: P) -> ByStartYear[P]:
    """Return dated values with another one for this year only: the next year keeps its own."""
    following = dated.in_force_on(year + 1)
    return replace(dated, values={year + 1: following, **dated.values, year: value})


def _with(model: P, changed: Mapping[str, Decimal]) -> P:
    """Return a validated copy of a parameter with changes; `model_copy` does not validate."""
    source = {"source": SOURCE} if changed else {}
    return type(model).model_validate({**model.model_dump(), **changed, **source})
