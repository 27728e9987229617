"""What a handler may use: the session, the store, the person, the models and runs meant."""

import os
from dataclasses import replace

import pytest

from charplay.commands.context import Context
from charplay.commands.dispatch import Performed, load_handler, perform_words, plain_text
from charplay.commands.help import CommandHelp
from charplay.commands.request import Request
from charplay.commands.results import Table
from charplay.commands.saving import SavedFile
from charplay.commands.settings import Interface, Settings
from charplay.commands.words import Word
from charplay.errors import StorageError, TrainingError, UsageError
from charplay.jobs.job import Job
from charplay.sessions.choice import SessionChoice
from charplay.text.typed.admission import Admitted
from tests.jobs.events import DONE, KEPT, PROGRESS, RUN, STARTED, STOPPED
from tests.sessions.conftest import put_model, saying


@pytest.fixture
def backend(registry):
    return registry.backends.find("numpy")


@pytest.fixture
def poet(home, backend):
    return put_model(home, backend)


@pytest.fixture
def at(hand):
    return hand()


def named(context, name):
    """A session of that name with one turn, gone on in."""
    session = context.begin_session(SessionChoice(name=name))
    session.record, session.turn = session.store.turns.add(
        replace(session.record, name=name), saying("one"), None, None
    )
    return session


def test_a_context_is_nobodys_until_it_is_said_whose_it_is(at):
    context = at.context
    flags = (context.prompted, context.single, context.interrupted, context.takes_input)
    assert not any(flags)
    assert context.asker is context.chooser is context.picker is context.session is None
    assert context.performing is context.tour is None
    assert context.take_notes() == ()
    assert not context.private
    bare = Context(context.environment, context.registry, context.commands)
    assert (bare.settings.sampling, bare.settings.interface) == ({}, Interface())


def test_macros_of_the_settings_are_offered_by_the_table_of_commands(at):
    at.context.commands.macros = ()
    settings = Settings(macros={"zo": "hello"})
    context = Context(at.context.environment, at.context.registry, at.context.commands, settings)
    assert context.macros is settings.macros
    assert context.commands.macros is settings.macros


def test_notes_are_told_once_each_and_then_gone(at):
    for note in ("one", "two", "one"):
        at.context.add_note(note)
    assert at.context.take_notes() == ("one", "two")
    assert at.context.take_notes() == ()


def test_a_question_goes_to_the_person_or_is_refused_with_the_flag(at):
    with pytest.raises(UsageError) as caught:
        at.context.ask("Really?", "--yes")
    assert caught.value.message == "cannot ask for confirmation here: Really?"
    assert caught.value.hint == "add --yes to do it"
    asked = at.answering(True)
    assert at.context.ask("Really?", "--yes") is True
    at.answering(False)
    assert at.context.ask("Really?", "--yes") is False
    assert asked == ["Really?"]


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("bird", "bird"),
        (" BIRD ", "bird"),
        ("2", "bird"),
        ("Tree", "Tree"),
        ("tree", "Tree"),
        ("7", "Tree"),
        ("1", None),
        ("", None),
        ("bir", None),
    ],
)
def test_one_of_several_is_named_by_its_name_or_its_number(at, typed, chosen):
    asked = at.choosing(typed)
    assert at.context.choose("Which?", {2: "bird", 7: "Tree"}) == chosen
    assert asked == ["Which? 2 bird, 7 Tree? "]


def test_nobody_chooses_where_nobody_is(at):
    assert at.context.choose("Which?", {2: "bird"}) is None


def test_going_private_leaves_the_session_and_coming_back_takes_it_up(at, poet):
    session = named(at.context, "talk")
    session.record = replace(session.record, model="poet", digest=poet)
    at.context.set_private(False)
    assert at.context.session is session
    at.context.set_private(True)
    private = at.context.session
    assert private is not session
    assert private.store.file is None
    assert private.origin is session
    assert at.context.private
    at.context.set_private(True)
    assert at.context.session is private, "it is private already"
    assert at.context.cache_home is None
    at.context.set_private(False)
    assert at.context.session is session
    assert not at.context.private
    assert at.context.cache_home == at.context.environment.home
    private_store_is_closed(private)


def private_store_is_closed(session):
    with pytest.raises(Exception, match="closed"):
        session.store.sessions.names()


def test_what_was_private_from_the_start_goes_on_in_a_new_session(at, home):
    at.context.settings.interface = Interface(private=True)
    session = at.context.begin_session(SessionChoice(nowhere=True))
    assert at.context.store is session.store, "no file is made"
    assert not at.context.store_file.exists()
    at.context.set_private(False)
    assert at.context.session is not session
    assert at.context.session.store is at.context.store
    assert not at.context.session.begun
    private_store_is_closed(session)


