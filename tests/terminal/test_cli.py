"""`charplay` as a shell calls it: options, commands, lines, formats, exit statuses."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from types import ModuleType

import pytest

from charplay import __version__
from charplay.__main__ import main
from tests.conftest import variables_for

ANSWER = {"text", "seed", "number", "stopped"}


def texts(said):
    """The answers in a result written as JSON."""
    objects = map(json.loads, said.lines)
    return [answer["text"] for each in objects for answer in each["answers"]]


def test_version_says_which_charplay_this_is(charplay):
    said = charplay("--version")
    assert (said.status, said.out, said.err) == (0, f"charplay {__version__}\n", "")


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_names_every_global_option_and_every_command(charplay, flag):
    said = charplay(flag)
    assert (said.status, said.err) == (0, "")
    for word in ("--version", "--format", "--threads", "--debug", "-c"):
        assert word in said.out
    commands = [row["command"] for row in json.loads(charplay("help", "--format", "json").out)]
    assert {"train", "sample", "names", "models", "model", "corpora"} <= set(commands)
    assert {"backends", "recipes", "set", "help", "quit"} <= set(commands)
    for command in commands:
        assert re.search(rf"^\s*{command}\s", said.out, re.MULTILINE), command


def test_every_command_explains_itself(charplay):
    for row in json.loads(charplay("help", "--format", "json").out):
        said = charplay(row["command"], "--help")
        assert (said.status, said.err) == (0, "")
        assert said.lines[0].startswith(f"charplay {row['command']}")
        assert said.out == charplay("help", row["command"]).out


@pytest.mark.parametrize("command", ["models", "sessions", "corpora"])
def test_help_of_a_command_with_actions_lists_them_and_of_an_action_explains_it(charplay, command):
    said = charplay(command, "--help")
    assert said.lines[0].startswith(f"charplay {command} [list|")
    assert charplay("-c", f":{command} -h").lines[0].startswith(f":{command} [list|")
    assert charplay(command, "list", "-h").lines[0] == f"charplay {command} list"


def test_an_unknown_global_option_names_the_nearest(charplay):
    said = charplay("--versoin")
    assert said.status == 2
    assert said.err == "error: there is no option '--versoin'\n  → did you mean --version?\n"


def test_an_unknown_command_names_the_nearest(charplay):
    said = charplay("nmaes")
    assert said.status == 2
    assert said.err == "error: there is no command 'nmaes'\n  → did you mean charplay names?\n"


def test_an_unknown_command_that_is_near_to_none_says_how_to_list_them(charplay):
    said = charplay("xyzzy")
    assert said.status == 2
    assert said.err == "error: there is no command 'xyzzy'\n  → charplay help lists what there is\n"


def test_a_unique_beginning_of_a_command_is_enough_and_another_is_not(charplay):
    assert charplay("cor").out == charplay("corpora").out
    said = charplay("mod")
    assert said.status == 2
    assert said.err == (
        "error: 'mod' begins several commands\n"
        "  → did you mean charplay models or charplay model?\n"
    )


def test_exit_status_is_0_when_done_1_when_failed_2_when_the_words_are_wrong(
    charplay, with_model, tmp_path
):
    (tmp_path / "broken.safetensors").write_bytes(b"no model")
    assert charplay("names").status == 0
    assert charplay("names", tmp_path / "broken.safetensors").status == 1
    assert charplay("names", "--cuont", "3").status == 2
    assert charplay("--format", "yaml", "models").status == 2
    assert charplay("--threads", "0", "models").status == 2
    assert charplay("--format").status == 2


def test_lines_given_with_c_are_done_in_their_order(charplay, with_model):
    said = charplay("-c", ":set temperature 0", "-c", ":sample -n 2", "-c", ":sample -n 1")
    assert (said.status, said.err) == (0, "")
    names = [line.split()[0] for line in said.lines[-3:]]
    assert len(set(names)) == 1


def test_a_line_that_fails_does_not_stop_the_next_and_decides_the_status(charplay, with_model):
    said = charplay("-c", ":nonsense", "-c", ":names -n 1 --seed 7", "-c", ":models")
    assert said.status == 2
    assert said.err.count("error: ") == 1
    assert "7/1" in said.out
    assert "digest" in said.out


def test_quit_ends_the_lines(charplay, with_model):
    said = charplay("-c", ":quit", "-c", ":names")
    assert (said.status, said.out) == (0, "")


def test_lines_from_a_pipe_are_done_and_training_there_runs_to_its_end(charplay, home):
    said = charplay(
        stdin=":train dinosaurs --epochs 1 --name piped\n:names -n 2 --seed 3\nTyr\n:models\n"
    )
    assert (said.status, said.err) == (0, "")
    kept = said.out.index("piped is in the library")
    assert kept < said.out.index("3/1") < said.out.index("Tyr") < said.out.index("digest")
    assert len(re.findall(r"^Tyr", said.out, re.MULTILINE)) == 5


def test_lines_may_end_as_they_do_on_windows_and_the_last_need_not_end(charplay, with_model):
    said = charplay(stdin=":sample -n 1 --seed 3\r\n:sample -n 1 --seed 3")
    assert (said.status, said.err) == (0, "")
    assert said.lines[0] == said.lines[1]


@pytest.mark.parametrize(
    "words",
    [
        ("names", "-n", "3", "--seed", "7", "--format", "json"),
        ("names", "--format=json", "-n", "3", "--seed", "7"),
        ("--format", "json", "names", "-n", "3", "--seed", "7"),
        ("--format=json", "names", "-n", "3", "--seed", "7"),
        ("--format", "json", "-c", ":names -n 3 --seed 7"),
        ("-c", ":names -n 3 --seed 7 --format json"),
        ("-c", ":set format json", "-c", ":names -n 3 --seed 7"),
    ],
)
def test_an_answer_in_json_is_one_object_wherever_the_format_is_asked_for(
    charplay, with_model, words
):
    said = charplay(*words)
    assert (said.status, said.err) == (0, "")
    answer = json.loads(said.lines[-1])
    assert {"model", "seed", "prompt", "answers"} <= set(answer)
    assert (answer["model"], answer["seed"], answer["prompt"]) == ("dinosaurs", 7, "")
    assert [each["number"] for each in answer["answers"]] == [1, 2, 3]
    assert all(set(each) >= ANSWER and each["text"] for each in answer["answers"])


def test_everything_json_can_be_read_line_by_line(charplay, with_model):
    for command in ("models", "model", "corpora", "backends", "recipes", "set", "help"):
        said = charplay(command, "--format", "json")
        assert (said.status, said.err) == (0, ""), command
        assert all(json.loads(line) for line in said.lines), command


def test_json_says_of_a_prompt_what_was_typed(charplay, with_model):
    said = charplay("sample", "-n", "1", "--prompt", "Tyr", "--format", "json")
    answer = json.loads(said.out)
    assert answer["prompt"] == "Tyr"
    assert answer["answers"][0]["text"].startswith("Tyr")


def test_training_in_json_is_a_line_an_event(charplay):
    said = charplay("--format", "json", "train", "dinosaurs", "--epochs", "1")
    assert (said.status, said.err) == (0, "")
    events = [json.loads(line) for line in said.lines]
    assert events[0]["event"] == "started"
    assert events[-1]["event"] == "kept"
    assert events[-1]["name"] == "dinosaurs"


def test_csv_has_a_header_and_a_row_each(charplay, with_model):
    said = charplay("names", "-n", "3", "--seed", "7", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [row["number"] for row in rows] == ["1", "2", "3"]
    assert all(row["text"] and row["seed"] == "7" for row in rows)
    rows = list(csv.DictReader(io.StringIO(charplay("--format", "csv", "models").out)))
    assert "dinosaurs" in [row["model"] for row in rows]


def test_csv_of_what_is_no_table_points_to_json(charplay, with_model):
    said = charplay("model", "--format", "csv")
    assert said.status == 2
    assert said.err == "error: this is not a table\n  → use --format json\n"


def test_python_m_charplay_is_charplay(process):
    said = process("--version")
    assert (said.status, said.out, said.err) == (0, f"charplay {__version__}\n", "")
    said = process("nmaes")
    assert (said.status, said.out) == (2, "")
    assert said.err.endswith("did you mean charplay names?\n")


def test_seed_brings_all_answers_back(charplay, with_model):
    first = charplay("names", "--seed", "7", "--format", "json")
    assert texts(first) == texts(charplay("names", "--seed", "7", "--format", "json"))
    assert texts(first) != texts(charplay("names", "--seed", "8", "--format", "json"))


def test_seed_and_number_bring_that_answer_back_alone(charplay, with_model):
    ten = texts(charplay("names", "-n", "10", "--seed", "7", "--format", "json"))
    hundred = texts(charplay("names", "-n", "100", "--seed", "7", "--format", "json"))
    assert hundred[:10] == ten
    for number in (1, 3, 10, 65, 100):
        alone = charplay("names", "--seed", f"7/{number}", "--format", "json")
        assert texts(alone) == [hundred[number - 1]]


def test_every_answer_shows_what_brings_it_back(charplay, with_model):
    """The seed shown beside an answer that was drawn with a fresh seed is one to type."""
    said = charplay("names", "-n", "4", seed=4711)
    units, names, _rule, *lines = said.lines
    assert (units.split(), names.split()[0]) == (["loss"], "text")
    assert len(lines) == 4
    for line in lines:
        text, *_, label = line.split()
        again = charplay("names", "--seed", label, "--format", "json", seed=1)
        assert texts(again) == [text]


@pytest.mark.parametrize("seed", ["-1", "x", "7/0", "7/", "7/x", "/3", str(2**64), "7/3/1"])
def test_a_seed_that_is_none_says_what_one_looks_like(charplay, with_model, seed):
    said = charplay("names", f"--seed={seed}")
    assert (said.status, said.out) == (2, "")
    assert "a whole number like 7, or a label like 7/3" in said.err


def test_threads_may_be_named_before_any_command(process, with_model):
    said = process("--threads", "1", "names", "-n", "1", "--seed", "7")
    assert (said.status, said.err) == (0, "")
    assert said.out == process("names", "-n", "1", "--seed", "7").out


def test_threads_sets_the_variable_of_every_library_for_matrix_products(charplay, monkeypatch):
    variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    for variable in variables:
        monkeypatch.setenv(variable, "2")
    assert charplay("--threads", "3", "recipes").status == 0
    assert [os.environ[variable] for variable in variables] == ["3", "3", "3"]


def test_temperature_0_gives_one_name_every_time(charplay, with_model):
    said = charplay("names", "-n", "20", "--temperature", "0", "--format", "json")
    assert len(set(texts(said))) == 1


def test_a_model_can_be_named_by_name_digest_or_path(charplay, with_model):
    row = json.loads(charplay("models", "--format", "json").out)[0]
    path = with_model / "models" / f"{row['digest']}.safetensors"
    by_name = texts(charplay("names", "dinosaurs", "--seed", "7", "--format", "json"))
    for reference in (row["digest"], row["digest"][:12], path):
        said = charplay("names", reference, "--seed", "7", "--format", "json")
        assert texts(said) == by_name


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_a_shell_command_that_is_interrupted_keeps_its_text_and_has_status_130(charplay, home):
    assert charplay("train", "hihello").status == 0
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "charplay", "sample", "-n", "1000000", "--seed", "7"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=variables_for(home),
    ) as run:
        begun = run.stdout.read(20)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
        assert (begun + out).endswith(b"\n")
        captions = err.decode("utf-8").splitlines()
        assert captions == [f"hihello · 7/{n}" for n in range(1, len(captions) + 1)] != []
        assert run.returncode == 130


def test_ctrl_c_while_charplay_is_being_loaded_ends_it_without_a_traceback(monkeypatch):
    class Loading(ModuleType):
        def __getattr__(self, name):
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "charplay.terminal.cli", Loading("cli"))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
