"""Put faults into the code, one at a time, and count those that the tests of its room notice.

    python -m tools.mutants                          200 faults over all rooms
    python -m tools.mutants sessions --count 25      in one room
    python -m tools.mutants --seed 2 --jobs 2        others, in two processes

The same seed gives the same faults for the same code. A room's tests are `tests/ROOM`. What was not
noticed is printed to be looked at: a test is missing, or the fault changes nothing.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tools.mutants.faults import Fault, find_faults
from tools.mutants.rooms import Room, find_rooms, pick_rooms
from tools.mutants.trial import Copy

Mutant = tuple[Room, str, Fault]


def main() -> None:
    given = _read_arguments()
    checkout = Path(__file__).parents[2]
    try:
        rooms = pick_rooms(find_rooms(checkout), given.rooms)
    except ValueError as error:
        sys.exit(f"error: {error}")
    sample = draw_mutants(checkout, rooms, given.count, given.seed)
    together = [
        [mutant for mutant in sample if frozenset(mutant[0].tests) == tests]
        for tests in dict.fromkeys(frozenset(room.tests) for room in rooms)
    ]
    with ThreadPoolExecutor(given.jobs) as pool:
        results = list(pool.map(partial(try_mutants, checkout), filter(None, together)))
    _print_table([result for of_rooms in results for result in of_rooms])


def draw_mutants(checkout: Path, rooms: Sequence[Room], count: int, seed: int) -> list[Mutant]:
    """A sample of all the faults that can be put into these rooms."""
    mutants = [
        (room, module, fault)
        for room in rooms
        for module in room.modules
        for fault in find_faults((checkout / module).read_text(encoding="utf-8"))
    ]
    return random.Random(seed).sample(mutants, min(count, len(mutants)))


def try_mutants(checkout: Path, mutants: Sequence[Mutant]) -> list[tuple[Mutant, bool]]:
    """Each mutant of rooms with the same tests, and whether it was caught; told as it goes."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy, results = Copy(checkout, Path(folder)), []
        reached = copy.reached(mutants[0][0].tests)
        for test in reached.failed:
            print(f"left out, since it fails without a fault: {test}", flush=True)
        for mutant in sorted(mutants, key=lambda mutant: (mutant[1], mutant[2].start)):
            _, module, fault = mutant
            caught = copy.catches(module, fault, reached)
            print(f"{'caught' if caught else 'MISSED'}  {module}:{fault.line}  {fault}", flush=True)
            results.append((mutant, caught))
        return results


def _read_arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m tools.mutants")
    reader.add_argument("rooms", nargs="*", help="rooms, such as sessions; all if none is given")
    reader.add_argument("--count", type=int, default=200, help="how many faults")
    reader.add_argument("--seed", type=int, default=1, help="which sample of them")
    reader.add_argument("--jobs", type=int, default=1, help="how many rooms at once")
    return reader.parse_args()


def _print_table(results: Sequence[tuple[Mutant, bool]]) -> None:
    tried = Counter(room.name for (room, _, _), _ in results)
    caught = Counter(room.name for (room, _, _), was_caught in results if was_caught)
    print(f"\n{'room':20} caught   of")
    for name, count in tried.items():
        print(f"{name:20} {caught[name]:6} {count:4}")
    total = sum(caught.values())
    print(f"{'all':20} {total:6} {len(results):4}   {total / max(len(results), 1):.0%}")


if __name__ == "__main__":
    main()
