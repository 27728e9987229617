"""Pipes and scripts: results alone on standard output, texts from standard input, exit statuses."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest

from tests.conftest import variables_for

POEM = ("poem", "--seed", "7", "--lines", "2", "O for a line")


def test_the_caption_of_a_poem_is_no_part_of_it(charplay):
    said = charplay(*POEM)
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("O for a line")
    assert said.out.count("\n") == 3
    caption = "shakespeare · 7/1 · lines 2\n"
    assert said.notes == caption
    assert charplay(*POEM, tty=True, TERM="dumb").out.endswith(f"\n\n{caption}")


def test_an_empty_list_is_empty_and_how_to_fill_it_is_a_note(charplay):
    said = charplay("sessions")
    assert (said.out, said.notes) == ("", "there is no session yet; say something\n")
    csv_said = charplay("sessions", "--format", "csv")
    assert (csv_said.out, csv_said.notes) == ("", f"note: {said.notes}")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (("models",), "dinosaurs"),
        (("corpora",), "dinosaurs"),
        (("recipes",), "course-dinosaurs"),
        (("help",), "train"),
        (("set",), "temperature"),
    ],
)
def test_lines_are_the_names_of_a_list_and_nothing_else(charplay, words, first):
    said = charplay(*words, "--format", "lines")
    assert said.err == ""
    assert said.lines[0] == first
    assert all(len(line.split()) == 1 for line in said.lines)


def test_names_in_lines_are_the_texts_of_their_json(charplay):
    words = ("names", "drugs", "-n", "3", "--seed", "7")
    texts = [name["text"] for name in json.loads(charplay(*words, "--format=json").out)["answers"]]
    said = charplay(*words, "--format", "lines")
    assert (said.lines, said.notes, said.err) == (texts, "", "")


def test_an_answer_of_several_lines_is_one_line(charplay):
    said = charplay(*POEM[:-1], "--format", "lines", POEM[-1])
    assert len(said.lines) == 1
    assert said.out.count("\\n") == 3


def test_notes_beside_csv_and_lines_go_to_standard_error(charplay):
    for kind in ("csv", "lines"):
        said = charplay("sample", "-m", "drugs", "--prompt", "Ze7", "--format", kind)
        assert said.notes == "note: left out, unknown to this model: 7\n"


@pytest.mark.parametrize("ending", [".txt", ".csv", ".json", ".jsonl"])
def test_a_saved_result_is_what_its_format_writes(charplay, tmp_path, ending):
    path = tmp_path / f"names{ending}"
    words = ("names", "drugs", "-n", "3", "--seed", "7")
    said = charplay(*words, "--save", path)
    assert (said.status, said.out, said.err) == (0, "", "")
    rows = "" if ending == ".json" else " (3 rows)"  # one document has no rows of its own
    assert said.notes == f"wrote {path}{rows}\n"
    text = path.read_text(encoding="utf-8")
    if ending == ".jsonl":
        assert [json.loads(line)["number"] for line in text.splitlines()] == [1, 2, 3]
    else:
        kind = {".txt": "lines"}.get(ending, ending[1:])
        assert text == charplay(*words, "--format", kind).out


def test_a_saved_result_replaces_no_file_and_an_error_leaves_none(charplay, tmp_path):
    taken, free = tmp_path / "taken.csv", tmp_path / "free.csv"
    taken.write_text("mine")
    said = charplay("names", "drugs", "--save", taken)
    assert (said.status, "is there already" in said.err) == (2, True)
    assert taken.read_text() == "mine"
    assert charplay("names", "no-such", "--save", free).status == 2
    assert charplay("model", "drugs", "--save", free).status == 2
    assert charplay("names", "drugs", "--save", tmp_path / "free.doc").status == 2
    assert sorted(path.name for path in tmp_path.glob("*.*")) == ["taken.csv"]


def test_a_result_is_saved_from_a_line_of_a_script_too(charplay, tmp_path):
    charplay(stdin=f":names drugs -n 2 --seed 7 --save {tmp_path / 'a.txt'}\n")
    assert len((tmp_path / "a.txt").read_text().splitlines()) == 2
    said = charplay("-c", ":names drugs > a.txt")
    assert said.err == "error: '>' is for a shell\n  → --save FILE writes a file here\n"


def test_the_answers_of_a_session_are_exported_as_a_table(charplay, tmp_path):
    lines = (":session w", ":model drugs", "Ze", ":keep 2", f":export {tmp_path / 'w.csv'}")
    said = charplay(stdin="".join(f"{line}\n" for line in lines))
    assert (said.status, said.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "w.csv").read_text(encoding="utf-8"))))
    assert [row["kept"] for row in rows] == ["False", "True", "False", "False", "False"]
    assert {(row["prompt"], row["model"], row["turn"]) for row in rows} == {("Ze", "drugs", "1")}
    assert all(row["text"].startswith("Ze") for row in rows)


def test_a_spreadsheet_gets_its_own_csv(charplay):
    words = ("names", "drugs", "-n", "1", "--seed", "7")
    said = charplay(*words, "--excel", LANG="de_DE.UTF-8", LC_ALL="")
    assert said.out.startswith("\ufefftext;loss;centile")
    assert charplay("--excel", *words, LC_ALL="C").out.startswith("\ufefftext,loss,centile")
    refused = charplay(*words, "--excel", "--format", "json")
    assert refused.err.startswith("error: --excel writes CSV, and --format says json\n")


def test_a_script_has_comments_and_words_that_would_be_commands_talk_with_a_note(charplay):
    script = "# names\n:model drugs\nquit\n\\# x\n\\names\n\n:names -n 1 --format lines\n"
    said = charplay(stdin=script)
    assert (said.status, said.err) == (0, "")
    notes = said.notes.splitlines()
    assert notes[0] == "note: quit went to the model as text; the command is :quit"
    assert notes[1:] == [
        "note: left out, unknown to this model: # ␣",
        "an empty line begins no name; :names makes names",
    ]
    answers = [line for line in said.lines if "/" in line]
    assert [answer[0] for answer in answers] == [*"QQQQQ", *"XXXXX", *"NNNNN"]


def test_a_line_of_ten_megabytes_is_refused_and_the_next_is_done(charplay):
    said = charplay("-m", "dinosaurs", stdin="x" * 10_000_000 + "\n:names -n 1 --format lines\n")
    assert said.status == 2
    assert said.err == (
        "error: the beginning has 10,000,000 characters, and a name may have 50\n"
        "  → ask for a shorter name: none has more than 999,999 characters\n"
    )
    assert len(said.lines) == 1


def test_a_script_stops_at_an_error_where_that_is_asked(charplay):
    lines = ("-c", ":model drugs", "-c", ":naems", "-c", ":models")
    assert "digest" in charplay(*lines).out
    said = charplay("--stop-on-error", *lines)
    assert (said.status, "digest" in said.out) == (2, False)
    assert said.err.count("error: ") == 1


def test_a_line_of_c_that_is_a_command_without_its_colon_is_refused_before_any_is_done(charplay):
    said = charplay("-c", ":models", "-c", "names drugs -n 3")
    assert (said.status, said.out) == (2, "")
    assert ":names drugs -n 3" in said.err


def test_a_file_in_a_commands_place_gets_the_commands_that_take_one(charplay, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("Zora\n")
    said = charplay(path)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"error: {path} is a file, and no command\n  → charplay train ")


def test_a_model_is_named_before_a_command_after_it_or_by_a_flag(charplay):
    words = ("-n2", "--seed", "7", "--format", "lines")
    expected = charplay("names", "drugs", *words).lines
    assert len(expected) == 2
    for typed in (("names", "-m", "drugs"), ("names", "-mdrugs"), ("-m", "drugs", "names")):
        assert charplay(*typed, *words).lines == expected
    said = charplay("--model", "drugs", "-c", ":names -n2 --seed 7 --format lines")
    assert said.lines == expected
    assert not json.loads(charplay("models", "--format", "json").out)[1]["current"]
    assert charplay("names", "drugs", "-m", "drugs").err.startswith("error: the model is given tw")


def test_what_is_piped_in_is_the_prompt(charplay):
    words = ("sample", "-m", "shakespeare", "--seed", "7", "--max-chars", "20")
    typed = charplay(*words, "--prompt", "Shall I")
    assert charplay(*words, stdin="Shall I\n").out == typed.out
    assert charplay(*words, "--prompt", "@-", stdin="Shall I\r\n").out == typed.out
    assert charplay(*words, "--prompt", "O", stdin="Shall I").out.startswith("O")
    poem = charplay(*POEM[:-1], stdin="O for a line\n")
    assert poem.out == charplay(*POEM).out
    assert charplay(*words, "--prompt", "@-").err.startswith("error: nothing came on standard inp")


def test_what_was_piped_in_is_asked_again_by_retry(charplay):
    charplay("--session", "w", "sample", "-m", "drugs", "--seed", "7", stdin="Ze")
    said = charplay("--session", "w", "-c", ":retry --seed 7 --format lines")
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("Ze")


def test_a_script_on_standard_input_is_no_text(charplay):
    for line in (":train -", ":sample --prompt @-", ":corpora show -"):
        said = charplay(stdin=f"{line}\nZora\nZorb\n")
        assert said.status == 2
        assert said.err.startswith("error: standard input has the commands here")


LIST = "".join(f"Zor{a}{b}\n" for a in "aeiou" for b in ("x", "nta", "pel", ""))


def test_a_text_is_trained_on_shown_and_added_from_standard_input(charplay, home):
    said = charplay("train", "-", "--name", "mine", "--quick", stdin=LIST)
    assert (said.status, said.err) == (0, "")
    assert charplay("train", "-", stdin="").status == 2
    page = json.loads(charplay("models", "show", "mine", "--format", "json").out)
    assert page["again"] == "train - --quick"
    names = json.loads(charplay("names", "mine", "-n", "1", "--format", "json").out)
    assert names["answers"][0]["listed"] is not None
    shown = json.loads(charplay("corpora", "show", "-", "--format", "json", stdin=LIST).out)
    assert (shown["corpus"], shown["size"]) == ("standard input", 20)
    assert charplay("corpora", "add", "-", stdin=LIST).err.count("--name NAME") == 1
    assert charplay("corpora", "add", "-", "--name", "zor", stdin=LIST).status == 0
    assert [path.name[:6] for path in (home / "piped").iterdir()] == ["stdin-"]


def run_with(home, stdin, *words, **more):
    return subprocess.run(
        [sys.executable, "-m", "charplay", *words],
        stdin=stdin,
        capture_output=True,
        env=variables_for(home),
        timeout=120,
        **more,
    )


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(home):
    near, far = os.pipe()
    try:
        done = run_with(home, near, "sample", "-m", "drugs", "--seed", "7", "--format", "lines")
    finally:
        os.close(near)
        os.close(far)
    with open(os.devnull) as nothing:
        same = run_with(home, nothing, "sample", "-m", "drugs", "--seed", "7", "--format", "lines")
    assert done.returncode == 0
    assert done.stderr.startswith(b"note: the pipe into charplay was left alone")
    assert same.stderr == b""
    assert done.stdout == same.stdout != b""


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
def test_a_reader_that_takes_one_line_ends_the_lines_without_a_word(home):
    charplay = f"{sys.executable} -m charplay"
    line = f"{charplay} names drugs -n 200 --seed 7 --format lines | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; echo Ze | {line}"],
        capture_output=True,
        env=variables_for(home),
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") == 1


def test_help_fits_a_screen_of_24_rows(charplay):
    said = charplay("-c", ":help", tty=True, TERM="dumb", COLUMNS="80")
    assert len(said.lines) <= 23
    assert all(len(line) <= 80 for line in said.lines)
    commands = charplay("help", "--format", "lines").lines
    assert all(command in said.out.replace(",", " ").split() for command in commands)
    families = [line.split()[0] for line in said.lines if line[:1].isalpha() and ", " in line]
    listed = []
    for family in families[:-1]:
        listed += charplay("help", family, "--format", "lines").lines
    assert set(listed) <= set(commands)
    assert {"train", "names", "models", "undo"} <= set(listed)


def test_no_mistyped_command_is_answered_with_one_that_destroys(charplay):
    for typed in (
        ":models remov3",
        ":models rmove",
        ":models delete",
        ":corpora delete",
        ":delete",
    ):
        said = charplay("-c", typed)
        assert said.status == 2
        for word in ("remove", "delete", "prune"):
            assert word not in said.err.splitlines()[1], typed
    assert charplay("-c", ":exit").err.endswith("did you mean :quit?\n")


def test_a_command_that_is_given_an_attached_number_takes_it(charplay):
    assert len(charplay("names", "drugs", "-n3", "--format", "lines").lines) == 3
    assert charplay("names", "-new").err.endswith("did you mean --new?\n")
    assert charplay("-V").out == charplay("--version").out
