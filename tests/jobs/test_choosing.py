"""What can be chosen of a run, what a backend does not obey, and who learns where nobody says."""

from dataclasses import replace

import pytest

from charplay.errors import UsageError
from charplay.jobs.choice import Pair, TrainingChoice
from charplay.jobs.honouring import check_honoured
from charplay.jobs.proposals import choose_proposal, option_homes, propose_with
from charplay.options import options_of
from charplay.plan import Part, Plan, Stage, TextChoice
from charplay.proposal import Proposal, TextFacts
from tests.jobs.planned import ALL, USUAL, Mixed, Quick, Slow

FACTS = TextFacts("names", 20, 100, 13)
COUNTED = Part("quick", {}, Plan(stages=(Stage(epochs=1),)), counted=True)
MIXED = replace(USUAL, parts=(COUNTED, Part("slow", {"units": 7}, USUAL)))


def find(name):
    return {backend.name: backend for backend in ALL}[name]


@pytest.mark.parametrize(
    ("plan", "usual", "told"),
    [
        (Plan(), None, ""),
        (Plan(batch_size=9, seed=3, reduction="sum"), None, ""),
        (Plan(optimiser="sgd"), None, "optimiser"),
        (Plan(optimiser="sgd"), Plan(optimiser="sgd"), ""),
        (Plan(), Plan(optimiser="sgd"), "optimiser"),
        (Plan(stages=(Stage(learning_rate=0.5),)), None, "learning-rate"),
        (
            Plan(stages=(Stage(schedule="step", step_every=3, step_factor=0.1, warmup=2),)),
            None,
            "schedule and step-every and step-factor and warmup",
        ),
        (Plan(stages=(Stage(), Stage())), None, ""),
        (Plan(stages=(Stage(), Stage(warmup=1))), None, "warmup"),
        (Plan(clip_norm=1, clip_value=2, weight_decay=3), None,
         "clip-norm and clip-value and weight-decay"),
    ],
)  # fmt: skip
def test_an_option_that_differs_from_the_usual_and_is_not_obeyed_is_refused(plan, usual, told):
    if not told:
        check_honoured(find, Quick(), plan, usual)
        return
    with pytest.raises(UsageError) as caught:
        check_honoured(find, Quick(), plan, usual)
    assert caught.value.message == f"quick does not use {told}"
    assert caught.value.hint == f"leave out {told}"
    check_honoured(find, Slow(), plan, usual)
    with pytest.raises(UsageError) as caught:
        check_honoured(find, Quick(), plan, usual, "do this")
    assert caught.value.hint == "do this"


def test_of_parts_each_is_asked_what_it_obeys():
    sgd = Plan(optimiser="sgd")
    check_honoured(find, Quick(), Plan(optimiser="sgd", parts=(Part("slow", {}, sgd),)))
    both = Plan(parts=(Part("slow", {}, sgd), Part("quick", {}, sgd)))
    with pytest.raises(UsageError, match="quick does not use optimiser"):
        check_honoured(find, Mixed(), both)
    check_honoured(find, Mixed(), both, both)
    with pytest.raises(UsageError, match="quick does not use optimiser"):
        check_honoured(find, Mixed(), both, replace(both, parts=(Part("slow"), Part("quick"))))


# Who learns a text where nobody says.


def chosen(backends, minutes=None, options=(), **more):
    known = {backend.name: backend for backend in backends}
    backend, proposal = choose_proposal(known, FACTS, minutes, options, **more)
    assert proposal == backend.propose(FACTS, minutes)
    return backend.name


def expecting(expected, name="slow", requires=()):
    made = Slow()
    made.expected, made.name, made.requires = expected, name, requires
    return made


def test_the_backend_that_expects_the_best_model_is_taken():
    assert chosen(ALL) == "mixed"
    assert chosen(ALL, mixed=False) == "slow"
    assert chosen(ALL, minutes=0) == "quick"
    assert chosen([expecting(0.9, "b"), expecting(0.9, "a")]) == "a"
    assert chosen([expecting(0.9, "a", ("json",)), expecting(0.9, "b")]) == "b"


