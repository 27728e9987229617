"""What the contracts of commands, corpora and recipes tell of a fault, whole."""

from dataclasses import dataclass, replace

import pytest

from charplay import Command, CorpusEntry, Download, Plan, Recipe, Stage, TextChoice
from charplay.options import option
from charplay.plan import Part
from charplay.testing import CommandContract, CorpusContract, RecipeContract
from charplay.testing import command_contract as module
from charplay.testing.fake_backend import FakeLearner
from charplay.testing.world import Said
from tests.testing.test_other_contracts import BIRDS, HERE, NAMES, Steady

OWN = __name__


def told(contract, check, *given):
    """The lines of what a check tells."""
    with pytest.raises(pytest.fail.Exception) as caught:
        getattr(contract, check)(*given)
    return str(caught.value).splitlines()


# Commands.


def command_contract(**changes):
    return type("Contract", (CommandContract,), {"command": replace(BIRDS, **changes)})()


def sing_badly(value):
    """A view that takes too little."""


def view(value, console):
    """A view."""


class Odd:
    """Arguments, one without a help."""


@dataclass(frozen=True)
class Unexplained:
    """Arguments, the first without a help."""

    first: str = option("", "")
    name: str = option("wren", "a bird", positional=True)


WORD = "The contract asks: a command has a name of one word and a summary of one line."


@pytest.mark.parametrize(
    ("name", "shown"), [("two birds", "two birds"), ("", ""), ("-birds", "-birds"), ("a'b", "a'b")]
)
def test_a_command_has_a_name_of_one_word(name, shown):
    lines = told(command_contract(name=name), "test_it_says_what_it_is")
    assert lines == [WORD, f"  name: {shown}"]


@pytest.mark.parametrize(("summary", "shown"), [("", ""), ("two\nlines", "'two\\nlines'")])
def test_a_command_has_a_summary_of_one_line(summary, shown):
    lines = told(command_contract(summary=summary), "test_it_says_what_it_is")
    assert lines == [WORD, f"  summary: {shown}"]


def test_an_action_is_looked_at_like_the_command():
    action = replace(BIRDS, name="all day", examples=())
    contract = command_contract(actions=(action,))
    assert told(contract, "test_it_says_what_it_is") == [WORD, "  name: all day"]


def test_every_argument_of_a_command_has_a_help():
    lines = told(command_contract(arguments=f"{OWN}:Unexplained"), "test_it_says_what_it_is")
    assert lines[0] == "The contract asks: every argument has a help."
    assert lines[1].startswith("  arguments: (")
    assert "first" in lines[1]


def test_a_command_has_a_name_of_its_own():
    assert told(command_contract(name="names"), "test_its_names_are_its_own") == [
        "The contract asks: no command of charplay has its name.",
        "  name: names",
    ]
    clashing = command_contract(arguments=f"{HERE}:ClashingArguments")
    lines = told(clashing, "test_its_names_are_its_own")
    assert lines[0] == ("The contract asks: no option has a name or a flag that is charplay's own.")
    assert lines[1].startswith("  came: [")


def test_a_declaration_is_the_same_after_json(monkeypatch):
    contract = command_contract()
    contract.test_its_declaration_is_plain_data()
    monkeypatch.setattr(
        Command, "from_data", classmethod(lambda cls, data: replace(BIRDS, name="x"))
    )
    lines = told(contract, "test_its_declaration_is_plain_data")
    assert lines[0] == (
        "The contract asks: a declaration survives JSON, from which help and completion read it."
    )
    assert lines[1].startswith("  came: Command(name='x'")


def test_a_handler_is_called_with_two_things():
    lines = told(
        command_contract(handler=f"{HERE}:sing_alone"),
        "test_its_handlers_take_a_context_and_a_request",
    )
    assert lines == [
        'The contract asks: a handler, "module:function", is called with a Context and a Request.',
        f"  handler: {HERE}:sing_alone",
        "  what came: TypeError: too many positional arguments",
    ]


@pytest.mark.parametrize(
    ("kind", "shows", "came"),
    [
        ("Nest", "view", f"AttributeError: module '{OWN}' has no attribute 'Nest'"),
        ("Odd", "nothing", f"AttributeError: module '{OWN}' has no attribute 'nothing'"),
        ("Odd", "sing_badly", "TypeError: too many positional arguments"),
    ],
)
def test_a_view_is_there_and_takes_a_value_and_a_console(kind, shows, came):
    contract = command_contract(views={f"{OWN}:{kind}": f"{OWN}:{shows}"})
    assert told(contract, "test_its_views_are_there") == [
        'The contract asks: a view is "module:function", called with a value and a console.',
        f"  type: {OWN}:{kind}",
        f"  view: {OWN}:{shows}",
        f"  what came: {came}",
    ]
    command_contract(views={f"{OWN}:Odd": f"{OWN}:view"}).test_its_views_are_there()


