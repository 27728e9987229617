"""The configuration as it is read and changed: what is right holds, and what is there stays."""

import os
import stat
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

import charplay as package
from charplay.commands.config_file import change_configuration, changed_text, configuration_template
from charplay.commands.configuration import Configuration, known_settings, read_configuration
from charplay.commands.settings import Interface
from charplay.errors import StorageError
from charplay.generation.options import AnswerOptions
from tests.conftest import make_environment


@pytest.fixture
def file(tmp_path):
    return tmp_path / "config.toml"


def read_text(file, text):
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_configuration(file)


def the_fault(configuration):
    (fault,) = configuration.faults
    return fault


def test_without_a_file_everything_is_at_its_default(file):
    assert read_configuration(file) == Configuration()
    assert read_configuration(file / "below" / "a file") == Configuration()


def test_what_a_file_says_holds(file):
    found = read_text(
        file,
        '[interface]\nwatch = true\nanswers = 3\nprivate = "on"\n'
        '[sampling]\ntemperature = 2\ntop_k = "none"\nseed = "7/3"\n[macros]\nzo = " :names "\n',
    )
    assert found.faults == ()
    assert found.interface == Interface(watch=True, answers=3, private=True)
    assert found.sampling["temperature"] == 2.0
    assert found.sampling["top_k"] is None
    assert str(found.sampling["seed"]) == "7/3"
    assert found.macros == {"zo": ":names"}


@pytest.mark.parametrize(
    "text", ["\ufeff[interface]\nwatch = true", "[interface]\r\nwatch = true\r\n"]
)
def test_a_file_as_other_editors_save_it_is_read(file, text):
    assert read_text(file, text).interface.watch


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[interface\nwatch = true", "is not TOML"),
        ("[interface]\nwatch = true\nwatch = false", "is not TOML"),
        ("[interface]\nanswers = " + "9" * 5000, "is not TOML"),
        ("x = " + "[" * 20000, "is not TOML"),
        (b"[interface]\n# \xff\n", "is not UTF-8, at byte 14"),
        (b"\x00\x01", "is not TOML"),
        ("#" * 1_000_001, "is larger than 1,000,000 bytes"),
        ("[macros]\nx" + ".a" * 20_000 + " = 1", "has a key of more than 20 parts in line 2"),
        ("[plugins]\n[x" + ".a" * 20 + "]", "has a key of more than 20 parts in line 2"),
    ],
)
def test_a_broken_file_is_told_in_a_line_and_neither_holds_nor_is_changed(file, text, reason):
    found = read_text(file, text)
    before = file.read_bytes()
    assert reason in the_fault(found).message
    assert str(file) in the_fault(found).message
    assert found.interface == Interface()
    with pytest.raises(StorageError, match=reason):
        change_configuration(file, {("interface", "watch"): True})
    assert file.read_bytes() == before


def test_a_folder_or_a_pipe_in_the_place_of_the_file_is_told(file, tmp_path):
    file.mkdir()
    assert "is not a file" in the_fault(read_configuration(file)).message
    with pytest.raises(StorageError, match="is not a file"):
        change_configuration(file, {("interface", "watch"): True})
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert "is not a file" in the_fault(read_configuration(tmp_path / "pipe")).message


def test_a_link_that_leads_to_itself_is_told(file):
    file.symlink_to(file)
    assert "cannot be read" in the_fault(read_configuration(file)).message


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is closed to root")
def test_a_file_that_may_not_be_read_is_told(file):
    file.write_text("[interface]\nwatch = true\n")
    file.chmod(0)
    assert "cannot be read" in the_fault(read_configuration(file)).message


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("temperature = 'hot'", "temperature cannot be 'hot'", "`set temperature VALUE`"),
        ("temperature = nan", "temperature cannot be nan", "a number from 0 to 100"),
        ("temperature = true", "temperature cannot be True", "a number from 0 to 100"),
        ("temperature = 1979-05-27", "temperature cannot be", "a number from 0 to 100"),
        ("lines = 2.5", "lines cannot be 2.5", "a whole number"),
        ("top-k = [1]", "top-k cannot be [1]", "a whole number"),
        ("stop = ''", "stop needs a text", "`set stop VALUE`"),
        ("stop = 5", "stop cannot be 5", "stop is text"),
        ("seeding = 'corse'", "there is no choice for seeding 'corse'", "did you mean course?"),
        ("capital = 'maybe'", "capital cannot be 'maybe'", "on or off"),
    ],
)
def test_a_wrong_value_is_one_warning_and_all_other_lines_hold(file, line, message, hint):
    found = read_text(file, f"[sampling]\nmin-p = 0.1\n{line}\nverse = true\n")
    assert found.sampling == {"min_p": 0.1, "verse": True}
    assert message in the_fault(found).message
    assert str(file) in the_fault(found).message
    assert hint in the_fault(found).hint


