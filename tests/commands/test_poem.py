"""`poem`: it goes on from the reader's line, to the letter, and a talk goes on from it."""

import json

import numpy as np
import pytest

from charplay.models.checkpoint import Checkpoint
from charplay.models.library import Library
from charplay.options import build
from charplay.text.vocabulary import Vocabulary

LETTERS = "\n '" + "".join(map(chr, range(ord("a"), ord("z") + 1)))
LINE = "shall i  compare thee to a winter's night "


@pytest.fixture
def keep(home, registry):
    """Puts an untrained model with a taste of its own into the library."""
    backend = registry.backends.find("numpy")
    library = Library(home / "models", registry.backends.find)

    def put(name, kind="prose", choose=True, **sampling):
        config = build(backend.Config, {"hidden": 16, "cell": "lstm", "initialiser": "uniform"})
        drawn = backend.create(Vocabulary(LETTERS), kind, config, np.random.default_rng(1))
        arrays = {name: 4 * array for name, array in drawn.arrays().items()}
        model = backend.load(Vocabulary(LETTERS), kind, config, arrays)
        library.add(Checkpoint.of(model, backend, sampling=sampling), name)
        if choose:
            library.choose(name)

    return put


@pytest.fixture
def poet(keep):
    """A model of prose, chosen."""
    keep("poet")


def answer_of(said):
    assert (said.status, said.err) == (0, "")
    return json.loads(said.out)


def poem(charplay, *words):
    return answer_of(charplay("poem", *words, "--format", "json"))


@pytest.mark.parametrize("lines", [1, 3, 13])
def test_so_many_lines_follow_the_one_that_was_typed(charplay, poet, lines):
    said = poem(charplay, LINE, "--seed", "7", "--lines", str(lines), "--max-chars", "9999")
    [answer] = said["answers"]
    assert said["prompt"] == LINE
    assert answer["text"].count("\n") == 1 + lines
    assert answer["text"].endswith("\n")
    assert answer["stopped"] == "lines"


def test_without_being_told_it_is_as_long_as_a_sonnet(charplay, poet):
    [answer] = poem(charplay, LINE, "--seed", "7", "--max-chars", "9999")["answers"]
    assert (LINE + answer["text"]).count("\n") == 14


def test_it_ends_at_the_most_characters_that_are_allowed(charplay, poet):
    [answer] = poem(charplay, LINE, "--max-chars", "20")["answers"]
    assert (len(answer["text"]), answer["stopped"]) == (20, "length")


def test_the_seed_brings_it_back(charplay, poet):
    first = poem(charplay, LINE)
    label = "{seed}/{number}".format(**first["answers"][0])
    assert poem(charplay, LINE, "--seed", label)["answers"] == first["answers"]
    assert poem(charplay, LINE, "--seed", "8")["answers"] != first["answers"]


def test_it_goes_on_from_the_line_as_a_sample_does(charplay, poet):
    prompted = ("sample", "--prompt", LINE, "--seed", "7", "--lines", "3", "--format", "json")
    [sampled] = answer_of(charplay(*prompted))["answers"]
    [answer] = poem(charplay, LINE, "--seed", "7", "--lines", "2")["answers"]
    assert answer["text"] == sampled["text"]


def test_a_trailing_blank_is_read(charplay, poet):
    with_blank, without = (
        poem(charplay, line, "--seed", "7")["answers"] for line in (LINE, LINE.rstrip())
    )
    assert with_blank != without


def test_in_the_repl_a_line_is_taken_to_the_letter(charplay, poet):
    typed = ":poem --seed 7 --format json 'tis don't \"so\" --lines 5  "
    said = charplay("-c", typed)
    assert json.loads(said.out)["prompt"] == "'tis don't \"so\" --lines 5  "


def test_in_a_pipe_the_line_stands_first_and_what_brings_it_back_apart(charplay, poet):
    said = charplay("poem", "shall i", "--seed", "7", "--lines", "2")
    [answer] = poem(charplay, "shall i", "--seed", "7", "--lines", "2")["answers"]
    assert (said.out, said.notes) == (f"shall i{answer['text']}", "poet · 7/1 · lines 2\n")


def test_in_a_terminal_it_stands_in_a_frame(charplay, poet):
    said = charplay("poem", "shall i", "--seed", "7", tty=True, TERM="xterm", NO_COLOR="1")
    first, second, *_, last = said.lines
    assert first == "╭" + "─" * 78 + "╮"
    assert "│ shall i" in second.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert "╰─ poet · 7/1 ───" in last.replace("\x1b[2m", "").replace("\x1b[0m", "")


def test_in_a_dumb_terminal_it_is_plain(charplay, poet):
    plain = charplay("poem", "shall i", "--seed", "7")
    assert charplay("poem", "shall i", "--seed", "7", tty=True, TERM="dumb").out == (
        f"{plain.out}\n{plain.notes}"
    )