EXAMPLE = (
    "The contract asks: an example is a line as it is typed, without a colon, that calls the "
    "command."
)


def test_an_example_calls_its_command():
    contract = command_contract(examples=("birds tit", "birds --loud"))
    lines = told(contract, "test_its_examples_can_be_typed")
    assert lines[:3] == [
        EXAMPLE,
        "  example: birds --loud",
        "  what came: UsageError: there is no option '--loud'",
    ]
    plain = command_contract(examples=("sing to me",))
    assert told(plain, "test_its_examples_can_be_typed")[:2] == [EXAMPLE, "  example: sing to me"]


@pytest.mark.parametrize("line", ["", "birds 'tit", "birds it's"])
def test_an_example_can_be_typed_at_the_prompt_and_in_a_shell(line):
    lines = told(command_contract(examples=(line,)), "test_its_examples_can_be_typed")
    assert lines[:2] == [EXAMPLE, f"  example: {line}"]


def test_an_action_may_be_what_an_example_calls():
    action = replace(BIRDS, name="sing", examples=("birds sing tit",))
    contract = command_contract(examples=(), actions=(action,))
    contract.test_its_examples_can_be_typed()
    contract.test_its_handlers_take_a_context_and_a_request()
    wrong = command_contract(examples=(), actions=(replace(action, examples=("birds sing -x",)),))
    assert told(wrong, "test_its_examples_can_be_typed")[1] == "  example: birds sing -x"


SHOWN = "test_what_it_returns_can_be_shown"


def test_a_line_that_fails_is_told_with_its_format_and_its_errors(tmp_path):
    lines = told(command_contract(), SHOWN, "nonsense", "json", tmp_path)
    assert lines[:3] == [
        "The contract asks: a command returns what can be shown, and ends well.",
        "  line: nonsense",
        "  format: json",
    ]
    assert lines[3].startswith("  errors: \"error: there is no command 'nonsense'")
    assert told(command_contract(), SHOWN, "nonsense", "csv", tmp_path)[2] == "  format: csv"


def test_what_is_no_table_may_be_refused_as_one_and_as_nothing_else(tmp_path, monkeypatch):
    said = Said(2, "", "error: this is not a table\n")
    monkeypatch.setattr(module, "run_shell", lambda home, words: said)
    contract = command_contract()
    for table in ("csv", "lines"):
        contract.test_what_it_returns_can_be_shown("birds", table, tmp_path)
    for other in ("text", "json"):
        assert told(contract, SHOWN, "birds", other, tmp_path)[2] == f"  format: {other}"
    said = Said(2, "", "error: no birds\n")
    assert told(contract, SHOWN, "birds", "csv", tmp_path)[2] == "  format: csv"


def test_every_line_of_json_is_a_document(tmp_path, monkeypatch):
    asked = []

    def run_shell(home, words):
        asked.append((home, words))
        return Said(0, '{"a": 1}\nnot json\n', "")

    monkeypatch.setattr(module, "run_shell", run_shell)
    lines = told(command_contract(), SHOWN, "birds 'a tit'", "json", tmp_path)
    assert lines[:3] == [
        "The contract asks: in JSON every line of the output is a document.",
        "  line: birds 'a tit'",
        "  output: not json",
    ]
    assert lines[3].startswith("  what came: JSONDecodeError")
    assert asked == [(tmp_path / "home", ["birds", "a tit", "--format", "json"])]
    command_contract().test_what_it_returns_can_be_shown("birds", "text", tmp_path)


# Corpora.


