"""The recipe that a person would really use, on the exercise's list of names."""

import pytest

from charplay.text.corpus import split_corpus
from charplay.training.evaluation import loss_of
from charplay.training.events import Finished

NATS_A_NAME = 22.4


def kept_model(rehearsal):
    """The model that the library would be given."""
    return rehearsal.kept[rehearsal.events[-1].kept]


@pytest.fixture(scope="module")
def dinosaurs(rehearse, dinos):
    return rehearse("dinosaurs-rnn", dinos)


def test_the_whole_list_costs_less_than_the_bar(dinosaurs):
    corpus = dinosaurs.corpus
    a_name = loss_of(kept_model(dinosaurs), corpus) * corpus.characters / len(corpus.names)
    assert a_name < NATS_A_NAME


@pytest.mark.slow
def test_names_held_out_cost_less_than_in_a_course_run_without_the_same_tenth(
    dinosaurs, rehearse, dinos
):
    course = rehearse("course-dinosaurs", dinos, held_out=0.1, validate_every=5000)
    _, held_out = split_corpus(dinosaurs.corpus, 0.1)
    assert split_corpus(course.corpus, 0.1)[1] == held_out
    ours, theirs = (loss_of(kept_model(run), held_out) for run in (dinosaurs, course))
    assert ours < theirs


def test_it_ends_by_itself_and_keeps_its_best_model(dinosaurs):
    finished = dinosaurs.events[-1]
    assert isinstance(finished, Finished)
    assert finished.kept == "best"
    _, held_out = split_corpus(dinosaurs.corpus, 0.1)
    assert loss_of(kept_model(dinosaurs), held_out) == pytest.approx(finished.held_out_loss)
