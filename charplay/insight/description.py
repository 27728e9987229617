"""Describing names: how plausible, how new, near which known name, and how they sound."""

from collections.abc import Sequence

from charplay.generation.generator import Answer
from charplay.insight.described_name import Claim, DescribedName, SoundingName
from charplay.insight.known_names import KnownNames
from charplay.insight.score import centile_of, name_losses
from charplay.insight.stems import stems_claimed
from charplay.models.contract import Model


def describe_names(
    model: Model,
    answers: Sequence[Answer],
    known: KnownNames,
    held_out_quantiles: Sequence[float],
    sounds: bool = False,
) -> list[DescribedName]:
    """The answers in their order, each with what is known of it; SoundingNames with `sounds`.

    `held_out_quantiles` are those of the model's header, by which a name is ranked.
    """
    texts = [answer.text for answer in answers]
    losses = name_losses(model, [model.vocabulary.admit(text).text for text in texts])
    nearest = known.spelling_index.nearest(texts)
    described = [
        DescribedName(
            text=answer.text,
            loss=round(loss, 4),
            centile=centile_of(loss, held_out_quantiles),
            listed=known.status(answer.text),
            nearest=near.name if near else None,
            edits=near.edits if near else None,
            seed=answer.seed,
            number=answer.number,
            label=answer.label,
            stopped=answer.stopped,
        )
        for answer, loss, near in zip(answers, losses, nearest, strict=True)
    ]
    return list(_add_sounds(described, known)) if sounds else described


def _add_sounds(described: Sequence[DescribedName], known: KnownNames) -> list[SoundingName]:
    nearest = known.sound_index.nearest([name.text for name in described])
    return [
        SoundingName(
            **vars(name),
            sounds_like=near.name if near else None,
            sound_edits=near.edits if near else None,
            stems=tuple(Claim(str(stem), stem.meaning) for stem in stems_claimed(name.text)),
        )
        for name, near in zip(described, nearest, strict=True)
    ]