def test_without_a_session_private_is_only_noted(at):
    at.context.set_private(True)
    assert at.context.private
    assert at.context.session is None
    with pytest.raises(UsageError, match="private is on, and a session keeps what is said"):
        at.context.check_not_private()
    at.context.set_private(False)
    at.context.check_not_private()
    assert at.context.session is not None


def test_in_private_the_sessions_of_the_data_home_can_still_be_read(at, hand):
    named(at.context, "talk")
    at.context.close()
    private = hand().context
    private.settings.interface = Interface(private=True)
    private.begin_session(SessionChoice(nowhere=True))
    assert private.store.file == private.store_file
    assert private.store.sessions.names() == ["talk"]


def test_closing_ends_the_session_and_the_store(at):
    session = named(at.context, "talk")
    at.context.close()
    assert at.context.session is None
    with pytest.raises(Exception, match="closed"):
        session.store.sessions.names()
    at.context.close()
    assert at.context.store.sessions.names() == ["talk"], "it can be opened again"


def test_a_model_is_the_one_named_else_the_sessions_else_the_usual_one(at, poet, home, backend):
    put_model(home, backend, "bard", seed=2)
    at.context.library.choose("poet")
    assert at.context.model("bard").name == "bard"
    assert at.context.model().name == "poet"
    at.context.begin_session(SessionChoice(new=True))
    at.context.session.choose_model(at.context.library.open("bard"))
    assert at.context.model().name == "bard"
    assert at.context.model("poet").name == "poet"
    with pytest.raises(UsageError, match="there is no model 'gone'"):
        at.context.model("gone")


def test_talking_with_a_model_moves_the_session_to_it(at, poet, home, backend):
    opened = at.context.library.open("poet")
    assert at.context.talk_with(opened) == Admitted("")
    at.context.begin_session(SessionChoice(new=True))
    at.context.talk_with(opened, "/a/run")
    assert at.context.session.record.live == "/a/run"
    at.context.talk_with(opened)
    assert not at.context.session.record.live


def test_a_choice_that_cannot_be_kept_is_told_in_a_session_and_else_an_error(at, poet, monkeypatch):
    library = at.context.library
    assert at.context.remember("poet") == ()
    assert library.current == "poet"

    def refuse(reference):
        raise StorageError("the disk is full")

    monkeypatch.setattr(type(library), "choose", lambda self, reference: refuse(reference))
    with pytest.raises(StorageError, match="the disk is full"):
        at.context.remember("poet")
    at.context.begin_session(SessionChoice(new=True))
    assert at.context.remember("poet") == ("only in this session: the disk is full",)
    at.context.settings.interface = Interface(private=True)
    assert at.context.remember("poet") == ()


@pytest.fixture
def young(at, made_run, home, poet):
    """Makes a run of the model `birds`, with a checkpoint of its own."""
    weights = (home / "models" / f"{poet}.safetensors").read_bytes()

    def make(*events, held=True, name="birds", checkpoint=weights):
        started = replace(STARTED, name=name)
        run = replace(RUN, name=name)
        return made_run(started, *events, held=held, run=run, checkpoint=checkpoint)

    return make


@pytest.mark.parametrize(
    ("events", "held", "seconds", "told"),
    [
        ((PROGRESS,), True, 100, "birds is in training; this is update 0 of 50, 100 s old"),
        ((PROGRESS,), True, 2000, "birds is in training; this is update 0 of 50, 2,000 s old"),
        ((PROGRESS,), True, -50, "birds is in training; this is update 0 of 50, 0 s old"),
        (
            (PROGRESS, STOPPED), False, 5,
            "birds was not trained to its end; this is update 0 of 50, 5 s old",
        ),
    ],
)  # fmt: skip
def test_a_model_in_training_is_its_newest_checkpoint_with_its_age(
    at, young, monkeypatch, events, held, seconds, told
):
    job = young(*events, held=held)
    os.utime(job.checkpoint("last"), (1_000_000, 1_000_000))
    monkeypatch.setattr("time.time", lambda: 1_000_000.0 + seconds)
    opened = at.context.model("birds")
    assert (opened.name, opened.path) == ("birds", job.checkpoint("last"))
    assert at.context.take_notes() == (told,)


def test_a_run_that_does_not_say_how_long_it_is_has_an_age_alone(at, young, monkeypatch):
    young()
    monkeypatch.setattr("charplay.jobs.status.RunStatus.updates", property(lambda self: 0))
    at.context.model("birds")
    (note,) = at.context.take_notes()
    assert note.startswith("birds is in training; this is update 0, ")


