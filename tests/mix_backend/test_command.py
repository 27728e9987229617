"""The command `mix`, and `train` where it makes a mix."""

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from charplay import __version__ as charplay_version
from charplay.jobs.proposals import choose_proposal
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.contract import Backend
from charplay.models.library import Library
from charplay.proposal import Proposal, TextFacts
from charplay.terminal.cli import run
from tests.conftest import installed_plugins, make_environment

REGISTRY = installed_plugins()


def write_names(path, letters, count=60):
    path.write_text(
        "".join(f"{a}{b}{c}\n" for a in letters for b in "aeiou" for c in letters)[: 4 * count]
    )
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A list, and a data home with two quick models of it; not to be written to."""
    folder = tmp_path_factory.mktemp("made")
    path, home = write_names(folder / "list.txt", "bdfglmnr"), folder / "home"
    for name, order in (("first", 2), ("second", 4)):
        words = [
            "train",
            str(path),
            "--backend",
            "ngram",
            "--set",
            f"order={order}",
            "--name",
            name,
        ]
        assert run(words, make_environment(home)) == 0
    return path, home


@pytest.fixture
def two(made, home):
    """The list of two quick models, `first` and `second`, in the test's own data home."""
    path, its_home = made
    shutil.copytree(its_home, home)
    return path


def test_models_that_held_out_the_same_part_are_weighed_by_it_and_the_page_says_so(charplay, two):
    said = charplay("mix", "first", "second", "--name", "both", "--format", "json")
    made = json.loads(said.out)
    rows = made["parts"]
    assert [row["part"] for row in rows] == ["first", "second"]
    assert all(row["loss"] > 0 for row in rows)
    page = json.loads(charplay("models", "show", "both", "--format", "json").out)
    assert (made["model"], made["digest"], made["replaced"]) == ("both", page["digest"], None)
    assert page["held_out_loss"] <= min(row["loss"] for row in rows) + 0.02
    assert page["held_out_decided"]
    names = json.loads(charplay("names", "both", "-n", "3", "--format", "json").out)
    assert len(names["answers"]) == 3


def test_models_of_different_texts_weigh_alike_unless_a_text_is_named(charplay, two, tmp_path):
    other = write_names(tmp_path / "other.txt", "bdfglmn")
    charplay("train", other, "--quick", "--name", "third")
    alike = charplay("mix", "first", "third", "--characters", "union", "--name", "a")
    assert "weights: equal" in alike.out
    assert "replaced: –" in alike.out
    page = charplay("models", "show", "a").out
    assert re.search(r"^held-out loss +– *$", page, re.MULTILINE), "nothing measured it"
    weighed = charplay(
        "mix", "first", "third", "--characters", "union", "--name", "b", "--text", two
    )
    assert f"weights: found by {two}" in weighed.out
    digest = json.loads(charplay("models", "show", "b", "--format", "json").out)["digest"]
    again = charplay("mix", "first", "third", "--characters", "union", "--name", "b")
    assert f"replaced: {digest}" in again.out