@pytest.fixture
def entry(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text(NAMES)
    return CorpusEntry("list", "names", "a list", "CC0", "here", path, 24, 14)


def corpus_contract(entry, **changes):
    return type("Contract", (CorpusContract,), {"entry": replace(entry, **changes)})()


FAR = Download("https://example.org/text.txt", "0" * 64)


WHOSE, NAMED = "says_what_it_is_and_whose", "a corpus has a name of one word."


@pytest.mark.parametrize(
    ("check", "changes", "lines"),
    [
        (WHOSE, {"name": "my list"}, [NAMED, "name: my list"]),
        (WHOSE, {"name": ""}, [NAMED, "name: "]),
        (WHOSE, {"name": "-list"}, [NAMED, "name: -list"]),
        (WHOSE, {"kind": "verse"}, ["`kind` is names or prose.", "came: verse"]),
        (WHOSE, {"summary": ""}, ["`summary` is one line of text.", "came: "]),
        (WHOSE, {"licence": 3}, ["`licence` is one line of text.", "came: 3"]),
        (WHOSE, {"source": "a\nb"}, ["`source` is one line of text.", "came: 'a\\nb'"]),
        (
            "has_a_text_or_says_where_to_fetch_it",
            {"path": None},
            ["a corpus has the `path` of a file, or a `download`.", "path: None"],
        ),
        (
            "has_a_text_or_says_where_to_fetch_it",
            {"download": Download("http://example.org/x", "0" * 64)},
            ["a text is fetched by https.", "url: http://example.org/x"],
        ),
        (
            "has_a_text_or_says_where_to_fetch_it",
            {"download": Download("https://example.org/x", "0" * 63)},
            ["`sha256` has 64 signs from 0 to f.", f"came: {'0' * 63}"],
        ),
        (
            "has_a_text_or_says_where_to_fetch_it",
            {"download": Download("https://example.org/x", "g" * 64)},
            ["`sha256` has 64 signs from 0 to f.", f"came: {'g' * 64}"],
        ),
        (
            "text_is_of_its_kind_and_size",
            {"size": 23},
            ["`size` is that of the text.", "came: 23", "asked for: 24"],
        ),
        (
            "text_is_of_its_kind_and_size",
            {"distinct": 13},
            ["`distinct` is that of the text.", "came: 13", "asked for: 14"],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_corpus_is_told_whole(entry, check, changes, lines):
    name = next(each for each in dir(CorpusContract) if check in each)
    first, *others = lines
    expected = [f"The contract asks: {first}", *(f"  {line}" for line in others)]
    assert told(corpus_contract(entry, **changes), name) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"path": None, "download": FAR},
        {"path": None, "download": Download("https://example.org/text.txt")},
        {"size": None, "distinct": None},
    ],
)
def test_what_a_corpus_need_not_tell_is_no_fault(entry, changes):
    contract = corpus_contract(entry, **changes)
    contract.test_it_has_a_text_or_says_where_to_fetch_it()
    if contract.entry.path:
        contract.test_its_text_is_of_its_kind_and_size()
    else:
        with pytest.raises(pytest.skip.Exception, match="list has to be fetched"):
            contract.test_it_can_be_learned()


def test_a_text_that_cannot_be_read_is_told_with_its_path(entry, tmp_path):
    lines = told(corpus_contract(entry, path=tmp_path / "gone"), "test_it_can_be_learned")
    assert lines[0] == "The contract asks: the text of a corpus is read without a question."
    assert lines[1].startswith("  path: ")
    assert "gone" in lines[1]


def test_a_text_that_is_read_as_another_kind_is_found(entry, monkeypatch):
    contract = corpus_contract(entry)
    other = contract.read()
    contract.entry = replace(entry, kind="prose")
    monkeypatch.setattr(contract, "read", lambda: other)
    assert told(contract, "test_its_text_is_of_its_kind_and_size") == [
        "The contract asks: the text is read as `kind` says.",
        "  came: names",
    ]


def test_a_text_that_is_too_short_is_told_with_its_characters(entry, tmp_path):
    path = tmp_path / "short.txt"
    path.write_text("a\n")
    contract = corpus_contract(entry, path=path, kind="prose", size=None, distinct=None)
    lines = told(contract, "test_it_can_be_learned")
    assert lines[:2] == [
        "The contract asks: a text is long enough for the usual plan.",
        "  characters: 2",
    ]


# Recipes.


class BreakingLearner(FakeLearner):
    def update(self, batch, learning_rate):
        raise ZeroDivisionError("nothing to divide")


class LostLearner(FakeLearner):
    def update(self, batch, learning_rate):
        return float("inf")


class Broken(Steady):
    def __init__(self, learner):
        self._learner = learner

    def learner(self, model, plan):
        return self._learner(self, model, plan)


class Lacking(Steady):
    requires = ("a_package_that_nobody_has",)


def recipe_contract(entry, tested=None, **changes):
    recipe = Recipe("quick", "a quick one", TextChoice("list"), "fake", {"units": 3}, Plan())
    far = replace(entry, name="far", path=None, download=FAR)
    values = {
        "recipe": replace(recipe, **changes),
        "entries": {"list": entry, "far": far},
        "backends": {"fake": tested or Steady()},
    }
    return type("Contract", (RecipeContract,), values)()


ONE_WORD = "The contract asks: a recipe has a name of one word and a summary of one line."


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"name": "two words"}, "name: two words"),
        ({"name": ""}, "name: "),
        ({"name": "-quick"}, "name: -quick"),
        ({"summary": ""}, "summary: "),
        ({"summary": "a\nb"}, "summary: 'a\\nb'"),
    ],
)
def test_a_recipe_has_a_name_and_a_summary(entry, changes, line):
    lines = told(recipe_contract(entry, **changes), "test_it_says_what_it_is")
    assert lines == [ONE_WORD, f"  {line}"]


