"""What charplay keeps is read within bounds: a pipe or a device in its place holds nobody."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from charplay.jobs.following import RunNews
from charplay.jobs.job import Job
from charplay.plugins import asking
from charplay.plugins.cache import OfferCache
from charplay.plugins.installed import Installed
from charplay.plugins.loading import dead_importers
from charplay.readable import MOST_RECORD, UnreadableError, check_readable, read_record
from charplay.testing.world import run_shell, variables_for
from charplay.text.token_cache import TokenCache, encode_narrow
from charplay.text.vocabulary import Vocabulary

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and devices as POSIX has them")

PLAN = {
    "name": "mine", "text": {"corpus": "dinosaurs"}, "backend": "numpy", "config": {}, "plan": {},
    "sampling": {}, "recipe": None,
}  # fmt: skip
# Each place in the data home, with the commands that read it.
PLACES = {
    "config.toml": (["models"], ["set", "seed", "3"]),
    "models/current": (["models"],),
    "models/names/poet": (["models"], ["sample", "poet"], ["rename", "poet", "bard"]),
    "models/DIGEST.safetensors": (["models"], ["sample", "poet"], ["models", "show", "poet"]),
    "corpora/mine.json": (["corpora"], ["corpora", "show", "mine"]),
    "jobs/1/plan.json": (["jobs"], ["jobs", "resume", "1"]),
    "jobs/1/status.json": (["jobs"], ["jobs", "show", "1"]),
    "jobs/1/events.jsonl": (["plot", "1"], ["jobs", "show", "1"]),
    "jobs/1/last.safetensors": (["jobs"], ["sample", "mine"], ["jobs", "resume", "1"]),
    "history": (["models"],),
    "charplay.log": (["models"],),
}
# In a process of its own, which can be ended, and has less memory than a device would fill.
RUN = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
from pathlib import Path
from charplay.testing.world import run_shell
print(json.dumps([run_shell(Path(sys.argv[1]), words).told for words in json.loads(sys.argv[2])]))
"""


def put_pipe(path):
    path.unlink(missing_ok=True)
    os.mkfifo(path)


@pytest.fixture
def home(tmp_path):
    """A data home with something of each kind."""
    (tmp_path / "mine.txt").write_text("Anna\nBerta\nCarla\n" * 10)
    home = tmp_path / "home"
    assert run_shell(home, ["corpora", "add", str(tmp_path / "mine.txt")]).status == 0
    said = run_shell(home, ["train", "mine", "--quick", "--backend", "ngram", "--name", "poet"])
    assert said.status == 0, said.told
    shutil.rmtree(home / "jobs")
    (home / "jobs" / "1").mkdir(parents=True)
    (home / "jobs" / "1" / "plan.json").write_text(json.dumps(PLAN))
    (home / "jobs" / "1" / "told").touch()
    [model] = (home / "models").glob("*.safetensors")
    shutil.copy(model, home / "jobs" / "1" / "last.safetensors")
    return home


@pytest.mark.parametrize("kind", ["pipe", "device"])
@pytest.mark.parametrize("place", PLACES)
def test_nothing_waits_for_a_pipe_or_reads_a_device_without_end(home, place, kind):
    [model] = (home / "models").glob("*.safetensors")
    path = home / place.replace("DIGEST", model.stem)
    if kind == "pipe":
        put_pipe(path)
    else:
        path.unlink(missing_ok=True)
        path.symlink_to("/dev/zero")
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(home), json.dumps(PLACES[place])],
        capture_output=True, text=True, timeout=60, env=variables_for(home), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for told in json.loads(done.stdout):
        assert "Traceback" not in told
        assert "charplay broke" not in told


def test_a_record_is_a_regular_file_within_a_bound(tmp_path):
    path = tmp_path / "record"
    path.write_bytes(b"a" * MOST_RECORD)
    assert len(read_record(path)) == MOST_RECORD
    path.write_bytes(b"a" * (MOST_RECORD + 1))
    with pytest.raises(UnreadableError, match="larger than 16 MB"):
        read_record(path)
    check_readable(path)
    os.mkfifo(tmp_path / "pipe")
    for refused in (check_readable, read_record):
        with pytest.raises(UnreadableError, match="not a regular file"):
            refused(tmp_path / "pipe")
        with pytest.raises(FileNotFoundError):
            refused(tmp_path / "nothing")


@pytest.fixture
def no_waiting():
    """Fails after some seconds where something waits for a pipe."""

    def end(number, frame):
        raise AssertionError("it waits")

    former = signal.signal(signal.SIGALRM, end)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, former)


@pytest.mark.parametrize("ending", ["tokens", "json"])
def test_nothing_waits_for_a_pipe_in_the_place_of_tokens(tmp_path, no_waiting, ending):
    vocabulary = Vocabulary("ab")
    cache = TokenCache(tmp_path, "key")
    cache.write(vocabulary, [encode_narrow(vocabulary, "abba")])
    assert cache.read() is not None
    put_pipe(tmp_path / "tokens" / f"key.{ending}")
    assert cache.read() is None


def test_nothing_waits_for_a_pipe_in_the_place_of_what_is_known_of_plugins(
    tmp_path, no_waiting, monkeypatch
):
    asked = []
    monkeypatch.setattr(asking, "register_apart", lambda new: asked.append(new) or [()])
    found = Installed("rivers-plugin", "1.0", (), "rivers-plugin in /site", "key")
    for _ in range(2):
        assert OfferCache(tmp_path, "1.0").offers([found]) == [()]
    assert len(asked) == 1
    [file] = tmp_path.iterdir()
    put_pipe(file)
    assert OfferCache(tmp_path, "1.0").offers([found]) == [()]
    assert len(asked) == 2
    put_pipe(tmp_path / f"importing-{2**30}")
    assert dead_importers(tmp_path) == set()


def test_nothing_waits_for_a_pipe_in_the_place_of_events(tmp_path, no_waiting):
    folder = tmp_path / "jobs" / "1"
    folder.mkdir(parents=True)
    put_pipe(folder / "events.jsonl")
    job = Job(folder)
    assert list(job.read_events()) == []
    assert RunNews(job).read_new() == []