def test_a_text_that_is_piped_in_weighs_as_its_file_does(charplay, two):
    words = ("mix", "first", "second", "--name", "both", "--text")
    of_file = charplay(*words, two)
    piped = charplay(*words, "-", stdin=two.read_text())
    assert "weights: found by standard input" in piped.out
    assert [line.split() for line in piped.lines if "ngram" in line] == [
        line.split() for line in of_file.lines if "ngram" in line
    ]
    assert "nothing came on standard input" in charplay(*words, "-").err
    for text, told in (("ané\n" * 9, "has characters"), ("bab\n", "has only one line")):
        said = charplay(*words, "-", stdin=text)
        assert said.status in (1, 2)
        assert f"error: standard input {told}" in said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("first",), "two models"),
        (("first", "second"), "--name NAME"),
        (("first", "shakespeare", "--name", "m"), "makes names and shakespeare prose"),
        (("first", "drugs", "--name", "m"), "--characters union"),
        (("first", "second", "--name", "m", "--text", "odd.txt"), "do not know: é"),
        (("first", "second", "--name", "m", "--text", "short.txt"), "too short"),
        (("first", "second", "--name", "m", "--text", "two.csv"), "corpora add"),
    ],
)
def test_what_cannot_be_mixed_is_refused_in_a_line(
    charplay, two, tmp_path, monkeypatch, words, said
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.txt").write_text("".join(f"ané{letter}\n" for letter in "bdfglmnr"))
    (tmp_path / "short.txt").write_text("bab\ndad\n")
    (tmp_path / "two.csv").write_text("A,B\n" + "bab,dad\nfaf,gag\n" * 5)
    answer = charplay("mix", *words)
    assert answer.status != 0
    assert said in answer.err
    assert "broke" not in answer.err


def test_quick_training_counts_and_is_done(charplay, tmp_path):
    path = write_names(tmp_path / "list.txt", "bdfglmnr")
    said = charplay("train", path, "--quick", "--format", "json")
    events = [json.loads(line) for line in said.lines]
    assert [event["event"] for event in events if event["event"] == "kept"] == ["kept"]
    assert events[0]["notes"][-1] == "makes an n-gram"
    page = json.loads(charplay("models", "show", "list", "--format", "json").out)
    assert (page["backend"], page["held_out_decided"]) == ("ngram", False)


def test_the_end_of_training_tells_the_loss_of_the_part_held_out(charplay, tmp_path):
    path = write_names(tmp_path / "list.txt", "bdfglmnr")
    said = charplay("train", path, "--epochs", "1")
    page = json.loads(charplay("models", "show", "list", "--format", "json").out)
    assert f"Held-out loss {page['held_out_loss']:.3f} nats per character" in said.out


@pytest.mark.parametrize("count", [3, 4, 6, 9, 12])
def test_a_handful_of_names_is_trained_on_without_options(charplay, tmp_path, count):
    path = tmp_path / "few.txt"
    path.write_text("".join(f"Nam{letter}\n" for letter in "abcdefghijkl"[:count]))
    said = charplay("train", path, "--set", "epochs=1")
    assert (said.status, said.err) == (0, "")


class Failing(Backend):
    name, summary, version, Config = "failing", "fails", "1", dict

    def __init__(self, proposed):
        self._proposed = proposed

    def propose(self, facts, minutes):
        return self._proposed()

    create = load = learner = None


Failing.__abstractmethods__ = frozenset()


@pytest.mark.parametrize(
    "proposed", [lambda: 1 / 0, lambda: "text", lambda: Proposal(expected=float("nan"))]
)
def test_a_backend_whose_proposal_is_no_good_leaves_those_of_the_others(proposed):
    backends = {**REGISTRY.backends, "failing": Failing(proposed)}
    facts = TextFacts("names", 500, 4000, 30)
    backend, proposal = choose_proposal(backends, facts, None, ())
    assert backend.name == "mix"
    assert [part.backend for part in proposal.plan.parts] == ["ngram", "numpy"]


@pytest.fixture
def library(home):
    """The library of the test's own home."""
    return Library(home / "models", REGISTRY.backends.find)


def header_of(library, name):
    return library.open(name).header


def test_a_mix_is_described_like_its_first_part_and_says_what_it_is_of(charplay, two, library):
    opened = library.open("first")
    backend = REGISTRY.backends.find("ngram")
    other = Checkpoint.of(
        opened.model, backend, plan=opened.header.plan, sampling={"max_chars": 9},
        provenance=opened.header.provenance,
    )  # fmt: skip
    library.add(other, "third", str(two))
    assert charplay("mix", "third", "second", "--name", "both").status == 0
    header = header_of(library, "both")
    assert header.sampling == {"max_chars": 9}
    assert header.plan == {"held_out": opened.header.plan["held_out"]}
    provenance = header.provenance
    assert provenance["text"] == opened.header.provenance["text"]
    assert provenance["stage_texts"] == {}
    assert provenance["mixed"] == {name: library.open(name).digest for name in ("third", "second")}
    assert provenance["again"] == "mix third second --name both"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d)?", provenance["made"])
    assert provenance["versions"] == {"charplay": charplay_version}
    assert library.text("both", library.open("both").path) == str(two)


