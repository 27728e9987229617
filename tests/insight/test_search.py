"""The search for names by plain parameters, as a command or a program calls it."""

import json

import pytest

from charplay.generation.constraints import Shape
from charplay.generation.options import Sampling
from charplay.generation.sampling import draws_of
from charplay.insight.described_name import DescribedName, SoundingName
from charplay.insight.description import describe_names
from charplay.insight.known_names import KnownNames, load_known_names
from charplay.insight.search import NameSearch, SearchFilters
from charplay.models.checkpoint import read_checkpoint
from charplay.models.header import Header
from charplay.pretrained import shipped_models

SAMPLING = Sampling(max_chars=50)
NO_FILTERS, NOTHING_KNOWN = SearchFilters(), KnownNames(None, None, ())


@pytest.fixture(scope="module")
def checkpoint():
    return read_checkpoint(shipped_models()["dinosaurs"])


@pytest.fixture(scope="module")
def model(checkpoint, registry):
    return checkpoint.model(registry.backends.find("mix"))


@pytest.fixture(scope="module")
def known(checkpoint, registry):
    known, notice = load_known_names(checkpoint.header, None, registry.corpora)
    assert notice == ""
    return known


@pytest.fixture
def search(model):
    def make(filters=NO_FILTERS, known=NOTHING_KNOWN, seed=7):
        return NameSearch(model, SAMPLING, draws_of(SAMPLING, seed), filters, known)

    return make


def test_plain_parameters_give_what_the_command_gives(search, model, checkpoint, known, charplay):
    filters = SearchFilters(Shape(ends="saurus"), new=True, unique=True, min_distance=6)
    searched = search(filters, known)
    answers = searched.run(range(1, 9))
    quantiles = checkpoint.header.held_out_quantiles
    described = describe_names(model, answers, known, quantiles, sounds=True)
    words = "--ends saurus --new --unique --min-distance 6 -n 8 --seed 7 --sounds --format json"
    said = json.loads(charplay("names", "dinosaurs", *words.split()).out)
    assert searched.tried == said["tried"]
    plain = {"stems": []}
    assert [vars(name) | plain for name in described] == [
        answer | plain | {"text": answer["text"].lower()} for answer in said["answers"]
    ]
    assert min(name.edits for name in described) == 6, "the least distance asked for is met"


def test_without_filters_the_answers_are_those_of_the_numbers(search):
    searched = search()
    assert [answer.number for answer in searched.run(range(1, 6))] == [1, 2, 3, 4, 5]
    assert searched.tried == 5


def test_exact_numbers_are_given_whether_they_pass_or_not(search):
    searched = search(SearchFilters(Shape(contains="qqq")))
    assert [answer.number for answer in searched.run(range(70, 71), exact=True)] == [70]
    assert searched.tried == 1


def test_a_search_without_success_ends(search):
    searched = search(SearchFilters(Shape(contains="qqq")))
    assert searched.run(range(1, 2)) == []
    assert searched.tried == 2000


def test_an_interrupted_search_gives_what_it_has(search):
    assert list(search().blocks(range(1, 6), interrupted=lambda: True)) == []


def test_names_are_described_in_their_order_and_sounds_are_added_if_asked(search, model, known):
    answers = search().run(range(1, 4))
    plain = describe_names(model, answers, known, ())
    assert [(name.text, name.label) for name in plain] == [
        (answer.text, f"7/{number}") for number, answer in enumerate(answers, 1)
    ]
    assert {type(name) for name in plain} == {DescribedName}
    sounding = describe_names(model, answers, known, (), sounds=True)
    assert {type(name) for name in sounding} == {SoundingName}
    assert [vars(name) for name in plain] == [
        {field: vars(name)[field] for field in vars(plain[0])} for name in sounding
    ]


def test_of_no_known_names_nothing_is_claimed(search, model):
    [name] = describe_names(model, search().run(range(1, 2)), NOTHING_KNOWN, (), sounds=True)
    unknown = (name.centile, name.listed, name.nearest, name.edits, name.sounds_like)
    assert (*unknown, name.sound_edits) == (None,) * 6


def test_a_names_status_is_its_part_of_the_list_whatever_its_case():
    known = KnownNames(frozenset({"rex"}), frozenset({"allo"}), ("Rex", "Allo"))
    assert [known.status(name) for name in ("REX", "Allo", "Zuul")] == [
        "training",
        "held out",
        "new",
    ]
    assert KnownNames(None, None, ("Rex",)).status("Rex") is None


def test_a_name_is_no_newer_in_another_normal_form_or_typography():
    known = KnownNames(frozenset({"zoé"}), frozenset({"o'brien"}), ())
    names = ("Zoe\u0301", "Zoé", "O’Brien", "Zoe")
    assert list(map(known.status, names)) == ["training", "training", "held out", "new"]


def test_names_to_compare_with_change_no_status(known):
    compared = known.compared_with(["Zuul"])
    assert compared.names == ("Zuul",)
    assert compared.status("Aardonyx") == known.status("aardonyx") != "new"
    [near] = compared.spelling_index.nearest(["zuuk"])
    assert (near.name, near.edits) == ("Zuul", 1)


def test_a_list_that_is_not_available_is_a_notice(checkpoint, tmp_path, registry):
    gone = str(tmp_path / "gone.txt")
    known, notice = load_known_names(checkpoint.header, gone, registry.corpora)
    assert known == NOTHING_KNOWN
    assert gone in notice


def test_of_a_model_whose_file_names_no_list_that_is_the_notice():
    known, notice = load_known_names(Header("table", "1", "names", "\nab", {}), None, {})
    assert known == NOTHING_KNOWN
    assert notice == "the model's list is not available: its file names no text"
