"""The hihello exercise in its three variants: the loss falls and the word is learned."""

import re

import pytest

from charplay.training.events import Reported

VARIANTS = {
    "hihello": (2.80, 100),
    "hihello-sequence": (0.53, 100),
    "hihello-embedding": (0.05, 50),
}
LINE = re.compile(r".*?(?P<epoch>\d+).*?(?P<loss>\d+\.\d+).*?(?P<predicted>[ehilo]{6})")


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request, rehearse):
    """A variant's name, and what its lines say: epoch, loss, predicted string."""
    said = [LINE.fullmatch(event.line) for event in rehearse(request.param).of(Reported)]
    assert all(said)
    return request.param, [(int(m["epoch"]), float(m["loss"]), m["predicted"]) for m in said]


def test_it_prints_a_line_each_epoch(variant):
    name, lines = variant
    assert [epoch for epoch, _, _ in lines] == list(range(1, VARIANTS[name][1] + 1))


def test_the_final_loss_is_as_low_as_the_exercises(variant):
    name, lines = variant
    assert lines[-1][1] <= VARIANTS[name][0]
    assert lines[-1][1] < lines[0][1]


def test_it_answers_hihell_with_ihello(variant):
    _, lines = variant
    assert lines[-1][2] == "ihello"


def test_a_second_run_prints_the_same_lines(rehearse):
    once, again = (rehearse("hihello").of(Reported) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("name", ["hihello", "hihello-sequence"])
def test_the_five_hidden_units_are_the_logits(rehearse, name):
    arrays = rehearse(name).kept["last"].arrays()
    assert {array: weight.shape for array, weight in arrays.items()} == {
        "input.0": (5, 5),
        "recurrent.0": (5, 5),
        "bias.0": (5,),
    }


def test_the_third_variant_has_an_embedding_of_ten_and_an_output_layer(rehearse):
    arrays = rehearse("hihello-embedding").kept["last"].arrays()
    assert arrays["embedding"].shape == (5, 10)
    assert arrays["output"].shape[1] == 5


def test_the_step_by_step_loss_is_summed_over_six_steps(rehearse):
    """Both start from the same weights; Adam hides the scale of the gradient, not of the loss."""
    summed, mean = (rehearse(name).of(Reported) for name in ("hihello", "hihello-sequence"))
    first = [float(LINE.fullmatch(events[0].line)["loss"]) for events in (summed, mean)]
    assert first[0] == pytest.approx(6 * first[1], abs=0.01)