NEWER = """# mine
heat = 3
watch = true
[interface]
colour = "red"   # a newer one's
them = "dark"
temperature = 1
answers = 3
[completion]
x = [1, 2]
[[samplin]]
y = 1
"""


def test_what_a_newer_charplay_knows_is_one_warning_and_stays(file):
    found = read_text(file, NEWER)
    assert found.interface == Interface(answers=3)
    message = the_fault(found).message
    for told in (
        "heat", "watch (it belongs below [interface])", "interface.colour",
        "interface.them (did you mean theme?)",
        "interface.temperature (it belongs below [sampling])", "[completion]",
    ):  # fmt: skip
        assert told in message
    change_configuration(file, {("interface", "answers"): 4, ("sampling", "lines"): 2})
    assert (
        file.read_text()
        == NEWER.replace("answers = 3", "answers = 4") + "\n[sampling]\nlines = 2\n"
    )


@pytest.mark.parametrize("line", ["sampling = 3", "[[macros]]\nzo = 'x'"])
def test_a_section_that_is_none_is_told_and_not_written_over(file, line):
    found = read_text(file, f"{line}\n[interface]\nwatch = true\n")
    assert found.interface.watch
    assert "is a section, and no value" in the_fault(found).message
    section = "sampling" if "sampling" in line else "macros"
    with pytest.raises(StorageError, match="is no section"):
        change_configuration(file, {(section, "lines"): 2})


def test_a_macro_that_is_no_text_is_told_and_the_others_hold(file):
    found = read_text(file, "[macros]\na = 3\nb = ':names'\nc = ''\nd = ['x']\n")
    assert found.macros == {"b": ":names"}
    assert len(found.faults) == 3
    assert "the macro a is not a line of text" in found.faults[0].message


def test_a_new_file_shows_every_option_and_sets_none(file):
    template = configuration_template()
    assert tomllib.loads(template) == {
        "interface": {},
        "sampling": {},
        "plugins": {},
        "macros": {},
    }
    for name in known_settings():
        assert f"\n# {name} = " in template


def test_every_line_of_a_new_file_holds_as_it_stands_without_its_mark(file):
    lines = configuration_template().replace("\n# ", "\n").splitlines()
    begins = ("[", *(f"{name} =" for name in (*known_settings(), "zo")))
    kept = [line for line in lines if line.startswith(begins)]
    found = read_text(file, "\n".join(kept))
    assert found.faults == ()
    assert found.interface == Interface()
    assert AnswerOptions(**found.sampling) == AnswerOptions()
    assert len(found.sampling) == len(fields(AnswerOptions))
    assert list(found.macros) == ["zo"]


@pytest.mark.parametrize("name", known_settings())
def test_an_option_set_in_a_new_file_stands_below_its_comment_and_goes_without_a_trace(name):
    section, declared = known_settings()[name]
    before = configuration_template()
    value = "none" if declared.default is None else declared.default
    after = changed_text(before, section, name, value)
    assert tomllib.loads(after)[section] == {name: value}
    added = set(after.splitlines()) - set(before.splitlines())
    place = after.splitlines().index(*added)
    assert after.splitlines()[place - 1].startswith(f"# {name} = ")
    assert changed_text(after, section, name, None) == before


OWN = """# my own
[macros]   # short ones
zo = ":names"

[sampling]
# low is dull
"top_k" = 0x10   # of them
stop = '''a
b'''
"""


def test_comments_order_and_spellings_of_a_persons_own_stay():
    after = changed_text(OWN, "sampling", "top-k", 7)
    assert after == OWN.replace("0x10", "7")
    after = changed_text(
        changed_text(OWN, "macros", "ty", ':names "$1"'), "interface", "watch", True
    )
    found = tomllib.loads(after)
    assert found["macros"] == {"zo": ":names", "ty": ':names "$1"'}
    assert found["interface"] == {"watch": True}
    assert [line for line in OWN.splitlines() if line not in after.splitlines()] == []
    assert changed_text(OWN, "interface", "watch", None) == OWN


