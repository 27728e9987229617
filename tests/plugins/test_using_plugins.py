"""A plugin in use: what it prints, raises or reads is its own affair; its models outlive it."""

import json
import shutil

import pytest

from tests.plugins.installing import BACKEND, install, run_charplay

LOUD = """
import sys
from dataclasses import dataclass

from charplay import Command, Model, hookimpl

print("printed at import")


@hookimpl
def register_commands(register):
    for name in (
        "chirp", "leaves", "asks", "breaks", "escapes", "namesx", "deep", "streams",
        "odd", "piped", "absent", "short", "lower",
    ):
        register(Command(name, f"{name} something", f"{__name__}:{name}"))


def chirp(context, request):
    print("printed in a command")
    print("and to standard error", file=sys.stderr)
    return "done"


def leaves(context, request):
    raise SystemExit(3)


def asks(context, request):
    return input("your name? ")


def breaks(context, request):
    return Song().sing()


class Song:
    def sing(self):
        return {}["no such key"]


def escapes(context, request):
    return "a\\x1b[31mred\\x1b]0;title\\x07b"


def namesx(context, request):
    return "not names"


def deep(context, request):
    return open("/nowhere/at/all")


def odd(context, request):
    raise GeneratorExit


def piped(context, request):
    raise BrokenPipeError


def short(context):
    return "nothing"


def lower(context, request):
    import os
    import subprocess

    os.write(1, b"below")
    subprocess.run(["echo", "beside"])
    return "done"


def streams(context, request):
    yield "first"
    raise SystemExit(4)
"""


@pytest.fixture(scope="module")
def loud(tmp_path_factory):
    """A folder with a loud plugin, and runs of charplay there."""
    path = tmp_path_factory.mktemp("loud")
    install(path / "site", "loud-plugin", LOUD)

    def run(*words, **more):
        return run_charplay(path / "site", path / "home", *words, cache=path / "cache", **more)

    return run


def test_what_a_plugin_prints_is_a_line_of_the_log(loud):
    ran = loud("chirp", "--format", "json")
    assert json.loads(ran.out) == "done"
    assert ran.err == ""


def test_what_is_printed_below_python_spoils_no_output(loud):
    ran = loud("lower", "--format", "json")
    assert json.loads(ran.out) == "done"


@pytest.mark.parametrize(("command", "told"), [
    ("leaves", "failed in leaves: SystemExit: 3"),
    ("asks", "failed in asks: EOFError: standard input is charplay's; a command asks by"),
    ("breaks", "failed in Song.sing: KeyError: 'no such key'"),
    ("deep", "failed in deep: FileNotFoundError"),
    ("odd", "failed in odd: GeneratorExit"),
    ("piped", "failed in piped: BrokenPipeError"),
    ("absent", "failed in the command absent: AttributeError"),
    ("short", "failed in the command short: TypeError"),
])  # fmt: skip
def test_an_error_in_a_command_names_the_plugin_and_ends_nothing(loud, command, told):
    lines = f":{command}\n:names dinosaurs -n 1 --seed 7\n"
    ran = loud(stdin=lines)
    error, advice = [line for line in ran.err.splitlines() if line.startswith(("error", "  →"))][:2]
    assert error.startswith(f"error: the plugin loud_plugin of loud-plugin 1.0 {told}")
    assert advice == "  → update it, or leave it out: :plugins disable loud_plugin"
    assert "7/1" in ran.out
    assert ran.status == 1


def test_a_stream_that_leaves_ends_with_what_it_gave(loud):
    ran = loud("streams")
    assert ran.out == "first\n"
    assert "failed in streams: SystemExit: 4" in ran.err
    assert ran.status == 1


def test_controls_that_a_command_returns_act_on_no_terminal(loud):
    assert "\x1b" not in loud("escapes").out
    assert json.loads(loud("escapes", "--format", "json").out).startswith("a\x1b")


def test_our_own_command_wins_a_beginning_that_a_plugin_shares(loud):
    ran = loud("-c", ":name dinosaurs -n 1 --seed 7")
    assert "7/1" in ran.out
    assert loud("namesx").out == "not names\n"