def test_a_plan_that_is_another_when_it_is_read_is_found(entry, monkeypatch):
    contract = recipe_contract(entry)
    monkeypatch.setattr(Plan, "from_dict", classmethod(lambda cls, values: Plan(batch_size=9)))
    lines = told(contract, "test_it_can_be_written_down")
    assert lines[0] == (
        "The contract asks: a plan and its sampling options are plain values, for a job's file."
    )
    assert lines[1].startswith("  came: Plan(cutting='names', batch_size=9")


USES = "test_its_backends_take_their_options_and_use_its_plan"
BEGINS = "test_it_begins_to_learn_its_text"


def test_a_backend_that_is_not_there_is_told_with_those_that_are(entry):
    lines = told(recipe_contract(entry, backend="none"), USES)
    assert lines[:2] == [
        "The contract asks: the backend that a recipe names is there.",
        "  backend: none",
    ]
    assert lines[2].startswith("  there are: [")
    assert "'fake'" in lines[2]


def test_options_that_the_backend_does_not_have_are_told(entry):
    assert told(recipe_contract(entry, config={"size": 3}), USES) == [
        "The contract asks: its options are those of its backend.",
        "  backend: fake",
        "  options: size = 3",
        "  what came: UsageError: there is no option 'size'",
        "  its hint: there is units",
    ]


def test_each_part_of_a_mix_is_looked_at(entry):
    parts = (Part("fake"), Part("fake", {"size": 4}))
    lines = told(recipe_contract(entry, plan=Plan(parts=parts)), USES)
    assert lines[:3] == [
        "The contract asks: its options are those of its backend.",
        "  backend: fake",
        "  options: size = 4",
    ]


def test_a_first_update_that_cannot_be_made_is_told(entry):
    lines = told(recipe_contract(entry, Broken(BreakingLearner)), BEGINS)
    assert lines == [
        "The contract asks: the first update of a recipe can be made.",
        "  backend: fake",
        "  options: units = 3",
        "  what came: ZeroDivisionError: nothing to divide",
    ]
    assert told(recipe_contract(entry, Broken(LostLearner)), BEGINS) == [
        "The contract asks: the first loss is a number.",
        "  backend: fake",
        "  loss: inf",
    ]


def test_a_text_that_is_not_there_is_told(entry):
    lines = told(recipe_contract(entry, text=TextChoice("lost")), BEGINS)
    assert lines[0] == "The contract asks: the texts of a recipe are there, and long enough."
    assert lines[1].startswith("  text: TextChoice(")
    assert "corpus='lost'" in lines[1]


def test_the_first_batch_is_learned_at_the_first_rate(entry):
    seen = []

    class Seeing(FakeLearner):
        def update(self, batch, learning_rate):
            seen.append((batch.fresh, learning_rate, len(batch.inputs)))
            return super().update(batch, learning_rate)

    stages = (Stage(updates=1, learning_rate=0.25), Stage(updates=5, learning_rate=0.5))
    plan = Plan(batch_size=5, held_out=0, stages=stages)
    recipe_contract(entry, Broken(Seeing), plan=plan).test_it_begins_to_learn_its_text()
    assert seen == [(True, 0.25, 5)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"backend": None}, "the backend or the text is the user's choice"),
        ({"text": TextChoice()}, "the backend or the text is the user's choice"),
        ({"text": TextChoice("far")}, "far has to be fetched"),
        (
            {"plan": Plan(stages=(Stage(corpus="far"), Stage()))},
            "far has to be fetched",
        ),
    ],
)
def test_what_cannot_be_tried_here_is_skipped(entry, changes, reason):
    with pytest.raises(pytest.skip.Exception) as skipped:
        recipe_contract(entry, **changes).test_it_begins_to_learn_its_text()
    assert str(skipped.value) == reason


def test_a_recipe_whose_training_lacks_a_package_is_skipped(entry):
    with pytest.raises(pytest.skip.Exception) as skipped:
        recipe_contract(entry, Lacking()).test_it_begins_to_learn_its_text()
    assert str(skipped.value) == "training with fake needs a_package_that_nobody_has"