def test_options_that_are_set_choose_among_those_that_have_them():
    assert chosen(ALL, options=["order"]) == "quick"
    assert chosen(ALL, options=["units", "batch_size"]) == "mixed"
    assert chosen(ALL, options=["units", "order"]) == "mixed", "the best where none has all"
    assert chosen([Quick(), Slow()], options=["learning_rate"]) == "slow"


def test_where_no_backend_can_that_is_told():
    for backends, minutes, message, hint in (
        ([ALL[3]], None, "no backend can train here", "`backends` shows what they need"),
        ([Slow()], 0, "no backend here can train in a second", "leave out --quick"),
    ):
        with pytest.raises(UsageError) as caught:
            chosen(backends, minutes)
        assert (caught.value.message, caught.value.hint) == (message, hint)
    with pytest.raises(UsageError, match="in a second"):
        chosen([Mixed()], mixed=False)


class Broken(Slow):
    name = "broken"

    def propose(self, facts, minutes):
        raise ZeroDivisionError


@pytest.mark.parametrize("offer", [expecting(float("nan")), expecting(float("inf")), Broken()])
def test_a_backend_without_a_proposal_that_can_be_weighed_is_passed_over(offer, caplog):
    assert chosen([offer, Quick()]) == "quick"
    told = [record.getMessage() for record in caplog.records]
    assert told == (["the backend broken cannot propose"] if offer.name == "broken" else [])
    assert all(record.exc_info for record in caplog.records)


def test_what_is_no_proposal_is_passed_over(monkeypatch):
    monkeypatch.setattr(Slow, "propose", lambda self, facts, minutes: "something")
    backends = {"slow": Slow(), "quick": Quick()}
    assert choose_proposal(backends, FACTS, None, ())[0].name == "quick"


def test_one_backend_is_asked_for_its_own_proposal():
    assert propose_with(Slow(), FACTS, 2).plan == replace(USUAL, minutes=2)
    with pytest.raises(UsageError, match="slow cannot train in a second"):
        propose_with(Slow(), FACTS, 0)


def test_each_option_has_its_home_the_models_own_first():
    backends = {backend.name: backend for backend in ALL}
    homes = option_homes(backends, Slow(), Plan())
    assert homes["units"] is Slow.Config
    assert (homes["batch-size"], homes["learning-rate"], homes["warmup"]) == (Plan, Plan, Plan)
    assert (homes["kind"], homes["lower"]) == (TextChoice, TextChoice)
    assert "order" not in homes
    mix = option_homes(backends, Mixed(), MIXED)
    assert mix["units"] is Slow.Config
    assert "order" not in mix, "counted parts are not set"


def test_an_option_is_typed_with_its_value():
    assert Pair.parse("hidden=64=x") == Pair("hidden", "64=x")
    assert str(Pair("hidden", "64")) == "hidden=64"
    for text in ("hidden", "=64", ""):
        with pytest.raises(ValueError, match=f"^{text}$"):
            Pair.parse(text)


def test_what_can_be_chosen_of_a_run():
    told = {
        declared.typed_name: (
            declared.positional, declared.metavar, declared.completes, declared.default,
            declared.minimum, declared.maximum, declared.above, declared.many,
        )
        for declared in options_of(TrainingChoice)
        if not declared.group
    }  # fmt: skip
    none = (None, None, None, False)
    assert told == {
        "corpus": (True, "CORPUS", "corpus|file", None, *none),
        "recipe": (False, "", "recipe", None, *none),
        "backend": (False, "", "backend", None, *none),
        "from": (False, "MODEL", "model|run", None, *none),
        "name": (False, "", "", None, *none),
        "updates": (False, "", "", None, 1, None, None, False),
        "epochs": (False, "", "", None, 1, None, None, False),
        "minutes": (False, "", "", None, None, 10_000, 0, False),
        "keep-checkpoints": (False, "N", "", 0, 0, 40, None, False),
        "quick": (False, "", "", False, *none),
        "set": (False, "KEY=VALUE", "training-option", (), None, None, None, True),
        "each": (False, "", "", False, *none),
        "by": (False, "COLUMN", "", None, *none),
        "wait": (False, "", "", False, *none),
    }
    assert Proposal().summary == ""