def test_a_run_without_a_checkpoint_has_learned_nothing_yet(at, made_run):
    made_run(STARTED, held=True)
    with pytest.raises(TrainingError) as caught:
        at.context.model("birds")
    assert caught.value.message == "birds is starting: nothing is learned yet"
    assert caught.value.hint == "try again soon; `jobs show 1` shows how it stands"


def test_a_name_means_a_run_only_where_the_library_has_no_such_model(at, young, home, backend):
    assert at.context.run_of("birds") is None
    young(PROGRESS, name="dinosaurs")
    assert at.context.run_of("dinosaurs") is None, "a shipped model goes before"
    job = young(PROGRESS)
    assert at.context.run_of("birds").number == job.number
    put_model(home, backend, "birds", seed=4)
    assert at.context.run_of("birds") is None, "another model of the name goes before"


def test_a_run_that_made_a_model_and_goes_on_is_meant_by_its_name_again(
    at, young, home, backend, monkeypatch
):
    digest = put_model(home, backend, "birds", seed=4)
    kept = replace(KEPT, name="birds", digest=digest)
    young(PROGRESS, DONE, kept, held=False)
    assert at.context.run_of("birds") is None
    monkeypatch.setattr(Job, "is_under_way", True)
    assert at.context.run_of("birds").number == 1
    monkeypatch.setattr(Job, "has_kept", lambda self, digest: False)
    assert at.context.run_of("birds") is None


def test_runs_are_in_sight_once_the_board_has_some(at, made_run):
    assert not at.context.has_runs
    assert "board" not in vars(at.context)
    job = made_run(STARTED, held=True)
    assert not at.context.has_runs
    at.context.board.add(job)
    assert at.context.has_runs


def test_an_interruption_is_noted(at):
    at.context.interrupt()
    assert at.context.interrupted is True


# What performs a request.


def test_a_command_is_performed_in_the_format_asked_for_or_set(at):
    def performed(words):
        return perform_words(at.context, list(map(Word, words.split())))

    assert performed("recipes").format == "text"
    assert performed("recipes --format csv").format == "csv"
    at.context.settings.interface = Interface(format="json")
    assert performed("recipes").format == "json"
    assert performed("recipes --format csv").format == "csv"
    help_ = performed("recipes --help")
    assert (type(help_.value), help_.format, help_.notes, help_.picture) == (
        CommandHelp,
        "json",
        (),
        None,
    )
    assert performed("recipes -h --format text").format == "text"
    assert performed("models show -h").value.name == "models show"
    assert at.context.performing.path == ("models", "show")


def test_notes_of_a_command_come_with_its_value(at, hand):
    single = hand(single=True)
    value = single(":set theme light")
    assert value.value == "light"
    assert len(single.notes) == 1
    single(":recipes")
    assert single.notes == ()


def test_a_result_is_saved_and_that_is_told_in_words(at, hand, tmp_path):
    file = tmp_path / "recipes.csv"
    at.context.settings.interface = Interface(format="json")
    performed = perform_words(at.context, [Word("recipes"), Word("--save"), Word(str(file))])
    assert performed == Performed(
        SavedFile(str(file), len(at.context.registry.recipes), ()), "text", ()
    )
    assert file.read_text().startswith("recipe,corpus,backend,summary,offered_by\n")
    assert at.refused(f":recipes --save {file}")[0] != ""
    quiet = tmp_path / "nothing.txt"
    prompt = hand(prompted=True)
    assert prompt.refused(f":help tour --save {quiet}") == (
        "there is nothing to save",
        "leave out --save",
    )
    assert not quiet.exists()
    single = hand(single=True)
    single(f":set theme light --save {tmp_path / 'set.json'}")
    assert len(single.notes) == 1


def test_a_picture_is_drawn_later_into_a_new_file_and_only_of_what_draws(at, tmp_path, poet):
    file = tmp_path / "next.svg"
    at.context.settings.interface = Interface(format="csv")
    words = ["probs", "-m", "poet", "--save", str(file), "ab"]
    performed = perform_words(at.context, list(map(Word, words)))
    assert (performed.format, performed.picture) == ("text", file)
    assert performed.value.model == "poet"
    assert not file.exists()
    file.write_text("mine")
    with pytest.raises(UsageError):
        perform_words(at.context, list(map(Word, words)))
    message, hint = at.refused(f":recipes --save {tmp_path / 'a.svg'}")
    assert message == "a result cannot be saved as '.svg'"
    assert ".svg" not in hint
    assert ".svg" in at.refused(f":probs --save {tmp_path / 'a.pdf'} ab")[1]


