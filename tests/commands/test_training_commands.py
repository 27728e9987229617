"""`train` and `plot`: what is planned, begun, followed and told; no run has a process here."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from charplay.commands.class_training import ClassTrained, ClassTraining
from charplay.commands.plotting import LossPlot, NoLossesError
from charplay.commands.saving import SavedFile
from charplay.commands.training import BegunRun, Training, begin_run, take_model
from charplay.errors import CharplayError, TrainingError, UsageError
from charplay.insight.classify import ClassTest
from charplay.insight.loss_chart import LossChart
from charplay.insight.loss_svg import chart_svg
from charplay.jobs.event_log import EventLog
from charplay.jobs.job import Job, all_jobs
from charplay.sessions.choice import SessionChoice
from charplay.training.events import Evaluated, Kept
from tests.commands.test_answering_commands import put_learned
from tests.jobs.events import DONE, FAILED, KEPT, PROGRESS, RUN, STARTED
from tests.sessions.conftest import put_model

NAMES = ("abe", "bad", "cab", "dad", "ebb", "fab", "gab", "hab", "fed", "bed", "cad", "had")


@pytest.fixture
def backend(registry):
    return registry.backends.find("numpy")


@pytest.fixture
def towns(tmp_path):
    path = tmp_path / "towns.txt"
    path.write_text("".join(f"{name}\n" for name in NAMES * 2))
    return path


@pytest.fixture
def running(monkeypatch, home, backend):
    """In the place of processes: runs that keep a model of their name; the jobs that they were."""
    jobs = []

    def run(job, library, environment, interrupted):
        jobs.append(job)
        name = job.training_run().name
        put_learned(home, backend, name, history=((5, 2.0, 1.75),))
        EventLog(job.events, job.live).write(STARTED)
        yield replace(STARTED, name=name, characters=90 + job.number)
        yield PROGRESS
        yield DONE
        yield Kept(name, "0" * 64)

    for module in ("training", "class_training"):
        monkeypatch.setattr(f"charplay.commands.{module}.run_to_library", run)
    return jobs


def test_a_run_is_followed_to_its_end_and_its_model_talked_to(hand, towns, running, home):
    at = hand(session=True)
    training = at(f":train {towns} --quick --name mine")
    assert isinstance(training, Training)
    assert (training.number, training.run.name, training.model_waits) == (1, "mine", False)
    events = list(training.events)
    assert [type(event).__name__ for event in events] == ["Started", "Progress", "Finished", "Kept"]
    (job,) = running
    assert job.number == 1
    assert job.is_told
    assert at.context.library.current == "mine"
    assert at.context.session.record.model == "mine"


def test_the_first_event_in_json_has_the_notes_of_the_text(hand, towns, running):
    towns.write_bytes(b"\xef\xbb\xbf" + towns.read_bytes().replace(b"\n", b"\r\n") + b"abe \n")
    training = hand()(f":train {towns} --quick")
    first, second, *_ = training.results()
    assert first["event"] == "started"
    assert first["notes"] == training.run.notes
    assert "notes" not in second


def test_in_private_nothing_is_noted_of_a_run_and_in_a_script_no_session_moves(
    hand, towns, running
):
    at = hand()
    at.context.set_private(True)
    at.say(f":train {towns} --quick --name mine")
    assert not running[0].is_told
    assert at.context.library.current is None


def test_at_a_prompt_where_something_was_said_the_model_waits(hand, towns, running, home, backend):
    put_model(home, backend)
    at = hand(session=True, prompted=True)
    assert at(f":train {towns} --quick --name mine --wait").model_waits is False
    at.say("ab")
    training = at(f":train {towns} --quick --name other --wait")
    assert training.model_waits is True
    list(training.events)
    assert at.context.session.record.model == "poet"
    assert at.context.library.current == "poet"
    script = hand(session=True)
    assert script.context.session.begun
    assert script(f":train {towns} --quick --name other").model_waits is False


def test_a_run_without_a_model_moves_nothing(hand, towns, monkeypatch, home, backend):
    put_model(home, backend)
    monkeypatch.setattr(
        "charplay.commands.training.run_to_library", lambda *given: iter([STARTED, DONE])
    )
    at = hand(session=True)
    at.say(f":train {towns} --quick --name mine")
    assert at.context.library.current == "poet"


def test_a_model_is_taken_for_the_next_start_and_for_the_session_that_there_is(hand, home, backend):
    put_model(home, backend, "bard", seed=2)
    put_model(home, backend)
    at = hand()
    take_model(at.context, "bard")
    assert at.context.library.current == "bard"
    at.context.begin_session(SessionChoice(new=True))
    take_model(at.context, "poet")
    assert at.context.session.record.model == "poet"


@pytest.fixture
def starting(monkeypatch):
    """The jobs that are started beside the conversation, and with which variables."""
    started = []
    monkeypatch.setattr(Job, "start", lambda job, variables: started.append((job, variables)))
    return started


def test_at_a_prompt_a_run_begins_beside_the_conversation(hand, towns, starting):
    at = hand(session=True, prompted=True)
    begun = at(f":train {towns} --quick --name mine")
    (job, variables), = starting  # fmt: skip
    assert begun == BegunRun(1, "mine", False, job.training_run().notes)
    assert variables == at.context.environment.variables
    assert at.context.has_runs
    assert at.context.board._own == {1}
    assert (BegunRun(1, "mine").resumed, BegunRun(1, "mine").notes) == (False, ())


def test_a_run_taken_up_beside_the_conversation_tells_no_notes_again(hand, made_run, starting):
    at = hand()
    run = replace(RUN, notes=("read as names",))
    fresh = Job.create(at.context.environment.home, run)
    assert begin_run(at.context, fresh, run) == BegunRun(1, "birds", False, ("read as names",))
    job = made_run(STARTED, run=run)
    assert begin_run(at.context, job, run) == BegunRun(2, "birds", True, ())


def test_what_is_piped_in_is_kept_and_trained_on(hand, running, home):
    at = hand(takes_input=True, stdin="".join(f"{name}\n" for name in NAMES * 2))
    training = at(":train - --quick --name mine")
    (stored,) = (home / "piped").iterdir()
    assert training.run.text.corpus == str(stored)
    assert training.run.again == "train - --quick"
    plain = hand()
    assert plain.refused(":train -")[0].startswith("standard input has the commands here")


def test_a_column_is_asked_for_where_somebody_is(hand, running, tmp_path):
    table = tmp_path / "table.csv"
    rows = "".join(f"{name},{name[::-1]}\n" for name in NAMES * 2)
    table.write_text(f"bird,tree\n{rows}")
    at = hand()
    at.choosing("2")
    training = at(f":train {table} --quick")
    assert training.run.text.column == "2"
    assert shlex.split(training.run.again)[:2] == ["train", "table.csv"]
    assert "--column 2" in training.run.again


# By class.


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "kinds"
    (made / "inner").mkdir(parents=True)
    (made / ".hidden").write_text("x\n")
    for name, some in (("soft", NAMES), ("hard one", NAMES[::-1])):
        (made / f"{name}.txt").write_text("".join(f"{each}\n" for each in some * 2))
    return made


def test_each_file_of_a_folder_has_a_model_and_the_test_comes_last(hand, folder, running):
    at = hand()
    training = at(f":train {folder} --each")
    assert isinstance(training, ClassTraining)
    assert ClassTraining.ends_in_table
    assert (training.models, training.count, training.minutes, training.notes) == (
        "'kinds.*'",
        2,
        None,
        (),
    )
    assert not all_jobs(at.context.environment.home), "nothing is done before it is looked at"
    hard, soft, test = training.events
    assert hard == ClassTrained("kinds.hard one", 1, 2, "names", 91, 1.75)
    assert soft == ClassTrained("kinds.soft", 2, 2, "names", 92, 1.75)
    assert isinstance(test, ClassTest)
    assert test.classes == ("kinds.hard one", "kinds.soft")
    assert all(job.is_told for job in running)
    assert [Path(job.training_run().text.corpus).name for job in running] == [
        "hard one.txt",
        "soft.txt",
    ]


def test_models_of_classes_are_quick_unless_the_person_says_how_to_train(hand, folder, running):
    at = hand()

    def runs(more):
        running.clear()
        training = at(f":train {folder} --each --name k {more}")
        list(training.events)
        return training, [job.training_run() for job in running]

    training, quick = runs("")
    assert training.models == "'k.*'"
    assert {run.backend for run in quick} == {"ngram"}
    training, slow = runs("--minutes 2")
    assert training.minutes == 2
    assert {run.backend for run in slow} != {"ngram"}
    _, long = runs("--updates 3 --backend numpy")
    assert [run.plan.stages[0].updates for run in long] == [3, 3]
    _, again = runs("--quick --kind prose")
    assert {(run.backend, run.text.kind) for run in again} == {("ngram", "prose")}


def test_ctrl_c_ends_with_the_models_that_there_are(hand, folder, running):
    at = hand()
    training = at(f":train {folder} --each")
    first = next(training.events)
    at.context.interrupted = True
    assert first.number == 1
    assert list(training.events) == []


def test_in_private_nothing_is_noted_of_the_runs_of_classes(hand, folder, running):
    at = hand()
    at.context.set_private(True)
    at.say(f":train {folder} --each")
    assert not any(job.is_told for job in running)


def test_a_class_without_a_model_ends_the_training(hand, folder, monkeypatch):
    monkeypatch.setattr(
        "charplay.commands.class_training.run_to_library", lambda *given: iter([STARTED, DONE])
    )
    with pytest.raises(TrainingError) as caught:
        hand().say(f":train {folder} --each")
    assert (caught.value.message, caught.value.hint) == (
        "training kinds.hard one gave no model",
        "train again",
    )


def test_a_run_that_does_not_say_how_it_began_has_no_characters(hand, folder, monkeypatch, home,
                                                                backend):  # fmt: skip
    def run(job, *given):
        name = job.training_run().name
        put_learned(home, backend, name)
        yield Kept(name, "0" * 64)

    monkeypatch.setattr("charplay.commands.class_training.run_to_library", run)
    first = next(hand()(f":train {folder} --each").events)
    assert (first.characters, first.held_out_loss) == (0, None)


TABLE = "name;kind\n" + "".join(f"{name};x\n{name[::-1]} {name};Y z\n" for name in NAMES)


def test_each_class_of_a_table_is_a_file_of_the_data_home(hand, tmp_path, running, home):
    table = tmp_path / "table.csv"
    table.write_text(TABLE + "lonely;w\nlonely;w\n")
    at = hand()
    training = at(f":train {table} --by kind")
    assert training.models == "'table.*'"
    assert training.count == 2
    assert training.notes[-1] == "left out, with one text each: w"
    files = home / "classes" / "table"
    assert sorted(path.name for path in files.iterdir()) == ["Y z.txt", "x.txt"]
    assert (files / "x.txt").read_text() == "".join(f"{name}\n" for name in NAMES)
    first = next(training.events)
    assert first.model == "table.Y z"
    run = running[0].training_run()
    assert (run.text.kind, run.text.separator, run.text.header) == ("names", "line", "no")
    prose = at(f":train {table} --by kind --kind prose")
    list(prose.events)
    assert running[-1].training_run().text.kind == "prose"


def test_cells_are_one_line_each_and_a_table_that_is_piped_in_has_its_name(hand, running, home):
    table = 'name,kind\n"a\n b",x\nc,x\nab,y\ncd,y\nef,y\n' + "".join(
        f"{name},{kind}\n" for name in NAMES for kind in "xy"
    )
    at = hand(takes_input=True, stdin=table)
    training = at(":train - --by kind")
    assert training.models == "'classes.*'"
    assert (home / "classes" / "classes" / "x.txt").read_text().splitlines()[0] == "a b"
    assert hand(takes_input=True, stdin=table)(":train - --by kind --name mine").models == (
        "'mine.*'"
    )


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ("kinds --each --by kind", "--each and --by do different things", "give one of them"),
        ("--each", "--each needs a folder of texts", "`train FOLDER --each`"),
        ("--by kind", "--by needs a table", "`train FILE --by COLUMN`"),
        ("gone --each", "--each needs a folder of texts, and there is no gone",
         "`train FOLDER --each`"),
        ("gone --by kind", "--by needs a table, and there is no gone", "`train FILE --by COLUMN`"),
        ("kinds --by kind", "kinds is a folder, and --by needs a table", "`train FOLDER --each`"),
        ("file --each", "file is a file, and --each needs a folder of texts",
         "`train FILE --by COLUMN`"),
        ("one --each", "one has 1 files, and classes are from 2 to 200",
         "choose another column or folder"),
        ("twins --each", "a.csv and a.txt would both be the class a", "give them different names"),
        ("same.csv --by kind", "same has 1 classes with two texts or more, and classes are from 2 "
         "to 200", "choose another column or folder"),
        ("alike.csv --by kind", "two classes would have the name x",
         "give them names of other letters"),
        ("kinds --each --name a/b", "'a/b.a' cannot be the name of a model", None),
        ("mixed --each", "mixed.b is read as prose and mixed.a as names: no text is both", None),
        ("kinds --each --recipe gone", "kinds.hard one: there is no recipe 'gone'", None),
    ],
)  # fmt: skip
def test_what_cannot_be_trained_by_class_is_told(
    hand, folder, tmp_path, monkeypatch, running, words, message, hint
):
    monkeypatch.chdir(tmp_path)
    for name, files in {
        "one": {"a.txt": "a\n"},
        "twins": {"a.txt": "a\n", "a.csv": "a\n"},
        "mixed": {
            "a.txt": "".join(f"{name}\n" for name in NAMES * 3),
            "b.txt": "A long sentence of prose, and then another one. " * 60,
        },
    }.items():
        (tmp_path / name).mkdir()
        for file, text in files.items():
            (tmp_path / name / file).write_text(text)
    (tmp_path / "file").write_text("a\n")
    (tmp_path / "same.csv").write_text("name,kind\na,x\nb,x\n")
    (tmp_path / "alike.csv").write_text("name,kind\na,x\nb,x\nc,X\nd,X\n")
    at = hand()
    with pytest.raises(CharplayError) as caught:
        list(at(f":train {words}").events)
    if "mixed" in words:
        assert caught.value.message.endswith(": no text is both")
        assert caught.value.hint == "read them all alike: --kind names or --kind prose"
        return
    assert caught.value.message == message
    assert hint is None or caught.value.hint == hint
    assert running == []


def test_two_hundred_classes_are_enough(hand, tmp_path, running):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(200):
        (folder / f"c{number:03}.txt").write_text("a\n")
    assert hand()(f":train {folder} --each").count == 200
    (folder / "one more.txt").write_text("a\n")
    assert hand().refused(f":train {folder} --each")[0] == (
        f"{folder} has 201 files, and classes are from 2 to 200"
    )


# The losses of runs and models.


def losses(*updates):
    return [replace(PROGRESS, update=n, elapsed=n / 10, characters=10 * n) for n in updates] + [
        Evaluated(n, 1.5, True) for n in updates
    ]


def updates_of(plot):
    return [(point.run, point.curve, point.update) for point in plot.points]


def test_runs_are_drawn_by_number_or_the_newest(hand, made_run):
    made_run(STARTED, *losses(10, 20), DONE)
    made_run(replace(STARTED, name="b"), *losses(5), run=replace(RUN, name="b"))
    at = hand()
    plot = at(":plot 1")
    assert isinstance(plot, LossPlot)
    assert (plot.against, plot.notices) == ("updates", ())
    assert {run for run, _, _ in updates_of(plot)} == {1}
    assert {run for run, _, _ in updates_of(at(":plot"))} == {2}
    both = at(":plot 2 1 2 --against time")
    assert both.against == "time"
    assert [run for run, _, _ in updates_of(both)] == sorted(
        [run for run, _, _ in updates_of(both)], reverse=True
    )
    assert len(both.points) == len(plot.points) + len(at(":plot 2").points)
    assert updates_of(at(":plot birds")) == updates_of(plot)


def test_a_plot_is_written_into_one_new_file(hand, made_run, tmp_path):
    made_run(STARTED, *losses(10, 20), DONE)
    made_run(STARTED)
    at = hand()
    file = tmp_path / "losses.SVG"
    saved = at(f":plot 1 2 {file}")
    assert saved == SavedFile(str(file), None, ("run 2 (birds) has no loss yet",))
    plot = at(":plot 1")
    assert file.read_text() == chart_svg(LossChart.of(plot.points, "updates"))
    assert file.stat().st_mode & 0o044, "it can be shared"
    assert str(file) in at.refused(f":plot 1 {file}")[0]
    assert at.refused(":plot 1 a.svg b.svg") == ("a.svg, b.svg are 2 files", "name one of them")
    assert at.refused(":plot 2")[0] == "run 2 (birds) has no loss yet"
    assert at.refused(":plot 2")[1] == "try `plot 2` in a moment"


@pytest.mark.parametrize(
    ("typed", "message", "hint"),
    [
        ("losses.png", "a plot cannot be written as '.png'", "type losses.svg in its place"),
        ("losses.PDF", "a plot cannot be written as '.PDF'", "type losses.svg in its place"),
        ("losses.csv", "a plot cannot be written as '.csv'",
         "type --save losses.csv in its place, which saves the numbers"),
        ("7", "there is no run 7", "`jobs` lists the runs"),
        ("brids", "there is no run or model 'brids'", "did you mean birds?"),
        ("xyzzy", "there is no run or model 'xyzzy'", "`models` lists what there is"),
        ("losses.xyz", "there is no run or model 'losses.xyz'", "`models` lists what there is"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_told(hand, made_run, typed, message, hint):
    made_run(STARTED, *losses(10))
    assert hand().refused(f":plot {typed}") == (message, hint)


def test_without_a_run_there_is_nothing_to_draw_and_of_too_many_no_room(hand, made_run):
    at = hand()
    assert at.refused(":plot") == ("there is no run yet", "`train dinosaurs` starts one")
    made_run(STARTED, *losses(10))
    twenty_seven = " ".join(f"m{n}" for n in range(27))
    assert at.refused(f":plot {twenty_seven}") == (
        "a plot has room for 26 runs",
        "name fewer of them",
    )
    assert at.refused(f":plot {twenty_seven.removesuffix(' m26')}")[0].startswith("there is no")


def test_a_run_that_ended_before_it_had_a_loss_says_why(hand, made_run):
    made_run(STARTED, FAILED)
    assert hand().refused(":plot") == (
        "run 1 (birds) ended before it had a loss: its text is gone",
        "bring it back",
    )


def test_a_run_whose_plan_is_damaged_is_called_by_its_number(hand, made_run):
    job = made_run()
    job.plan.write_text("{")
    assert hand().refused(":plot 1")[0] == "run 1 has no loss yet"


def test_models_are_drawn_from_the_history_in_their_files(hand, made_run, home, backend):
    put_learned(home, backend, "seen", history=((5, 2.0, 1.75), (10, 1.9, 1.7)))
    inner = {"plan": {"inner": 0.1}}
    put_learned(home, backend, "judged", history=((5, 2.0, 1.75), (10, 1.9, 1.7)), **inner)
    put_learned(home, backend, "bare")
    at = hand()
    curves = {(point.curve, point.update): point.loss for point in at(":plot seen").points}
    assert curves == {
        ("training", 5): 2.0, ("training", 10): 1.9, ("held_out", 5): 1.75, ("held_out", 10): 1.7,
    }  # fmt: skip
    assert {point.curve for point in at(":plot judged").points} >= {"training", "validation"}
    assert at.refused(":plot bare") == (
        "the file of the model bare has no history",
        "`plot` draws the newest run",
    )
    for against, what in (("time", "time"), ("characters", "number of characters")):
        assert at.refused(f":plot seen --against {against}") == (
            f"the file of the model seen has an update beside each loss, and no {what}",
            "`plot seen` draws it; a run, named by its number, has all three",
        )
    made_run(STARTED, *losses(10))
    both = at(":plot 1 seen bare --against time")
    assert both.notices == (
        "the file of the model seen has an update beside each loss, and no time",
        "the file of the model bare has no history",
    )
    path = at.context.library.file("seen")
    assert len(at(f":plot {path}").points) == 4
    assert len(at(f":plot seen {path}").points) in (4, 8)


def test_a_number_is_a_run_and_a_model_of_the_library_goes_before_its_run(
    hand, made_run, home, backend
):
    made_run(STARTED, *losses(10))
    put_learned(home, backend, "birds", history=((5, 2.0, 1.75),))
    assert {point.run for point in hand()(":plot birds").points} == {None}
    assert {point.run for point in hand()(":plot 01").points} == {1}
    assert issubclass(NoLossesError, UsageError)


def test_lines_that_are_no_events_of_ours_are_passed_over(hand, made_run):
    job = made_run(STARTED, *losses(10))
    with job.events.open("a") as stream:
        stream.write('{"event": "progress"}\n{"event": "odd"}\nnonsense\n')
    assert len(hand()(":plot 1").points) == 2


def test_the_newest_figures_beside_the_events_are_drawn_too(hand, made_run):
    job = made_run(STARTED, *losses(10))
    job.live.unlink()
    assert len(hand()(":plot 1").points) == 2
    status = job.status()
    status.take(replace(PROGRESS, update=15))
    status.take(Evaluated(15, 1.4, True))
    job.live.write_text(status.to_json())
    points = updates_of(hand()(":plot 1"))
    assert (1, "training", 15) in points
    assert len(points) == 4


def test_a_model_that_a_run_kept_is_known(made_run):
    assert made_run(STARTED, KEPT).has_kept(KEPT.digest)
