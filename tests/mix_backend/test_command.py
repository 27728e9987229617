"""The command `mix`, and `train` where it makes a mix."""

import json
import re
import shutil

import pytest

from charplay.jobs.proposals import choose_proposal
from charplay.models.contract import Backend
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
