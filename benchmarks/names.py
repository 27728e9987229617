"""How long does it take to find the nearest existing name, compared with a plain loop over pairs?

Both use the distance of the same library: the index computes many pairs at once, the loop one pair
at a time.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz.distance import OSA

from benchmarks.runs import REGISTRY
from benchmarks.timing import Row, measure_seconds, time_alternately
from charplay.insight.nearest import NameIndex
from charplay.plan import TextChoice
from charplay.text.corpus import NameList, load_corpus


def measure(quick: bool) -> list[Row]:
    """Find the nearest surnames of other surnames; the time includes building the index."""
    known, asked = _pick_surnames(1000 if quick else 10_000, 50 if quick else 1000)
    expected = [(near.name, near.edits) for near in NameIndex(known).nearest(asked) if near]
    assert expected == plain_loop(known, asked)
    seconds = time_alternately(
        lambda: NameIndex(known).nearest(asked),
        lambda: plain_loop(known, asked),
        1 if quick else 9,
    )
    ours, plain = seconds.medians
    return [
        constrained_row(quick),
        Row(
            f"nearest of {len(known):,} names to each of {len(asked):,}",
            f"{ours:.3f} s",
            f"plain loop: {plain:.2f} s",
            seconds.spread,
            "well under 1 s",
        ),
    ]


def constrained_row(quick: bool) -> Row:
    """Wall time of 1,000 constrained names, each with its nearest of 10,000 other names."""
    count = 50 if quick else 1000
    with tempfile.TemporaryDirectory() as folder:
        others = Path(folder) / "others.txt"
        others.write_text("\n".join(_pick_surnames(10_000, 0)[0]))
        words = f"names dinosaurs -n {count} --starts a --max-length 12 --against {others}".split()
        seconds = sorted(
            measure_seconds(lambda: _charplay(*words)) for _ in range(1 if quick else 5)
        )
    return Row(
        f"{count:,} constrained names, each with its nearest of 10,000, whole process",
        f"{seconds[len(seconds) // 2]:.2f} s",
        "–",
        "–",
        "under 2 s for 1,000",
    )


def _charplay(*words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "charplay", *words], check=True, stdout=subprocess.DEVNULL
    )


def plain_loop(known: Sequence[str], asked: Sequence[str]) -> list[tuple[str, int]]:
    """(nearest known name, distance) for each name, one pair at a time."""
    found = []
    for name in asked:
        least, nearest = OSA.distance(name, known[0]), known[0]
        for other in known[1:]:
            distance = OSA.distance(name, other)
            if distance < least:
                least, nearest = distance, other
        found.append((nearest, least))
    return found


def _pick_surnames(known: int, asked: int) -> tuple[Sequence[str], Sequence[str]]:
    corpus = load_corpus(TextChoice("surnames"), REGISTRY.corpora)
    assert isinstance(corpus, NameList)
    return corpus.names[:known], corpus.names[known : known + asked]