@pytest.mark.parametrize(
    "text", ["sampling.lines = 3\n", "sampling = {lines = 3}\r\n", "", "[sampling]"]
)
def test_any_form_of_a_section_can_be_changed(text):
    after = changed_text(text, "sampling", "temperature", 0.5)
    assert tomllib.loads(after)["sampling"]["temperature"] == 0.5
    assert tomllib.loads(after)["sampling"].get("lines") in (3, None)


def test_a_comment_of_the_same_form_elsewhere_does_not_mislead():
    text = '[macros]\nx = """\n# lines = 3\n"""\n[sampling]\n'
    after = tomllib.loads(changed_text(text, "sampling", "lines", 5))
    assert after == {"macros": {"x": "# lines = 3\n"}, "sampling": {"lines": 5}}


def test_of_two_comments_that_show_an_option_the_first_has_its_value():
    text = "[interface]\r\n# watch = false\r\n# watch = false\r\n"
    after = changed_text(text, "interface", "watch", True)
    assert after == text.replace("false\r\n#", "false\r\nwatch = true\r\n#")


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OSError(5, "the disk is gone"), "the disk is gone"), (OSError(), "OSError")],
)
def test_why_a_file_cannot_be_read_is_told_in_words(file, monkeypatch, error, reason):
    file.write_text("")

    def fail(path):
        raise error

    monkeypatch.setattr(type(file), "read_bytes", fail)
    assert the_fault(read_configuration(file)).message == f"{file} cannot be read: {reason}"


def test_dots_in_texts_and_comments_are_no_parts_of_keys(file):
    dots = "a." * 50
    text = f'# {dots}\n[macros]\nx = \'it"s {dots}\' # {dots}\ny = "it\'s \\" {dots}"\n'
    found = read_text(file, text)
    assert found.faults == ()
    assert found.macros == {"x": f'it"s {dots}', "y": f"it's \" {dots}"}
    assert read_text(file, "[macros]\nx" + ".a" * 19 + " = 1").macros == {}
    assert "has a key" not in the_fault(read_configuration(file)).message


def test_a_file_that_is_too_large_is_left_alone_and_one_that_just_fits_is_read(file):
    file.write_text("#" + "x" * 999_999)
    assert read_configuration(file).faults == ()
    file.write_text("#" + "x" * 1_000_000)
    assert the_fault(read_configuration(file)).message == (f"{file} is larger than 1,000,000 bytes")


def test_a_file_is_made_with_its_folder_for_its_owner_alone(tmp_path):
    file = tmp_path / "new" / "config.toml"
    assert not change_configuration(file, {("interface", "watch"): None})
    assert not file.exists()
    assert change_configuration(file, {("interface", "watch"): True})
    assert not change_configuration(file, {("interface", "watch"): False})
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_link_to_a_file_elsewhere_stays_a_link(file, tmp_path):
    kept = tmp_path / "dotfiles" / "charplay.toml"
    kept.parent.mkdir()
    kept.write_text("# mine\n")
    file.symlink_to(kept)
    change_configuration(file, {("interface", "watch"): True})
    assert file.is_symlink()
    assert kept.read_text().startswith("# mine\n")
    assert read_configuration(file).interface.watch


def test_a_file_that_is_read_only_stays_as_it_is(file):
    file.write_text("# mine\n")
    file.chmod(0o444)
    with pytest.raises(StorageError, match="is read-only"):
        change_configuration(file, {("interface", "watch"): True})
    assert file.read_text() == "# mine\n"


WRITER = """
import sys
from pathlib import Path
from charplay.commands.config_file import change_configuration
for number in range(20):
    change_configuration(Path(sys.argv[1]), {("macros", f"{sys.argv[2]}{number}"): "x"})
"""


def test_two_that_write_at_the_same_time_lose_nothing_of_each_other(file):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), who]) for who in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    found = read_configuration(file)
    assert found.faults == ()
    assert set(found.macros) == {f"{who}{number}" for who in "ab" for number in range(20)}


def test_the_file_stands_in_a_home_that_was_named_or_where_the_platform_keeps_such(tmp_path):
    environment = make_environment(tmp_path)
    assert environment.config == tmp_path / "config.toml"
    del environment.variables["CHARPLAY_HOME"]
    assert environment.config.name == "config.toml"
    assert environment.config.parent != tmp_path


def test_the_page_about_settings_shows_a_new_configuration():
    page = Path(package.__file__).parent.parent / "docs" / "settings.md"
    if not page.exists():
        pytest.skip("charplay is installed, and its pages stand in its checkout")
    assert f"```toml\n{configuration_template()}```\n" in page.read_text(encoding="utf-8")