MADE = BACKEND + "\nprint('imported in', __import__('os').getpid())\n"
COUNTED = (
    "from pathlib import Path\nwith Path({log!r}).open('a') as log:\n    log.write('imported\\n')\n"
)


@pytest.fixture(scope="module")
def flat(tmp_path_factory):
    """A folder with a backend that counts its imports, a model that it trained, and runs there."""
    path = tmp_path_factory.mktemp("flat")
    log = path / "imports"
    install(path / "site", "flat-plugin", COUNTED.format(log=str(log)) + BACKEND)
    other = BACKEND.replace('"flat",', '"round",')
    install(path / "site", "round-plugin", COUNTED.format(log=str(path / "others")) + other)
    (path / "list.txt").write_text(
        "ada\nbea\ncleo\ndora\nedna\nfay\ngabe\nhal\nida\njo\nkim\nlea\n"
    )

    def run(*words, **more):
        return run_charplay(path / "site", path / "home", *words, cache=path / "cache", **more)

    assert run("backends").status == 0
    log.write_text("")
    (path / "others").write_text("")
    trained = run(
        "train", str(path / "list.txt"), "--backend", "flat", "--name", "plain", "--updates", "3"
    )
    assert trained.status == 0, trained.err
    run.path, run.imports_of_train = path, len(log.read_text().splitlines())
    return run


def test_training_imports_a_plugin_once_in_the_worker(flat):
    assert flat.imports_of_train == 1


def test_a_run_imports_no_other_plugin_than_its_own(flat):
    assert (flat.path / "others").read_text() == ""


def test_a_check_puts_a_plugin_to_use_and_a_trace_shows_its_import(flat):
    checked = flat("plugins", "check", "flat_plugin")
    assert (checked.status, checked.err) == (0, "")
    for words in ("backend flat", "flat makes a model of prose", "flat learns names"):
        assert words in checked.out
    traced = flat("plugins", "trace", "flat-plugin", "--format", "json")
    assert "flat_plugin" in {row["module"] for row in json.loads(traced.out)}
    shown = json.loads(flat("plugins", "show", "flat-plugin", "--format", "json").out)
    assert (shown["status"], shown["backends"], shown["problems"]) == ("used", ["flat"], [])


def test_a_check_of_what_does_not_fit_fails_with_every_result(tmp_path):
    source = BACKEND + "\nFlatLearner.update = lambda *a: None\n"
    install(tmp_path / "site", "bad-plugin", source)
    ran = run_charplay(tmp_path / "site", tmp_path / "home", "plugins", "check", "bad_plugin")
    assert ran.status == 1
    assert "note: flat makes a model of names: fits" in ran.err
    assert "note: flat learns names: update should give the loss, a number" in ran.err
    assert "error: the plugin bad_plugin of bad-plugin 1.0 does not fit" in ran.err


def test_a_plugin_is_left_out_and_taken_back_for_every_start(tmp_path):
    install(tmp_path / "site", "flat-plugin", BACKEND)

    def run(*words):
        return run_charplay(tmp_path / "site", tmp_path / "home", *words)

    assert run("plugins", "disable", "flat_plugin").status == 0
    assert "every character alike" not in run("backends").out
    assert run("plugins", "enable", "flat_plugin").status == 0
    assert "every character alike" in run("backends").out
    assert run("plugins", "enable", "flat_plugin").status == 2
    assert run("plugins", "disable", "charplay").status == 2
    assert "did you mean flat_plugin or" in run("plugins", "show", "flatt_plugin").err


def test_a_model_says_which_distribution_its_backend_is_of(flat):
    assert "charplay" not in flat("names", "plain", "-n", "1").err
    page = json.loads(flat("models", "show", "plain", "--format", "json").out)
    assert page["backend"] == "flat"


