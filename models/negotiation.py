"""The negotiation with one endpoint: which terms it takes is learned once, for all requests.

A refusal that says what is not taken changes the terms at once. One that says nothing is followed
by trials, as long as the endpoint never answered: an endpoint that has answered takes these terms,
and refuses something else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models.failure import status_of
from models.learning import learned, room_for, untold
from models.refusal import concerns_prompt
from models.terms import JSON_SCHEMA, SCHEMA, Terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import BaseMessage

FAILURES = 4
"""Answers with a status of 500 in a row, and none other ever, after which trials are made."""

DOUBTS = 3
"""Refusals of the format in a row after which an endpoint that once took it no longer does."""


@dataclass(frozen=True, slots=True)
class Offer:
    """How a request is sent: on which terms, and with which limit for its answer in tokens.

    `trials` are the terms to try next, where these are a trial themselves.
    """

    terms: Terms
    limit: int
    trials: Iterator[Terms] | None = None


@dataclass(slots=True)
class Negotiation:
    """What was learned of an endpoint; `notices` says each change once, as a person reads it."""

    terms: Terms = field(default_factory=Terms)
    notices: list[str] = field(default_factory=list)
    is_settled: bool = False
    _is_tried: bool = False
    _failures: int = 0
    _doubts: int = 0

    def first(self, wanted: int, messages: "Sequence[BaseMessage]") -> Offer:
        """Return how a request is sent whose answer may take so many tokens."""
        return Offer(self.terms, self.terms.limit(wanted, messages))

    def accept(self, offer: Offer) -> None:
        """Take in that the endpoint answered."""
        if offer.trials:
            self._adopt(_joined(self.terms, offer.terms))
        self.is_settled = True
        self._failures = self._doubts = 0

    def after(
        self,
        offer: Offer,
        error: Exception,
        sent: Mapping[str, Any],
        messages: "Sequence[BaseMessage]",
    ) -> Offer | None:
        """Return how to send the refused request again; None where it is refused for good."""
        if offer.trials is not None:
            return self._trial(offer, offer.trials)
        terms = learned(offer.terms, error, sent, offer.limit)
        if terms is not None and self._is_sure(offer.terms, terms):
            again = Offer(terms, terms.limit(offer.limit, messages))
            is_new = terms != offer.terms and terms.context == offer.terms.context
            if is_new or again.limit < offer.limit:
                self._adopt(_joined(self.terms, terms))
                return again
        if room := room_for(error, offer.limit):
            return Offer(offer.terms, room)
        if terms is not None or not self._is_worth_trials(error):
            return None
        return self._trial(offer, untold(offer.terms, error, sent))

    def _trial(self, offer: Offer, trials: Iterator[Terms]) -> Offer | None:
        terms = next(trials, None)
        self._is_tried = terms is None
        return None if terms is None else Offer(terms, offer.limit, trials)

    def _is_worth_trials(self, error: Exception) -> bool:
        """Return whether this may be about a setting though it does not say so."""
        fails = (status_of(error) or 0) >= 500
        self._failures += fails
        may_be = self._failures >= FAILURES if fails else concerns_prompt(error)
        return may_be and not (self.is_settled or self._is_tried)

    def _is_sure(self, before: Terms, after: Terms) -> bool:
        """Return whether one refusal is enough: an endpoint may refuse one bad answer's format."""
        formats = {JSON_SCHEMA, SCHEMA} & (after.left_out - before.left_out)
        if not (formats and self.is_settled):
            return True
        self._doubts += 1
        return self._doubts >= DOUBTS

    def _adopt(self, terms: Terms) -> None:
        self.notices += terms.changes(self.terms)
        self.terms = terms


def _joined(known: Terms, learned_now: Terms) -> Terms:
    """Return the terms that hold what both say; the lower limits count."""

    def least(name: str) -> int | None:
        values = [v for one in (known, learned_now) if (v := getattr(one, name)) is not None]
        return min(values, default=None)

    return Terms(
        known.left_out | learned_now.left_out,
        known.streams or learned_now.streams,
        least("most_seed"),
        least("most_tokens"),
        least("context"),
    )