def test_a_mix_of_models_that_tell_nothing_of_themselves_tells_nothing_but_its_parts(
    charplay, two, library
):
    opened = library.open("first")
    bare = Checkpoint.of(opened.model, REGISTRY.backends.find("ngram"))
    library.add(bare, "bare")
    said = charplay("mix", "bare", "second", "--name", "both", "--format", "json")
    header = header_of(library, "both")
    assert header.plan == {}
    assert set(header.provenance) == {"mixed", "again", "made", "versions"}
    assert header.held_out_loss is None
    made = json.loads(said.out)
    assert made["weights"] == "equal; --text FILE finds better ones"
    assert [row["weight"] for row in made["parts"]] == [0.5, 0.5]
    assert {row["loss"] for row in made["parts"]} == {None}
    assert library.text("both", library.open("both").path) is None
    again = json.loads(charplay("mix", "second", "bare", "--name", "both", "--format", "json").out)
    assert again["weights"] == "equal; --text FILE finds better ones"
    assert again["replaced"] == made["digest"]


def test_the_same_mix_again_replaces_nothing(charplay, two, world):
    words = ["mix", "first", "second", "--name", "both", "--format", "json"]
    now = datetime(2024, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    made = []
    for _ in range(2):
        environment = replace(world(), now=lambda: now)
        assert run(words, environment) == 0
        made.append(json.loads(environment.stdout.getvalue()))
    assert made[0] == made[1]
    assert made[0]["replaced"] is None


@pytest.mark.parametrize("count", [4, 5])
def test_a_text_of_twenty_characters_is_long_enough_to_weigh_by(charplay, two, tmp_path, count):
    path = tmp_path / "some.txt"
    path.write_text("".join(f"ba{letter}\n" for letter in "bdfgl"[:count]))
    said = charplay("mix", "first", "second", "--name", "m", "--text", path)
    if count == 5:
        assert said.status == 0
        assert f"weights: found by {path}" in said.out
    else:
        assert f"error: {path} is too short to weigh by" in said.err


def test_models_that_know_different_characters_say_which_and_may_be_mixed_in_all(
    charplay, two, library, tmp_path
):
    other = write_names(tmp_path / "other.txt", "bdfglmnq")
    charplay("train", other, "--quick", "--name", "third")
    said = charplay("mix", "first", "third", "--name", "m")
    assert said.err.splitlines() == [
        "error: first and third know different characters: q r",
        "  → add --characters union",
    ]
    words = ("mix", "first", "third", "--name", "m", "--characters", "union", "--text", two)
    made = json.loads(charplay(*words, "--format", "json").out)
    assert library.open("m").model.vocabulary.characters == "\nabdefgilmnoqru"
    first, third = made["parts"]
    assert first["weight"] > third["weight"] >= 0
    assert min(third["loss"], first["loss"]) > 0


def test_a_text_that_is_not_where_it_was_weighs_nothing(charplay, two, library, tmp_path):
    for text in ("gone.txt", "changed.txt"):
        (tmp_path / "changed.txt").write_text(two.read_text() + "bab\n")
        for name in ("first", "second"):
            opened = library.open(name)
            checkpoint = read_checkpoint(opened.path)
            library.add(checkpoint, f"{name} elsewhere", str(tmp_path / text))
        said = charplay("mix", "first elsewhere", "second elsewhere", "--name", "both")
        assert "weights: equal" in said.out
    assert (
        "weights: found by the part held out"
        in charplay("mix", "first", "second", "--name", "b").out
    )
