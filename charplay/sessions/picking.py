"""Answers as a person names them: by number, range, label or text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from charplay.errors import UsageError
from charplay.sessions.tree import Reply, Turn
from charplay.text.typed.typography import comparing_form

# `3`, `2-4`, `7/3`, `7/2-4`.
_NUMBERS = re.compile(r"(?:([0-9]{1,20})/)?([0-9]{1,18})(?:-([0-9]{1,18}))?")
_DASH = re.compile(r"(?<=[0-9])\s*[-–]\s*(?=[0-9])")
_BETWEEN = re.compile(r"[\s,]+")
_ALL = "all"
_MOST_NAMED, _LONGEST_SHOWN = 8, 60


@dataclass(frozen=True)
class PickedAnswer:
    """One answer of a turn."""

    turn: Turn
    reply: Reply


def pick_answers(
    words: Sequence[str], near: Turn, others: Iterable[Turn], command: str
) -> list[PickedAnswer]:
    """The answers that words name, each once; the only one of the turn `near` for no words.

    Numbers and ranges mean answers of `near`, and `all` each of them. A label or a text is looked
    for there first, then in `others`. `command` is what the words were typed after. Raises
    UsageError where an answer is missing, or where several are as good.
    """
    text = " ".join(words).strip()
    if not text:
        return [_only_answer(near, command)]
    if text == _ALL:
        return [PickedAnswer(near, reply) for reply in near.said.replies]
    turns = _Turns(near, others)
    parts = [part for part in _BETWEEN.split(_DASH.sub("-", text)) if part]
    if not any(map(_NUMBERS.fullmatch, parts)) and (found := _with_text(text, turns)):
        return found
    picked = [one for part in parts for one in _named(part, near, turns)]
    return list({(one.turn.number, one.reply.number): one for one in picked}.values())


class _Turns:
    """The turn meant, then the others, which are read when the first of them is asked for."""

    def __init__(self, near: Turn, others: Iterable[Turn]) -> None:
        self._near, self._others = near, others
        self._read: list[Turn] | None = None

    def __iter__(self) -> Iterator[Turn]:
        yield self._near
        if self._read is None:
            self._read = list(self._others)
        yield from self._read


def _only_answer(near: Turn, command: str) -> PickedAnswer:
    replies = near.said.replies
    if len(replies) > 1:
        raise UsageError(
            f"which of the {len(replies):,} answers?", f"`{command} {replies[0].number}`"
        )
    return PickedAnswer(near, replies[0])


def _named(part: str, near: Turn, turns: _Turns) -> list[PickedAnswer]:
    """The answers that one number, range, label or text names."""
    numbers = _NUMBERS.fullmatch(part)
    if numbers is None:
        found = _with_text(part, turns)
        if not found:
            raise UsageError(f"no answer has the text {_shorten(part)!r}", _names_of(near))
        return found
    seed, first, last = numbers.groups()
    low, high = sorted((int(first), int(last or first)))
    for turn in turns if seed else (near,):
        found = [
            PickedAnswer(turn, reply)
            for reply in turn.said.replies
            if low <= reply.number <= high and seed in (None, str(turn.said.seed))
        ]
        if found:
            return found
    where = "the session" if seed else f"turn {near.number}"
    raise UsageError(f"{where} has no answer {part}", _names_of(near))


def _names_of(near: Turn) -> str:
    """The numbers that can be typed, as a hint."""
    numbers = [f"{reply.number:,}" for reply in near.said.replies]
    more = f" and {len(numbers) - _MOST_NAMED:,} more" if len(numbers) > _MOST_NAMED else ""
    return (
        f"turn {near.number} has {', '.join(numbers[:_MOST_NAMED])}{more}; `tree` shows the turns"
    )


def _with_text(text: str, turns: _Turns) -> list[PickedAnswer]:
    """The answer that is that text, else the one that holds it; none where there is none."""
    wanted = _form(text)
    for whole in (True, False):
        for turn in turns:
            found = list(_matching(wanted, turn, whole))
            if len(found) > 1 and not whole:
                labels = ", ".join(str(one.reply.number) for one in found[:_MOST_NAMED])
                raise UsageError(
                    f"{len(found):,} answers of turn {turn.number} hold {_shorten(text)!r}",
                    f"type more of it, or a number: {labels}",
                )
            if found:
                return found[:1]
    return []


def _matching(wanted: str, turn: Turn, whole: bool) -> Iterator[PickedAnswer]:
    """The answers of a turn that are a text, or hold it."""
    for reply in turn.said.replies:
        forms = {_form(reply.text), _form(turn.said.whole(reply))}
        if wanted in forms if whole else any(wanted in form for form in forms):
            yield PickedAnswer(turn, reply)


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _form(text: str) -> str:
    """The text by which answers are compared, its lines and blanks alike."""
    return comparing_form(" ".join(text.split()))