def test_the_language_of_the_person_decides_how_a_spreadsheet_is_saved(at, tmp_path):
    at.context.environment = replace(
        at.context.environment,
        variables={**at.context.environment.variables, "LC_ALL": "de_DE.UTF-8"},
    )
    file = tmp_path / "recipes.csv"
    at(f":recipes --excel --save {file}")
    assert file.read_text("utf-8-sig").startswith("recipe;corpus;")


def test_a_macro_is_performed_by_its_name_and_never_hides_a_command(at):
    at.context.macros.update(zo=":recipes $*", recipes=":corpora")
    assert perform_words(at.context, [Word("zo")]).value == at(":recipes")
    assert at(":zo --format csv") == at(":recipes")
    assert perform_words(at.context, [Word("zo"), Word("--format"), Word("csv")]).format == "csv"
    assert perform_words(at.context, [Word("recipes")]).value == at(":recipes")
    assert at(":") is None


def test_a_command_without_its_colon_is_asked_about_where_somebody_is(at, poet):
    asked = at.choosing("y")
    assert isinstance(at("recipes"), Table)
    assert asked == ["do :recipes? y/N, or \\recipes to say it: "]
    at.choosing("no")
    assert at("recipes") is None
    at.choosing("")
    assert at("recipes") is None
    at.choosing(":corpora")
    assert at("recipes").columns[0].name == "corpus"
    at.choosing("\\recipes")
    assert next(at("recipes").events).prompt == "recipes"
    assert at.context.performing.values == {"text": "recipes"}


def test_where_nobody_is_it_is_text_and_that_is_told(at, poet):
    at.say("bad")
    assert at.notes == ()
    at.say("models show")
    assert at.notes == ("models show went to the model as text; the command is :models show",)
    assert at.context.performing.values == {"text": "models show"}
    at.say("\\models show")
    assert at.notes == ()
    assert at.context.performing.values == {"text": "models show"}


def test_plain_text_is_a_request_without_a_path():
    request = plain_text("ab")
    assert (request.path, request.values, request.command.name) == ((), {"text": "ab"}, "talk")


def test_what_a_handler_returns_is_checked_under_its_name(at, monkeypatch):
    monkeypatch.setattr("charplay.commands.listing.list_recipes", lambda context, request: object())
    monkeypatch.setattr("charplay.commands.models.show_model", lambda context, request: object())
    assert at.refused(":recipes")[0] == "the command recipes returned a value of the type object"
    assert at.refused(":models show x")[0].startswith("the command models show returned ")


def test_a_plugins_code_is_loaded_with_a_note_of_whose_it_is(at, monkeypatch):
    left = []

    class Crumb:
        def __init__(self, cache, plugin):
            left.append((cache, plugin))

        def __enter__(self):
            left.append("in")

        def __exit__(self, *error):
            left.append("out")

    monkeypatch.setattr("charplay.commands.dispatch.leave_breadcrumb", Crumb)
    context = at.context
    recipes = Request(("recipes",), context.commands["recipes"])
    assert load_handler(context, recipes).__name__ == "list_recipes"
    assert left == []
    assert load_handler(context, plain_text("x")).__name__ == "talk"
    name = next(iter(context.registry.commands))
    load_handler(context, Request((name,), context.commands["recipes"]))
    plugin = context.registry.commands.origin(name).plugin
    assert left == [(context.environment.cache, plugin), "in", "out"]


def test_the_backends_and_recipes_are_listed_with_who_offers_them(at):
    table = at(":backends")
    rows = {row.backend: row for row in table.rows}
    fake = rows["numpy"]
    assert (fake.ready, fake.trains_here, fake.offered_by) == (True, "yes", "charplay")
    assert fake.option_names == tuple(option.typed_name for option in fake.options)
    assert "hidden" in fake.option_names
    for row in table.rows:
        backend = at.context.registry.backends.find(row.backend)
        assert row.ready is not bool(backend.missing())
        assert row.trains_here == ("yes" if row.ready else backend.how_to_install)
    assert (table.empty, table.json_only) == (
        "there is no backend; install charplay again",
        ("options",),
    )
    assert [(c.name, c.shrink, c.least) for c in table.columns] == [
        ("backend", "never", 8),
        ("summary", "fold", 8),
        ("trains_here", "never", 8),
        ("option_names", "fold", 18),
    ]
    recipes = at(":recipes")
    row = {row.recipe: row for row in recipes.rows}["dinosaurs-rnn"]
    assert (row.corpus, row.backend, row.offered_by) == (
        "dinosaurs",
        "numpy",
        "charplay-recipes",
    ) or (row.corpus == "dinosaurs" and row.backend == "numpy")
    assert recipes.empty == "there is no recipe; `train FILE` trains without one"
    assert [(c.name, c.shrink) for c in recipes.columns] == [
        ("recipe", "never"),
        ("corpus", "never"),
        ("summary", "fold"),
    ]
