"""Which backend learns a text, and how, where nobody says: backends propose, the best is taken."""

from collections.abc import Iterable, Mapping

from charplay.errors import UsageError
from charplay.models.contract import Backend
from charplay.options import options_of
from charplay.plan import Plan, Proposal, Stage, TextChoice, TextFacts
from charplay.text.corpus import Corpus


def facts_of(corpus: Corpus) -> TextFacts:
    """What backends are told of a text."""
    return TextFacts(corpus.kind, corpus.size, corpus.characters, len(corpus.vocabulary))


def choose_proposal(
    backends: Mapping[str, Backend],
    facts: TextFacts,
    minutes: float | None,
    set_options: Iterable[str],
    mixed: bool = True,
) -> tuple[Backend, Proposal]:
    """The backend that expects the best model of those that can train here, and its proposal.

    It has all the options that are set, and no parts unless `mixed`. Raises UsageError where there
    is none.
    """
    ready = [backend for backend in backends.values() if not backend.missing()]
    if not ready:
        raise UsageError("no backend can train here", "`backends` shows what they need")
    able = [backend for backend in ready if _has_options(backend, set_options)]
    offers = [(backend, backend.propose(facts, minutes)) for backend in able or ready]
    proposals = [
        (backend, offer)
        for backend, offer in offers
        if offer is not None and (mixed or not offer.plan.parts)
    ]
    if not proposals:
        raise UsageError("no backend here has a model at once", "leave out --quick")
    return min(proposals, key=_preference)


def propose_with(backend: Backend, facts: TextFacts, minutes: float | None) -> Proposal:
    """What one backend proposes; UsageError where it needs more time."""
    proposal = backend.propose(facts, minutes)
    if proposal is None:
        raise UsageError(f"{backend.name} has no model at once", "leave out --quick")
    return proposal


def _preference(offer: tuple[Backend, Proposal]) -> tuple[float, int, str]:
    """A sort key: the best model first, then what needs the fewest packages."""
    backend, proposal = offer
    return proposal.expected, len(backend.requires), backend.name


def _has_options(backend: Backend, names: Iterable[str]) -> bool:
    homes = (backend.Config, Plan, Stage, TextChoice)
    known = {option.typed_name for home in homes for option in options_of(home)}
    return all(name.replace("_", "-") in known for name in names)
