"""News of runs beside the prompt: what is told, when, once, and what becomes of them at the end."""

from types import SimpleNamespace

import pytest
from prompt_toolkit.input import create_pipe_input

from charplay.commands.settings import Interface
from charplay.files import replace_file
from charplay.jobs.board import RunSeen
from charplay.jobs.status import RunStatus
from charplay.sessions.choice import SessionChoice
from charplay.terminal import leaving, run_watch
from charplay.terminal.completer import PromptCompleter
from charplay.terminal.leaving import may_leave
from charplay.terminal.line_prompt import PromptMaker
from charplay.terminal.render.console import make_console
from charplay.terminal.run_news import RunNews
from charplay.terminal.run_watch import RunWatch
from charplay.training.events import Finished, Kept, Progress, Sampled
from tests.sessions.conftest import put_model
from tests.terminal.line_prompt import LinePrompt
from tests.terminal.screen import Screen, drawn_on

ENTER, CTRL_C = "\r", "\x03"
IDLE = 100


def job(number=3, **more):
    """Stands for a run's folder; `told` counts how often its end was told."""
    made = SimpleNamespace(number=number, told=0, asked=[], waited=0, **more)

    def count(name):
        setattr(made, name, getattr(made, name) + 1)

    made.mark_told = lambda: count("told")
    made.wait = lambda: count("waited")
    made.requests = SimpleNamespace(ask=made.asked.append)
    return made


def progress(update):
    return Progress(update, 100, 1, 1.5, 1.25, 1000.0, 10.0, 20.0)


def running(number=3, update=45, name="mine", sampled=None, **more):
    """A run under way; sampled: at which update it drew names."""
    drawn = Sampled(sampled, ("wren", "tit")) if sampled is not None else None
    status = RunStatus(progress=progress(update), sampled=drawn, **more)
    return RunSeen(job(number), name, status, "running")


def ended(number=3, name="mine", kept=True):
    """A run that is done, its model in the library or not."""
    finished = Finished(100, "updates", 1.0, None, "last", 20.0)
    kept = Kept(name, "0" * 64) if kept else None
    return RunSeen(job(number), name, RunStatus(finished=finished, kept=kept), "done")


class Board:
    """The runs that are in sight, as each look finds them."""

    def __init__(self, *under_way, ended=(), left=()):
        self._under_way, self._ended, self._left = list(under_way), list(ended), list(left)
        self.looks = 0
        self.when_tired = lambda: None

    @property
    def has_runs(self):
        return bool(self._under_way or self._ended)

    def find_left(self):
        return self._left

    def take_ended(self):
        taken, self._ended = self._ended, []
        return taken

    def under_way(self):
        self.looks += 1
        if self.looks == 200:
            self.when_tired()
        return self._under_way

    own_under_way = under_way


class World:
    """A context, a console and the news of the runs on a board."""

    def __init__(self, home, board, interface=Interface()):
        prompt = LinePrompt(home, COLUMNS="200", NO_COLOR="1")
        self.context = prompt.context
        self.context.settings.interface = interface
        self.context.__dict__["board"] = board
        self.console = make_console(self.context.environment)
        self.news = RunNews(self.context, self.console)

    @property
    def told(self):
        return (
            self.context.environment.stdout.getvalue().replace("\x1b[2m", "").replace("\x1b[0m", "")
        )

    def look(self):
        """What a look tells."""
        before = len(self.told)
        tell = self.news.look()
        if tell:
            tell()
        return self.told[before:]


LINE = "run 3 mine 45%, 20 s left, loss 1.250"
TALK = "run 3 (mine) is done: 100 updates in 20 s; {}\n"


def test_runs_that_go_on_are_a_line_each_and_no_news(home):
    world = World(home, Board(running(), running(4, 50, "other")))
    assert world.news.lines == []
    assert world.news.look() is None
    assert world.news.lines == [LINE, "run 4 other 50%, 20 s left, loss 1.250"]


def test_what_went_on_since_is_told_at_the_start_each_as_it_is(home):
    world = World(home, Board(left=[running(), ended(4)]))
    world.news.show_left()
    assert world.told == f"{LINE}\n" + TALK.replace("3", "4").format(":model mine talks to it")


def test_an_end_is_told_once_and_marked_as_told_unless_private_is_on(home):
    for interface, marked in ((Interface(), 1), (Interface(private=True), 0)):
        over = ended()
        world = World(home, Board(ended=[over]), interface)
        assert world.look() == TALK.format(":model mine talks to it")
        assert world.look() == ""
        assert over.job.told == marked


def test_samples_are_news_to_who_watches_once_for_each_time_they_were_drawn(home):
    world = World(home, Board(running(sampled=1)), Interface(watch=True))
    seen = "run 3 mine 45%  wren  tit\n"
    assert world.look() == seen
    assert world.look() == ""
    world.context.board._under_way = [running(sampled=2), running(4, sampled=0)]
    assert world.look() == seen
    world.context.board._under_way = [running(sampled=1), running()]
    assert world.look() == ""


