"""Files and folders whose names are no text, in every command that takes one."""

import json
import logging
import os
import sys

import pytest

from charplay.terminal.cli import run
from tests.conftest import make_environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="file names of any bytes")
ODD = os.fsdecode(b"f\xe9 \x01\n\xff")
HOME = "home\udcfe"
SHOWN = r"f\xe9 \x01\x0a\xff"


@pytest.fixture(autouse=True)
def unlogged():
    """Nothing is logged: pytest's processes cannot pass on a log with bytes that are no text."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder of an odd name with a data home of an odd name in it, and lists of names."""
    place = tmp_path_factory.mktemp("place") / ODD
    place.mkdir()
    (place / f"{ODD}.txt").write_text("".join(f"Zor{a}{b}ville\n" for a in "abcd" for b in "efg"))
    (place / f"{ODD}.prompt").write_text("Zor")
    return place


@pytest.fixture
def said(place):
    """What a line of words came to, where ODD stands for a path in the place."""

    def call(*words, stdin=""):
        environment = make_environment(place / HOME, stdin)
        status = run([word.replace("ODD", str(place / ODD)) for word in words], environment)
        out, err = environment.stdout.getvalue(), environment.stderr.getvalue()
        assert "broke" not in err
        (out + err).encode()
        return status, out, err

    return call


STEPS = [
    ("train ODD.txt --quick --name zor", "Zor"),
    ("train ODD.txt --quick", "f-xe9 -x01-x0a-xff is in the library"),
    ("corpora show ODD.txt", SHOWN),
    ("corpora add ODD.txt", "f-xe9--x01-x0a-xff added"),
    ("corpora add ODD.txt --name zors", "zors added"),
    ("corpora show zors", SHOWN),
    ("corpora", SHOWN),
    ("models show zor", SHOWN),
    ("models export zor ODD.safetensors", SHOWN),
    ("models add ODD.safetensors", "added f-xe9"),
    ("models add ODD.safetensors --name two", "added two"),
    ("model ODD.safetensors", SHOWN),
    ("model", SHOWN),
    ("names -n 2 --against ODD.txt", "Zor"),
    ("names ODD.safetensors -n 2", "Zor"),
    ("--session s sample zor -n 2 --prompt @ODD.prompt", "Zor"),
    ("--session s export ODD.json", SHOWN),
    ("--session s export ODD.md", SHOWN),
    ("sessions import ODD.json --name again", "again imported"),
    ("sessions search Zor", "again"),
]


def test_paths_of_any_bytes_work_wherever_one_is_taken(said, place):
    for line, shown in STEPS:
        status, out, err = said(*line.split())
        # Notes on how a text was read are no complaints.
        assert (status, "error" in err) == (0, False), line
        assert shown in out, line
    for ending in ("safetensors", "json", "md"):
        assert (place / f"{ODD}.{ending}").is_file()
    page = json.loads(said("models", "show", "zor", "--format", "json")[1])
    assert page["path"].startswith(str(place.parent))
    assert page["again"] == f"train '{SHOWN}.txt' --quick"


def test_a_path_can_be_typed_as_it_is_shown(said, place):
    shown = str(place / ODD).replace(ODD, SHOWN)
    assert said("corpora", "show", f"{shown}.txt")[0] == 0
    script = f":corpora show '{shown}.txt'\n"
    assert said(stdin=script)[0] == 0


def test_a_path_that_cannot_be_written_or_read_is_shown_and_leaves_nothing(said, place):
    before = {*os.listdir(place), HOME}
    for line in (
        "models export dinosaurs ODD.txt",
        "models add ODD.txt --name x",
        "sessions import ODD.txt --name x",
        "train ODD.none --quick",
        "corpora add ODD.none",
        "names dinosaurs --against ODD.none",
        "sample dinosaurs --prompt @ODD.none",
    ):
        status, _, err = said(*line.split())
        assert status in (1, 2), line
        assert err.count("error: ") == 1
        assert r"f\xe9" in err, line
    assert {*os.listdir(place), HOME} == before
