"""The memory that training a mix takes at its peak."""

from collections.abc import Callable
from typing import Any

from charplay import Backend, Plan, TextFacts, build
from charplay_mix.weighing import most_weighed

# What counting says of a text that is learned by correcting it: half-precision logits, up to a
# gigabyte.
_PRIOR_NUMBER, _MOST_PRIOR = 2, 1 << 30
# Weighing: the views of two parts, and scratch in twice the precision.
_VIEW_NUMBER = 40


def mix_memory(find: Callable[[str], Backend], plan: Plan, facts: TextFacts) -> int | None:
    """Bytes: the greatest part's, what stays of the others, and what weighing and priors take.

    None where a part does not tell, or the plan has none.
    """
    needs: list[int] = []
    for part in plan.parts:
        backend = find(part.backend)
        config: Any = build(backend.Config, part.config)
        needed = backend.memory_needed(config, part.plan, facts)
        if needed is None:
            return None
        needs.append(needed)
    if not needs:
        return None
    greatest = max(needs)
    stays = (sum(needs) - greatest) // 2
    weighed = min(round(facts.characters * plan.inner), most_weighed(facts.vocabulary))
    corrected = facts.characters * _PRIOR_NUMBER * any(part.corrects for part in plan.parts)
    prior = min(corrected * facts.vocabulary, _MOST_PRIOR)
    return greatest + stays + weighed * facts.vocabulary * _VIEW_NUMBER + prior