def test_who_begins_to_watch_is_not_shown_what_was_drawn_before(home):
    world = World(home, Board(running(sampled=5)))
    assert world.look() == ""
    world.context.settings.interface = Interface(watch=True)
    assert world.look() == ""


@pytest.fixture
def with_mine(home, registry):
    put_model(home, registry.backends.find("ngram"), "other", kind="names")
    put_model(home, registry.backends.find("ngram"), "mine", kind="names")


def test_where_nothing_was_said_the_kept_model_is_talked_to(home, with_mine, registry):
    for kept, hint in ((True, "you talk with it now"), (False, ":model mine talks to it")):
        world = World(home, Board(ended=[ended(kept=kept)]))
        world.context.registry = registry
        session = world.context.begin_session(SessionChoice(new=True))
        world.context.talk_with(world.context.library.open("other"))
        assert world.look() == TALK.format(hint)
        assert session.record.model == ("mine" if kept else "other")
        world.context.close()


def test_a_kept_model_that_cannot_be_read_is_told_and_not_talked_to(home, registry):
    world = World(home, Board(ended=[ended(name="gone")]))
    world.context.begin_session(SessionChoice(new=True))
    told = world.look()
    assert told.startswith("note: there is no model 'gone'\n")
    assert told.endswith("; :model gone talks to it\n")
    world.context.close()


# The prompt meanwhile.


class Answering(Screen):
    """A screen that presses keys once it has a text."""

    def __init__(self, pipe, *answers):
        super().__init__(100)
        self._pipe, self._answers = pipe, list(answers)
        self.seen, self._idle = [], 0

    def flush(self):
        if self._answers and self._answers[0][0] in "\n".join([*self.lines, ""]):
            self.seen.append([line for line in self.lines if line])
            self._pipe.send_text(self._answers.pop(0)[1])
        self._idle += 1
        if self._idle == IDLE:  # what is waited for never comes
            self._pipe.send_text(CTRL_C)


@pytest.fixture
def watched(home, monkeypatch):
    """What was typed at a prompt beside runs, and what the screen had before each answer."""
    monkeypatch.setattr(run_watch, "_LOOK_SECONDS", 0.001)

    def prompt(board, *answers, interface=Interface(), draft=""):
        world = World(home, board, interface)
        with create_pipe_input() as pipe:
            screen = Answering(pipe, *answers)
            board.when_tired = lambda: pipe.send_text(ENTER)
            output = drawn_on(screen)
            output.get_rows_below_cursor_position = lambda: 6  # else the status waits for that
            maker = PromptMaker(world.context, LinePrompt(home).long_texts, pipe, output)
            lines = maker.for_lines(LinePrompt(home).history, PromptCompleter(world.context))
            maker.adopt_settings(lines)
            lines.refresh_interval = 0.05  # what never comes is waited for no longer
            watch = RunWatch(world.context, world.console)
            try:
                line = watch.prompt(lines, "> ", draft)
            except KeyboardInterrupt:
                pytest.fail(f"none of {answers} came; there is {screen.lines}")
        return world, line, screen.seen

    return prompt


STATUS = "new session · dinosaurs · a new seed each time"


def test_a_draft_stands_at_the_prompt_and_the_status_below_it(watched):
    _, line, seen = watched(Board(), (STATUS, "c" + ENTER), draft="ab")
    assert (line, [seen[0][0], seen[0][-1].strip()]) == ("abc", ["> ab", STATUS])
    _, line, seen = watched(Board(), (">", "x" + ENTER))
    assert line == "x"


@pytest.mark.parametrize(
    "interface", [Interface(status=False), Interface(plain=True), Interface(False, plain=True)]
)
def test_who_wants_no_status_has_none(watched, interface):
    _, line, seen = watched(Board(), (">", "a" + ENTER), interface=interface)
    assert (line, seen) == ("a", [[">"]])


def test_how_a_run_stands_is_below_the_prompt_and_changes_with_it(watched):
    board = Board(running())
    under_way = board.under_way
    board.under_way = lambda: under_way() if board.looks < 3 else [running(update=50)]
    _, line, (seen,) = watched(board, ("mine 50%", "a" + ENTER))
    assert line == "a"
    assert seen[-1].strip() == f"{STATUS} · {LINE}".replace("45", "50")


def test_the_end_of_a_run_is_told_above_the_prompt_while_one_types(watched):
    board = Board(running())
    take = board.take_ended

    def take_later():
        if board.looks == 2:
            board._under_way, board._ended = [], [ended()]
        return take()

    board.take_ended = take_later
    board.when_tired = lambda: None
    world, line, _ = watched(board, ("· run 3", "a"), (f"{STATUS}\n", ENTER))
    assert line == "a"
    assert world.told == TALK.format(":model mine talks to it")


