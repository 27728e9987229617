"""Exported sessions that were changed: by their form as JSON, and as mere text."""

import copy
import json
import random

from tests.campaign.damaged_stores import CONTROLS

WORDS = (
    ["train", "dinosaurs"], ["names", "--against", "/etc/passwd"], ["jobs", "remove", "1", "--yes"],
    ["sample", "--prompt", "@/etc/passwd"], ["sessions", "delete", "canary", "--yes"], ["quit"],
    ["names", "-n", "3", "--format", "x"], ["names", "--save", "written.json"], [":names"], [""],
    ["poem", "--", "@/etc/passwd"], ["names", "a" * 5000], [CONTROLS], "names", [["names"]], [3],
)  # fmt: skip
VALUES = (
    None, True, False, 0, 1, -1, 2, 7, 2**53, 2**63, 2**64, 10**400, 0.5, 1e308, float("inf"),
    float("nan"), "", "x", "1", "\ud800", "a\udcff\ud83d", CONTROLS, "\x00", "\n# forged\n- 1 (x):",
    "</title><script>alert(1)</script>", '" onmouseover="alert(1)', "' autofocus onfocus='x",
    "=cmd|' /C calc'!A0", "@SUM(1+1)", "+1", "-1+1", "```\n# out", "[x](javascript:alert(1))",
    "../../etc/passwd", "/etc/passwd", "/dev/zero", "~/.bashrc", "{loss:>2000000000}", "%n%s",
    "a" * 100_000, "é" * 300, "2024-01-01", "9999-12-31T23:59:59-23:59", [], {}, [[]], [None],
    {"a": 1}, {"temperature": 1e308, "max_chars": 10**12}, {"seed": "x"}, {"top_k": -1},
    {"\ud800": "\ud800"}, {"stop": CONTROLS}, *WORDS,
)  # fmt: skip


def mutate(text, seed):
    """An exported session with one to three changes; and what was done, in words."""
    chosen = random.Random(seed)
    value, done = json.loads(text), []
    if chosen.random() < 0.2:
        return _as_text(text, chosen)
    for _ in range(chosen.choice((1, 1, 2, 3))):
        way = chosen.choices((_replace, _remove, _turns, _add), (12, 2, 4, 1))[0]
        done.append(way(value, chosen))
    return json.dumps(value).encode(), "; ".join(done)


def _places(value, path=()):
    """Each place in a value: its container, its key, the way there."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(entries):
        yield value, key, (*path, key)
        if isinstance(inner, dict | list):
            yield from _places(inner, (*path, key))


def _replace(value, chosen):
    container, key, path = chosen.choice(list(_places(value)))
    container[key] = new = copy.deepcopy(chosen.choice(WORDS if key == "words" else VALUES))
    return f"{path} = {ascii(new)[:80]}"


def _remove(value, chosen):
    container, key, path = chosen.choice(list(_places(value)))
    del container[key]
    return f"without {path}"


def _add(value, chosen):
    containers = [c for c, _, _ in _places(value) if isinstance(c, dict)]
    chosen.choice(containers)["more"] = copy.deepcopy(chosen.choice(VALUES))
    return "more"


def _turns(value, chosen):
    turns = value.get("turns")
    if not isinstance(turns, list) or not turns:
        return "no turns"
    turn = chosen.choice(turns)
    if not isinstance(turn, dict):
        return "no turn"
    match chosen.randrange(4):
        case 0:
            turn["parent"] = turn.get("number")
            return "a turn that follows itself"
        case 1:
            turns.append(copy.deepcopy(turn))
            return "a turn twice"
        case 2:
            chosen.shuffle(turns)
            return "in another order"
        case _:
            turn["parent"] = chosen.choice((None, 1, 2, 3, 99))
            return "another parent"


def _as_text(text, chosen):
    data = bytearray(text.encode())
    match chosen.randrange(6):
        case 0:
            del data[chosen.randrange(len(data)) :]
            return bytes(data), "cut"
        case 1:
            for _ in range(chosen.randint(1, 20)):
                data[chosen.randrange(len(data))] ^= 1 << chosen.randrange(8)
            return bytes(data), "bits"
        case 2:
            return b"[" * 200_000, "deep"
        case 3:
            return text.encode("utf-16"), "UTF-16"
        case 4:
            return text.replace(
                '"format": 1', f'"format": {chosen.choice(VALUES[:12])}'
            ).encode(), "format"
        case _:
            place = chosen.randrange(len(data))
            return bytes(data[:place] + b"\x00\xff" + data[place:]), "bytes"
