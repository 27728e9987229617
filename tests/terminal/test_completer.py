"""Tab at the prompt, typed through a pipe."""

from typing import NamedTuple

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from charplay.commands.completion.world import find_files
from charplay.terminal.completer import PromptCompleter
from tests.sessions.conftest import put_model
from tests.terminal.line_prompt import LinePrompt
from tests.terminal.test_repl import typed_into

TAB, LEFT = "\t", "\x1b[D"


class Suggested(NamedTuple):
    """A word that is offered in place of the one that is begun."""

    word: str
    replaces: int = 0
    help: str = "help \x1b"


@pytest.fixture
def press(home):
    return lambda *pieces: LinePrompt(home).press(*pieces, "\r")


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (f":und{TAB}", ":undo"),
        (f":mod{TAB}", ":model"),
        (f":mod{TAB}{TAB}\r", ":models"),
        (f":mod{TAB}{TAB}{TAB}\r", ":model"),
        (f":models sh{TAB} x", ":models show x"),
        (f":names --uni{TAB} --so{TAB}", ":names --unique --so"),
        (f":names --sort dr{TAB}", ":names --sort draw"),
        (f"a plain te{TAB}xt", "a plain text"),
        (f":no-such{TAB}", ":no-such"),
        (f":names{LEFT * 2}{TAB}", ":names"),
        (f":names{LEFT * 2}{TAB} -n 3", ":names -n 3"),
        (f":und x{LEFT * 2}{TAB}", ":undo x"),
    ],
)
def test_tab_takes_what_all_candidates_begin_with_then_one_after_another(press, keys, line):
    assert press(keys) == line


def test_keys_right_after_tab_come_after_the_word(press):
    assert press(f":tra{TAB} dinosaurs --qu{TAB} --name a") == ":train dinosaurs --quick --name a"


def test_a_candidate_may_begin_in_another_case(home, registry):
    put_model(home, registry.backends.find("ngram"), "Zoo", kind="names")
    assert LinePrompt(home).press(f":model zo{TAB}", "\r") == ":model Zoo"


def test_what_was_named_in_a_line_is_offered_in_the_next(home):
    said = typed_into(home, ":macro zigzag = :models\r", f":zig{TAB}\r")
    assert "dinosaurs" in said.out


def test_enter_takes_a_chosen_word_and_does_not_send_the_line(home):
    assert LinePrompt(home).press(f":mod{TAB}{TAB}", "\r", " show", "\r") == ":models show"


def offered(charplay, *words):
    """What a shell's Tab offers for the last of these words."""
    said = charplay("completion", "words", "--", *words)
    return [line.split("\t")[0] for line in said.lines]


def test_what_help_is_there_for_is_offered(charplay):
    assert "tour" in offered(charplay, "help", "to")
    assert "keys" in offered(charplay, "help", "k")


@pytest.mark.parametrize("words", [("train", "--backend", ""), ("train", "--set", "")])
def test_nothing_of_a_plugin_is_imported_to_offer_its_backend(process, words):
    code = "import sys; from charplay.__main__ import main\ntry: main()\n"
    code += "finally: print(*sys.modules, file=sys.stderr)"
    said = process("completion", "words", "--", *words, python=["-c", code])
    assert "mix" in said.out or "hidden=" in said.out
    assert not {name for name in said.err.split() if name.startswith("charplay_")}


def test_a_file_is_found_however_many_others_there_are(tmp_path, monkeypatch):
    monkeypatch.setattr("charplay.commands.completion.world._MOST_FILES", 3)
    for name in ("a1", "a2", "a3", "a4", "Wanted.txt", ".wanted"):
        (tmp_path / name).touch()
    [found] = find_files(f"{tmp_path}/wan")
    assert found.word == f"{tmp_path}/Wanted.txt"
    assert len(list(find_files(f"{tmp_path}/"))) == 3


def test_a_single_word_leaves_no_menu_and_two_have_one(home):
    states = {}

    def look(buffer):
        states[buffer.text] = buffer.complete_state and len(buffer.complete_state.completions)
        return True

    prompt = LinePrompt(home)
    prompt.press(f":und{TAB}", lambda buffer: buffer.text == ":undo", look, "\r")
    prompt.press(f":mod{TAB}", lambda buffer: buffer.text == ":model", look, "\r", "\r")
    assert states == {":undo": None, ":model": 2}


@pytest.mark.parametrize(
    ("after", "line"),
    [("", ":undo"), ("o", ":undo"), ("do", ":undo"), ("ox", ":undoox"), (" o", ":undo o"),
     ("o do x", ":undo do x")],
)  # fmt: skip
def test_what_the_word_ends_with_already_is_not_there_twice(press, after, line):
    assert press(f":und{after}{LEFT * len(after)}{TAB}") == line


def test_a_path_is_offered_by_its_last_part_and_with_its_help_made_visible(home, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.txt").touch()
    completer = PromptCompleter(LinePrompt(home).context)
    line = f":train {tmp_path}/f"
    found = list(completer.get_completions(Document(line), CompleteEvent()))
    shown = {each.display_text: (each.text, each.start_position) for each in found}
    begun = -len(f"{tmp_path}/f")
    assert shown == {
        "folder/": (f"{tmp_path}/folder/", begun),
        "file.txt": (f"{tmp_path}/file.txt", begun),
    }


def test_what_could_be_named_is_looked_up_once_a_line(home, monkeypatch):
    looked = []
    monkeypatch.setattr(
        "charplay.commands.completion.world.world_of", lambda context: looked.append(context) or 1
    )
    monkeypatch.setattr(
        "charplay.commands.completion.suggesting.suggest", lambda text, world: [Suggested("a\x1b")]
    )
    context = LinePrompt(home).context
    completer = PromptCompleter(context)
    for _ in range(2):
        [found] = completer.get_completions(Document(":"), CompleteEvent())
        assert (found.display_text, found.display_meta_text) == ("a␛", "help ␛")
    assert looked == [context]
    completer.look_again()
    list(completer.get_completions(Document(":"), CompleteEvent()))
    assert looked == [context] * 2