def test_the_status_names_the_model_that_is_talked_with_since_a_run_ended(watched, home, with_mine):
    board = Board(running())
    take = board.take_ended

    def take_later():
        if board.looks == 2:
            board._under_way, board._ended = [], [ended()]
            replace_file(home / "models" / "current", b"drugs")
        return take()

    board.take_ended = take_later
    board.when_tired = lambda: None
    changed = STATUS.replace("dinosaurs", "drugs")
    _, line, _ = watched(board, ("· run 3", "a"), (f"{changed}\n", ENTER))
    assert line == "a"


def test_news_are_told_before_the_prompt_comes(watched):
    world, _, _ = watched(Board(ended=[ended()]), (">", ENTER))
    assert world.told == TALK.format(":model mine talks to it")


def test_at_a_start_runs_are_looked_for_only_where_some_were_not_told(home):
    board = Board(left=[running()])
    world = World(home, board)
    watch = RunWatch(world.context, world.console)
    watch.show_left()
    assert world.told == ""
    (home / "jobs" / "3").mkdir(parents=True)
    watch.show_left()
    assert world.told == f"{LINE}\n"


# Leaving.


ASKED = (
    "under way: run 3 (mine, 20 s left), run 4 (o␛); leave running (l), stop (s), stay (Enter)? "
)


@pytest.fixture
def left(home, monkeypatch):
    """Whether a person who says this may leave, what is told, and the runs."""

    def leave(answer, heard=(True, True), pause=0.0, interface=Interface(), runs=None):
        if runs is None:
            starting = RunSeen(job(4), "o\x1b", RunStatus(pause=pause), "starting")
            runs = [running(pause=pause), starting]
        over = ended().status
        for seen in runs:
            seen.job.status, seen.job.state = (lambda: over), (lambda status: "stopped")
            seen.job.training_run = lambda: SimpleNamespace(name="mine")
        hears = iter(heard)
        asked = []

        def ask_run(run, wish):
            run.asked.append(wish)
            return next(hears)

        def ask(question):
            asked.append(question)
            if isinstance(answer, BaseException):
                raise answer
            return answer

        monkeypatch.setattr(leaving, "ask_run", ask_run)
        world = World(home, Board(*runs), interface)
        may = may_leave(world.context, world.console, ask)
        return may, world.told, asked, [seen.job for seen in runs]

    return leave


def test_who_has_no_runs_is_not_asked(left):
    assert left("", runs=[]) == (True, "", [], [])


@pytest.mark.parametrize("answer", ["", "y", "no", KeyboardInterrupt()])
def test_who_says_nothing_of_it_stays_and_so_do_the_runs(left, answer):
    may, told, asked, jobs = left(answer)
    assert (may, told, asked) == (False, "", [ASKED])
    assert [each.asked for each in jobs] == [[], []]


@pytest.mark.parametrize("answer", ["l", "leave", " L\n"])
def test_runs_that_are_left_go_on(left, answer):
    may, told, _, jobs = left(answer)
    assert may
    assert told == (
        "run 3 goes on; :jobs show 3 looks at it later\n"
        "run 4 goes on; :jobs show 4 looks at it later\n"
    )
    assert [(each.asked, each.told) for each in jobs] == [(["stay"], 0)] * 2


def test_a_run_that_does_not_answer_keeps_the_person_here(left):
    may, told, _, _ = left("l", heard=(True, False))
    assert not may
    assert told.endswith("run 4 does not answer; it ends when you leave\n")


@pytest.mark.parametrize("answer", ["s", "stop", EOFError()])
def test_runs_that_are_stopped_are_waited_for_and_their_end_is_told(left, answer):
    may, told, _, jobs = left(answer, pause=30.0)
    assert may
    first, second = (f"stopping run {number}, which may take 30 s …\n" for number in (3, 4))
    assert told.startswith(first + "run 3 (mine) was stopped after 100 updates; ")
    assert second + "run 4 (mine) was stopped after 100 updates; " in told
    assert [(each.asked, each.waited, each.told) for each in jobs] == [(["stop"], 1, 1)] * 2


def test_in_private_the_end_of_a_run_is_not_marked_as_told(left):
    _, _, _, jobs = left("s", interface=Interface(private=True))
    assert [each.told for each in jobs] == [0, 0]


def test_ctrl_c_while_a_run_stops_leaves_without_waiting(left):
    run = running()

    def impatient():
        raise KeyboardInterrupt

    run.job.wait = impatient
    may, told, _, _ = left("s", runs=[run])
    assert may
    assert "run 3 (mine) was stopped after" in told