def test_a_model_whose_plugin_is_gone_says_what_to_install_and_is_no_prisoner(flat, tmp_path):
    gone, home = tmp_path / "site", tmp_path / "home"
    gone.mkdir()
    shutil.copytree(flat.path / "home", home)

    def run(*words):
        return run_charplay(gone, home, *words, cache=tmp_path / "cache")

    ran = run("names", "plain", "-n", "1")
    assert ran.status == 1
    assert "plain needs the backend 'flat' of flat-plugin 1.0, which is not installed" in ran.err
    assert "pip install flat-plugin" in ran.err
    shown = run("models", "show", "plain")
    assert (shown.status, "flat" in shown.out, "pip install flat-plugin" in shown.out) == (
        0,
        True,
        True,
    )
    assert run("models").status == 0
    assert run("models", "export", "plain", str(tmp_path / "kept.safetensors")).status == 0
    assert (tmp_path / "kept.safetensors").exists()
    assert run("models", "remove", "plain", "--yes").status == 0


def test_a_network_that_cannot_learn_is_told_before_it_is_in_the_library(tmp_path):
    source = BACKEND + "\nFlatLearner.update = lambda self, batch, rate: True\n"
    install(tmp_path / "site", "bad-plugin", source)
    (tmp_path / "list.txt").write_text(
        "ada\nbea\ncleo\ndora\nedna\nfay\ngabe\nhal\nida\njo\nkim\nlea\n"
    )
    words = ("train", str(tmp_path / "list.txt"), "--backend", "flat", "--name", "plain")
    ran = run_charplay(tmp_path / "site", tmp_path / "home", *words)
    assert ran.status == 1
    assert "update should give the loss, a number; it gave a bool" in ran.err
    assert "bad_plugin of bad-plugin 1.0" in ran.err


@pytest.mark.parametrize(("change", "told"), [
    ("FlatLearner.update = lambda *a: input()", "EOFError: standard input is charplay's"),
    ("FlatLearner.model = lambda self: None", "Learner.model should give a Model"),
    ("class Odd(BaseException): pass\n"
     "def update(self, batch, rate):\n    raise Odd('boom')\nFlatLearner.update = update",
     "failed in update: Odd: boom"),
])  # fmt: skip
def test_whatever_fails_in_training_names_the_plugin(tmp_path, change, told):
    install(tmp_path / "site", "bad-plugin", f"{BACKEND}\n{change}\n")
    (tmp_path / "list.txt").write_text("ada\nbea\ncleo\ndora\nedna\nfay\ngabe\nhal\nida\njo\n")
    words = ("train", str(tmp_path / "list.txt"), "--backend", "flat", "--updates", "2")
    ran = run_charplay(tmp_path / "site", tmp_path / "home", *words)
    assert ran.status == 1
    assert told in ran.err
    assert "bad_plugin of bad-plugin 1.0" in ran.err


def test_a_proposal_that_cannot_be_is_passed_over(tmp_path):
    change = (
        "from charplay import Proposal\n"
        "FlatBackend.propose = lambda *a: Proposal(config={'zork': 3}, expected=0.1)\n"
    )
    install(tmp_path / "site", "bad-plugin", f"{BACKEND}\n{change}\n")
    (tmp_path / "list.txt").write_text("ada\nbea\ncleo\ndora\nedna\nfay\ngabe\nhal\nida\njo\n")
    words = ("train", str(tmp_path / "list.txt"), "--quick")
    ran = run_charplay(tmp_path / "site", tmp_path / "home", *words)
    assert ran.status == 0, ran.err


def test_a_numpy_number_is_a_loss_like_any_other(tmp_path):
    source = BACKEND + "\nFlatLearner.update = lambda self, batch, rate: np.float32(1.5)\n"
    install(tmp_path / "site", "fine-plugin", source)
    (tmp_path / "list.txt").write_text(
        "ada\nbea\ncleo\ndora\nedna\nfay\ngabe\nhal\nida\njo\nkim\nlea\n"
    )
    words = (
        "train",
        str(tmp_path / "list.txt"),
        "--backend",
        "flat",
        "--name",
        "plain",
        "--updates",
        "2",
    )
    ran = run_charplay(tmp_path / "site", tmp_path / "home", *words)
    assert (ran.status, "1.500" in ran.out) == (0, True), ran.err
