"""Command lines made from the table of commands, with values of every kind for each argument."""

from collections.abc import Sequence
from random import Random

from charplay.commands.command import Command
from charplay.options import Option

NUMBERS = (
    "0", "1", "-1", "2", "3", "7/3", "0/0", "-0", "0.5", ".5", "1e-320", "1e400", "-1e400", "nan",
    "inf", "-inf", "1_0", "1,5", "١", "0x10", "2147483648", "9223372036854775807",
    "9223372036854775808", "18446744073709551616", "1" + "0" * 400, "9" * 5_000, "1" + "0" * 18,
    "none", "None", "", " ", "+5", "+1e300", "on", "off", "-5", "--5", "1000001",
)  # fmt: skip
TEXTS = (
    "", " ", "a", "an", "Tyra", "x" * 3_000, "@", "@-", "@/dev/zero", "@/proc/kmsg", "@nowhere",
    "@.", "\x00", "\x1b[31mred\x07", "\u202eabc", "\ud800", "e\u0301\u0301", "😀" * 50, "'", '"',
    "\\", "\\n", "\n", "a\nb", "[", "(a*)*b", ".*" * 40, "(" * 200, "[^", "a{1,9999}", "-", "--",
    "---", "-x", "=", "a=b", "=1+1", "hidden=1e400", "hidden=8193", "seed=-1", "../x", "/", "/etc",
    "~nobody/x", "x/" * 500, "https://127.0.0.1:1/x", "HTTP://[", "file:///etc/passwd", "%s{0}",
    "none", "None", "\t", "\xa0", "ꙮ", "0", "9" * 30, "mine,,yours", ",", "drugs,drugs",
)  # fmt: skip
NAMES = (
    "dinosaurs", "drugs", "shakespeare", "sonnets", "hihello", "nietzsche", "numpy", "ngram", "mix",
    "charplay_numpy", "philox", "course", "last", "1", "2", "help", "models", "list", "add", "show",
    "temperature", "private", "prompt", "philo", "dino", "DINOSAURS", "main", "/tmp", "/dev/null",
)  # fmt: skip
# Which begin a run, wait for one, open a program or go on for ever as they should.
LEFT_OUT = {"quit", "edit", "pick"}


def leaf_commands(commands: Sequence[Command]) -> list[tuple[tuple[str, ...], Command]]:
    """Every command that can be typed, with the words that name it."""
    found: list[tuple[tuple[str, ...], Command]] = []
    for command in commands:
        if command.name in LEFT_OUT:
            continue
        found += [((command.name, action.name), action) for action in command.actions]
        if not command.actions:
            found.append(((command.name,), command))
    return found


def draw_words(random: Random, leaves: list[tuple[tuple[str, ...], Command]]) -> list[str]:
    """The words of one command, some of its options, and now and then what it does not take."""
    path, command = random.choice(leaves)
    words = list(path)
    positional = [option for option in command.options if option.positional]
    flagged = [option for option in command.options if option.has_flags]
    words += [_draw_value(random, each) for each in positional if random.random() < 0.7]
    for option in random.sample(flagged, min(len(flagged), random.choice((0, 0, 1, 1, 2, 3)))):
        flag, value = random.choice(option.flags), _draw_value(random, option)
        words += random.choice(([flag, value], [f"{flag}={value}"], [f"{flag}{value}"], [flag]))
    if random.random() < 0.1:
        words.append(random.choice(TEXTS + NUMBERS))
    if random.random() < 0.1:
        del words[random.randint(1, len(words)) :]
    if random.random() < 0.1:
        words += ["--format", random.choice(("json", "csv", "text", "x"))]
    return words


def _draw_value(random: Random, option: Option) -> str:
    """A value of the kind that the option takes, or of another."""
    if option.choices and random.random() < 0.6:
        return random.choice(option.choices)
    numeric = option.kind in ("int", "float")
    kinds = (NUMBERS, NUMBERS, TEXTS) if numeric else (NAMES, NAMES, TEXTS, NUMBERS)
    return random.choice(random.choice(kinds))