def test_plain_lines_go_on_from_where_the_poem_ended(charplay, poet):
    lines = (
        ":set format json", ":set seed 7", ":poem --lines 3 shall i", "the long night",
    )  # fmt: skip
    said = charplay(*(word for line in lines for word in ("-c", line)))
    assert said.err == ""
    first, second = map(json.loads, said.out.splitlines()[2:])
    whole = "shall i" + first["answers"][0]["text"] + "the long night"
    prompted = ("sample", "--prompt", whole, "--seed", "7", "--format", "json")
    assert answer_of(charplay(*prompted))["answers"] == second["answers"]


def test_each_poem_begins_anew(charplay, poet):
    lines = (":set format json", "said before", ":poem --seed 7 shall i")
    said = charplay(*(word for line in lines for word in ("-c", line)))
    alone = poem(charplay, "shall i", "--seed", "7")
    assert json.loads(said.out.splitlines()[-1]) == alone


def test_undo_and_retry_know_a_poem(charplay, poet):
    lines = (":set format json", ":poem --seed 7 --lines 2 shall i", ":retry", ":undo", "on")
    said = charplay(*(word for line in lines for word in ("-c", line)))
    assert said.err == ""
    first, again, undone, after = map(json.loads, said.out.splitlines()[1:])
    assert again["prompt"] == first["prompt"] == "shall i"
    assert again["answers"] == poem(charplay, "shall i", "--seed", "8", "--lines", "2")["answers"]
    assert undone["turn"] == 0
    assert after["prompt"] == "on"


def test_a_model_may_say_that_it_answers_as_verse(charplay, keep):
    keep("poet", verse=True, lines=2, max_chars=9999)
    [plain] = answer_of(charplay("--format", "json", "-c", "shall i"))["answers"]
    assert plain["text"].count("\n") == 3
    assert poem(charplay, "shall i")["answers"][0]["text"].count("\n") == 3
    shown = charplay("-c", "shall i", tty=True, TERM="xterm").out
    assert "╭──" in shown
    assert "╰─ " in shown


def test_where_names_are_talked_of_a_poem_is_asked_of_the_shipped_poet(charplay, keep):
    keep("shakespeare", choose=False)
    keep("namer", kind="names")
    assert poem(charplay, "shall i")["model"] == "shakespeare"
    lines = (":poem --seed 7 shall i", ":model", "and so")
    said = charplay(*(word for line in lines for word in ("-c", line)))
    assert "shakespeare (prose" in said.out
    assert charplay("model").out.startswith("namer"), "only the talk has turned to the poet"


def test_in_a_conversation_that_is_not_kept_the_shipped_poet_can_be_gone_on_with(charplay):
    lines = (":poem --lines 1 --seed 1 O thou", "and now", ":poem --lines 1 and then")
    said = charplay(*(word for line in lines for word in ("-c", line)))
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("O thou")
    assert said.notes.count("shakespeare · ") == 3


def test_blanks_and_tabs_of_the_opening_line_are_the_readers_own(charplay, poet):
    said = answer_of(charplay("--format", "json", "-c", ":poem --lines 1   two  "))
    assert said["prompt"] == "  two  "
    said = charplay("poem", "\t\tO thou ", "--lines", "1")
    assert said.notes.startswith("note: left out"), "this model has read no tab"
    assert said.lines[0].startswith("\t\tO thou ")


def test_a_line_of_ten_thousand_characters_is_read(charplay, poet):
    assert poem(charplay, "ab " * 3333, "--lines", "1")["answers"][0]["text"]
    shown = charplay("poem", "ab " * 3333, "--lines", "1", tty=True, TERM="xterm")
    assert shown.out.count("ab") >= 3333


def test_a_character_that_the_model_lacks_is_told_and_the_line_stays_as_typed(charplay, poet):
    said = poem(charplay, "a 7 zéro")
    assert said["prompt"] == "a 7 zéro"
    assert said["notices"] == ["read in plain letters: é; left out, unknown to this model: 7"]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ([], "a poem needs its opening line", "charplay poem Shall I compare thee"),
        ([""], "a poem needs its opening line", "charplay poem Shall I compare thee"),
        (["жж"], "poet knows none of these characters: ж", "it knows"),
        (
            ["a", "--model", "dinosaurs"],
            "dinosaurs gives names, not verse",
            "charplay names dinosaurs, or",
        ),
        (["a", "--model", "lost"], "there is no model 'lost'", ""),
        (["a", "--linez", "3"], "there is no option '--linez'", "did you mean --lines?"),
        (["@lost.txt"], "lost.txt cannot be read: there is no such file", "name a text file"),
    ],
)
def test_what_cannot_be_is_told_in_two_lines(charplay, poet, words, message, hint):
    said = charplay("poem", *words)
    assert (said.status, said.out) == (1 if "@" in message + str(words) else 2, "")
    told, typed = said.err.splitlines()
    assert told.startswith(f"error: {message}")
    assert typed.startswith(f"  → {hint}")
