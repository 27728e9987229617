"""Which backend learns a text, and how, where nobody says: backends propose, the best is taken."""

from collections.abc import Iterable, Mapping

from charplay.errors import UsageError
from charplay.models.contract import Backend
from charplay.options import options_of
from charplay.plan import Plan, Proposal, Stage, TextChoice, TextFacts, usual_plan
from charplay.text.corpus import Corpus


def facts_of(corpus: Corpus) -> TextFacts:
    """What backends are told of a text."""
    return TextFacts(corpus.kind, corpus.size, corpus.characters, len(corpus.vocabulary))


def propose_usual(backend: Backend, facts: TextFacts, minutes: float | None) -> Proposal:
    """What a backend proposes, or the usual plan of one that proposes nothing."""
    proposal = backend.propose(facts, minutes)
    if proposal is not None:
        return proposal
    plan = usual_plan(facts.kind, facts.characters).with_minutes(minutes)
    return Proposal("", plan, {}, minutes or 0, 1)


def choose_proposal(
    backends: Mapping[str, Backend],
    facts: TextFacts,
    minutes: float | None,
    set_options: Iterable[str],
) -> tuple[Backend, Proposal]:
    """The backend that expects the best model of those that can train here, and its proposal.

    It has all the options that are set. Raises UsageError where there is none.
    """
    ready = [backend for backend in backends.values() if not backend.missing()]
    able = [backend for backend in ready if _has_options(backend, set_options)]
    offers = [(backend, backend.propose(facts, minutes)) for backend in able or ready]
    proposals = [(backend, offer) for backend, offer in offers if offer is not None]
    if not proposals:
        raise UsageError("no backend here proposes how to train", "`backends` shows what they need")
    return min(proposals, key=lambda each: (each[1].expected, each[0].name))


def _has_options(backend: Backend, names: Iterable[str]) -> bool:
    homes = (backend.Config, Plan, Stage, TextChoice)
    known = {option.typed_name for home in homes for option in options_of(home)}
    return all(name.replace("_", "-") in known for name in names)
