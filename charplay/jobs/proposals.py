"""Which backend learns a text, and how, where nobody says: backends propose, the best is taken."""

import logging
import math
from collections.abc import Iterable, Mapping

from charplay.errors import UsageError
from charplay.models.contract import Backend
from charplay.options import options_of
from charplay.plan import Plan, Stage, TextChoice
from charplay.proposal import Proposal, TextFacts

_log = logging.getLogger(__name__)


def choose_proposal(
    backends: Mapping[str, Backend],
    facts: TextFacts,
    minutes: float | None,
    set_options: Iterable[str],
    mixed: bool = True,
) -> tuple[Backend, Proposal]:
    """The backend that expects the best model of those that can train here, and its proposal.

    It has all the options that are set, if any has, and no parts unless `mixed`. Raises UsageError
    where there is none.
    """
    ready = [backend for backend in backends.values() if not backend.missing()]
    if not ready:
        raise UsageError("no backend can train here", "`backends` shows what they need")
    offers = [(backend, _safe_offer(backend, facts, minutes)) for backend in ready]
    proposals = [
        (backend, offer)
        for backend, offer in offers
        if offer is not None and (mixed or not offer.plan.parts)
    ]
    if not proposals:
        raise UsageError("no backend here can train in a second", "leave out --quick")
    names = {name.replace("_", "-") for name in set_options}
    able = [
        (backend, offer)
        for backend, offer in proposals
        if names <= option_homes(backends, backend, offer.plan).keys()
    ]
    return min(able or proposals, key=_preference)


def _safe_offer(backend: Backend, facts: TextFacts, minutes: float | None) -> Proposal | None:
    """What a backend proposes; nothing where it fails, so that the others can."""
    try:
        offer: object = backend.propose(facts, minutes)
    except Exception as error:
        _log.warning("the backend %s cannot propose", backend.name, exc_info=error)
        return None
    return offer if isinstance(offer, Proposal) and math.isfinite(offer.expected) else None


def option_homes(backends: Mapping[str, Backend], backend: Backend, plan: Plan) -> dict[str, type]:
    """Each option that can be set, and the class that declares it; the model's own come first.

    Those of a plan's parts are found in the configurations of their backends.
    """
    parts = [backends[part.backend].Config for part in plan.parts if not part.counted]
    homes = (backend.Config, *parts, Plan, TextChoice)
    known: dict[str, type] = {option.typed_name: Plan for option in options_of(Stage)}
    for home in reversed(homes):
        known |= {option.typed_name: home for option in options_of(home)}
    return known


def propose_with(backend: Backend, facts: TextFacts, minutes: float | None) -> Proposal:
    """What one backend proposes; UsageError where it needs more time."""
    proposal = backend.propose(facts, minutes)
    if proposal is None:
        raise UsageError(f"{backend.name} cannot train in a second", "leave out --quick")
    return proposal


def _preference(offer: tuple[Backend, Proposal]) -> tuple[float, int, str]:
    """A sort key: the best model first, then what needs the fewest packages."""
    backend, proposal = offer
    return proposal.expected, len(backend.requires), backend.name
