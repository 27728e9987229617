"""`models` and `model`: every field of each answer, performed on models of one's own."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charplay.ancestry import Ancestor
from charplay.commands.models import (
    CurrentModel,
    ModelChange,
    ModelPage,
    ModelRow,
    VersionRow,
)
from charplay.commands.remaking import command_again
from charplay.errors import UsageError
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.header import read_header
from charplay.models.library import Library
from charplay.plugins.registry import Registry
from charplay.pretrained import shipped_models
from charplay.testing.fake_backend import FakeBackend, FakeConfig
from charplay.text.vocabulary import Vocabulary
from tests.jobs.events import DONE, KEPT, PROGRESS, RUN, STARTED, STOPPED

TOLD = {
    "recipe": "birds-rnn",
    "made": "2026-01-02T03:04:05",
    "held_out_loss": 1.25,
    "text": {
        "corpus": "birds.csv", "sha256": "ab" * 32, "column": "bird", "separator": "tab",
        "lower": True,
    },
    "counting": {"order": 3, "held_out_loss": 1.5},
    "stage_texts": {"trees": "cd" * 32},
    "versions": {"python": "3.11"},
    "again": "train  'birds.csv'  --column bird",
    "ancestry": [{"model": "old", "digest": "ef" * 32, "corpus": "eggs", "sha256": "01" * 32}],
}  # fmt: skip
PLAIN = {"made": "2025-01-01T00:00:00"}


def checkpoint(kind="prose", seed=0, backend=None, **header):
    backend = backend or FakeBackend()
    letters = "\n abcdefgh"
    model = backend.create(Vocabulary(letters), kind, FakeConfig(4), np.random.default_rng(seed))
    return Checkpoint.of(model, backend, **header)


@pytest.fixture
def registry():
    made = Registry()
    made.backends.add("fake", FakeBackend, None)
    return made


@pytest.fixture
def library(home):
    return Library(home / "models", lambda name: FakeBackend())


@pytest.fixture
def models(hand, registry, library):
    """Performs lines beside two own models, `birds` and `poet`, the second one chosen."""
    library.add(
        checkpoint(
            "names", 1, provenance=TOLD, history=((10, 2.5, 1.5), (20, 2.0, 1.5), (30, 1.75, 1.25))
        ),
        "birds",
    )
    library.add(checkpoint(provenance=PLAIN), "poet")
    library.choose("poet")
    return hand(registry)


def own_rows(table):
    return [row for row in table.rows if row.state != "shipped"]


def row_of(library, name, **more):
    path = library.file(name)
    told = {
        "current": False,
        "model": name,
        "kind": "names",
        "backend": "fake",
        "recipe": None,
        "loss": None,
        "held_out_loss": None,
        "size": path.stat().st_size,
        "made": "2025-01-01T00:00:00",
        "state": "own",
        "digest": path.stem,
    }
    return ModelRow(**told | more)


def birds_row(library):
    return row_of(
        library,
        "birds",
        recipe="birds-rnn",
        loss=1.75,
        held_out_loss=1.25,
        made="2026-01-02T03:04:05",
    )


def test_the_list_has_own_shipped_and_broken_models(models, library, home):
    (home / "models" / "names" / "torn").write_text("ff" * 32)
    table = models(":models")
    torn = own_rows(table)[2]
    assert own_rows(table)[:2] == [
        birds_row(library),
        row_of(library, "poet", kind="prose", current=True),
    ]
    assert replace(torn, fault="") == ModelRow(
        False, "torn", "", "", None, None, None, 0, "", "broken", ""
    )
    assert torn.fault != ""
    shipped = {row.model: row for row in table.rows if row.state == "shipped"}
    assert shipped.keys() == shipped_models().keys()
    assert shipped["drugs"].size == shipped_models()["drugs"].stat().st_size
    assert shipped["drugs"].digest == read_header(shipped_models()["drugs"]).digest
    assert table.empty == "there is no model yet; `train dinosaurs` makes one"
    assert [(c.header, c.format, c.shrink, c.least) for c in table.columns] == [
        ("", "", "never", 8),
        ("model", "", "fold", 16),
        ("kind", "", "drop", 8),
        ("recipe", "", "drop", 8),
        ("held out loss\nnats/char", ".3f", "never", 8),
        ("size\nbytes", ",", "drop", 8),
        ("state", "", "never", 8),
        ("digest", ".12", "never", 8),
    ]
    assert table.columns[0].mark


def test_the_current_model_is_that_of_the_session_once_it_has_one(models, hand, registry):
    assert [row.model for row in models(":models").rows if row.current] == ["poet"]
    talking = hand(registry, session=True)
    assert [row.model for row in talking(":models").rows if row.current] == ["poet"]
    talking(":model birds")
    assert [row.model for row in talking(":models").rows if row.current] == ["birds"]


def page_of(library, name, **more):
    path = library.file(name)
    told = {
        "model": name,
        "kind": "prose",
        "backend": "fake",
        "network": {"units": 4},
        "parameters": 90,
        "vocabulary": "\n abcdefgh",
        "recipe": None,
        "corpus": "",
        "corpus_sha256": "",
        "read_as": "",
        "stage_texts": {},
        "held_out_loss": None,
        "held_out_decided": False,
        "counting_order": None,
        "counting_loss": None,
        "made": "2025-01-01T00:00:00",
        "versions": {},
        "again": "",
        "goes_on": "",
        "size": path.stat().st_size,
        "digest": path.stem,
        "path": str(path),
        "facts": {},
        "model_size": "90 weights",
    }
    return ModelPage(**told | more)


def test_the_page_of_a_model_has_all_that_its_file_tells(models, library):
    assert models(":models show poet") == page_of(library, "poet")
    assert models(":models show birds") == page_of(
        library,
        "birds",
        kind="names",
        recipe="birds-rnn",
        corpus="birds.csv",
        corpus_sha256="ab" * 32,
        read_as="column bird, separator tab, lower-cased",
        stage_texts={"trees": "cd" * 32},
        held_out_loss=1.25,
        held_out_decided=True,
        counting_order=3,
        counting_loss=1.5,
        made="2026-01-02T03:04:05",
        versions={"python": "3.11"},
        again="train birds.csv --column bird",
        ancestry=(Ancestor("old", "ef" * 32, "eggs", "01" * 32),),
    )
    assert ModelPage.is_row


@pytest.mark.parametrize(
    ("history", "header", "decided"),
    [
        ((), {}, False),
        (((10, 2.0, 1.5),), {}, False),
        (((10, 2.0, 1.5), (20, 2.0, 1.5)), {}, True),
        (((10, 2.0, 1.5), (20, 2.0, None)), {}, False),
        (((10, 2.0, 1.5), (20, 2.0, 1.5)), {"plan": {"inner": 0.1}}, False),
        ((), {"provenance": {"mixed": {"own": "a half"}}}, True),
        ((), {"provenance": {"mixed": {"own": "a half"}}, "plan": {"inner": 0.1}}, False),
    ],
)
def test_a_loss_flatters_where_it_was_looked_at_more_than_once(
    models, library, history, header, decided
):
    library.add(checkpoint(seed=5, history=history, **header), "looked")
    assert models(":models show looked").held_out_decided is decided


def test_a_model_without_its_backend_has_a_page_that_says_why(models, library, hand):
    empty = hand(Registry())
    page = empty(":models show poet")
    assert (page.parameters, page.model_size) == (None, "")
    assert (page.model, page.digest) == ("poet", library.file("poet").stem)
    assert list(page.facts) == ["not loaded"]
    told = page.facts["not loaded"]
    assert "fake" in told
    assert "; " in told


@pytest.mark.parametrize(
    ("again", "shown"),
    [
        ("train dinosaurs --epochs 2", "train dinosaurs --epochs 2"),
        ("train 'a  b'", "train 'a  b'"),
        ("names dinosaurs", "names dinosaurs"),
        ("models prune --yes", ""),
        ("rm -r /", ""),
        ("train 'open", ""),
        ("train \x1b[2J", ""),
        ("", ""),
    ],
)
def test_what_makes_a_model_again_is_a_command_that_makes_something(models, library, again, shown):
    library.add(checkpoint(seed=6, provenance={"again": again}), "made")
    assert models(":models show made").again == shown


def test_without_such_a_command_a_corpus_that_is_there_makes_a_model_again(hand, library):
    at = hand()
    for corpus, again in (("dinosaurs", "train dinosaurs"), ("gone", ""), ("", "")):
        provenance = {"again": "rm -r /", "text": {"corpus": corpus}}
        library.add(checkpoint(seed=7, provenance=provenance), "made")
        library.choose("made")
        header = library.describe("made")[1]
        assert command_again(at.context, header) == again


@pytest.mark.parametrize(
    ("events", "held", "goes_on"),
    [
        ((STARTED, PROGRESS, STOPPED), False, True),
        ((STARTED, PROGRESS, DONE), False, False),
        ((STARTED, PROGRESS, STOPPED), True, False),
    ],
)
def test_the_run_that_made_a_model_is_taken_up_where_it_was_stopped(
    models, library, made_run, events, held, goes_on
):
    made_run(STARTED, PROGRESS)
    kept = replace(KEPT, name="poet", digest=library.file("poet").stem)
    made_run(*events, kept, held=held)
    assert models(":models show poet").goes_on == ("jobs resume 2" if goes_on else "")
    assert models(":models show birds").goes_on == ""


def test_a_checkpoint_is_taken_up_by_its_run(models, library, made_run):
    job = made_run(STARTED, PROGRESS, checkpoint=library.file("poet").read_bytes())
    page = models(f":models show {job.checkpoint('last')}")
    assert (page.path, page.goes_on) == (str(job.checkpoint("last")), "jobs resume 1")


@pytest.fixture
def friend(tmp_path):
    path = tmp_path / "my friend.safetensors"
    checkpoint(seed=9).save(path)
    return path


def test_a_file_is_added_under_its_own_name_or_another(models, library, friend):
    digest = read_header(friend).digest
    assert models(f":models add '{friend}'") == ModelChange("added", "my friend", digest[:12])
    assert models(f":models add '{friend}' --name pal").model == "pal"
    assert library.names() == ["birds", "my friend", "pal", "poet"]
    assert models.refused(f":models add '{friend}' --name pal") == (
        "there is a model pal already",
        "give another name: --name NAME",
    )
    assert models.refused(f":models add '{friend}' --name drugs")[0] == (
        "there is a model drugs already"
    )


def test_a_file_that_asks_for_what_cannot_be_is_not_added(models, library, tmp_path):
    path = tmp_path / "odd.safetensors"
    checkpoint(sampling={"temperature": -1}).save(path)
    message, _ = models.refused(f":models add {path}")
    assert message.startswith("the file of odd asks for options that cannot be: temperature")
    other = tmp_path / "other.safetensors"
    checkpoint().with_header(backend="other").save(other)
    assert models.refused(f":models add {other}")[0] == "there is no backend 'other'"
    assert library.names() == ["birds", "poet"]


def test_a_model_is_fetched_from_an_address_and_errors_name_it(models, library, friend, server):
    digest = read_header(friend).digest
    url = server.url("/pal.safetensors", friend.read_bytes())
    assert models(f":models add {url}") == ModelChange("added", "pal", digest[:12])
    loud = url.replace("http://", "HTTP://")
    assert models(f":models add {loud} --name loud").model == "loud"
    bad = server.url("/bad.safetensors", b"no model")
    message, _ = models.refused(f":models add {bad}")
    assert message.startswith(bad)
    assert str(Path("/tmp")) not in message.replace(bad, "")


def test_a_model_is_exported_beside_no_other_file(models, library, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (
        models(":models export poet")
        == ModelChange("exported", "poet", str(tmp_path / "poet.safetensors"))
        or models
    )
    file = tmp_path / "poet.safetensors"
    assert file.read_bytes() == library.file("poet").read_bytes()
    assert file.stat().st_mode & 0o044, "it can be shared"
    with pytest.raises(UsageError):
        models(":models export poet")
    assert models(":models export birds ./mine.bin").detail.endswith("mine.bin")
    assert (tmp_path / "mine.bin").read_bytes() == library.file("birds").read_bytes()


def test_a_model_renamed_is_followed_by_its_session(models, hand, registry, library):
    at = hand(registry, session=True)
    at.say("ab")
    assert at(":models rename poet bard") == ModelChange("renamed", "poet", "bard")
    assert library.names() == ["bard", "birds"]
    assert at.context.session.record.model == "bard"
    assert at.context.session.turn.said.model == "bard"
    assert library.current == "bard"


def test_a_model_is_removed_once_the_person_agrees(models, library):
    digest = library.file("birds").stem
    assert models.refused(":models remove birds") == (
        "cannot ask for confirmation here: Remove the model birds?",
        "add --yes to do it",
    )
    asked = models.answering(False)
    assert models(":models remove birds") == ModelChange("kept", "birds", "")
    assert models.refused(":models remove drugs")[0] == (
        "drugs comes with charplay and cannot be removed"
    )
    assert asked == ["Remove the model birds?"]
    assert models(":models remove birds --yes") == ModelChange("removed", "birds", digest[:12])
    assert library.names() == ["poet"]
    models.answering(True)
    assert models(":models remove poet").done == "removed"


def test_versions_that_nothing_needs_are_pruned_once_the_person_agrees(models, library, home):
    assert models(":models prune").rows == ()
    assert models(":models prune").note == ""
    old = library.file("birds"), library.file("poet")
    library.add(checkpoint(seed=20), "poet")
    what = f"1 version, {old[1].stat().st_size:,} bytes"
    table = models(":models prune")
    assert table.rows == (
        VersionRow(old[1].stem, None, "2025-01-01T00:00:00", old[1].stat().st_size),
    )
    assert table.note == f"{what}; `models prune --yes` removes them"
    assert table.empty == "nothing to remove: every version has a name or a session"
    assert [(c.header, c.format, c.shrink) for c in table.columns] == [
        ("digest", ".12", "never"),
        ("recipe", "", "fold"),
        ("made", ".16", "never"),
        ("size\nbytes", ",", "never"),
    ]
    asked = models.answering(False)
    assert models(":models prune").note == f"{what}; all of them stay"
    assert asked == [f"Remove {what} ({old[1].stem[:12]})?"]
    assert old[1].exists()
    library.add(checkpoint(seed=21), "birds")
    torn = home / "models" / f"{'0' * 64}.safetensors"
    torn.write_bytes(b"torn")
    table = models(":models prune --yes")
    rows = {row.digest: row for row in table.rows}
    assert rows[old[0].stem].recipe == "birds-rnn"
    assert rows["0" * 64] == VersionRow("0" * 64, None, "", 4)
    total = sum(row.size for row in table.rows)
    assert table.note == f"3 versions, {total:,} bytes: removed"
    assert not any(path.exists() for path in (*old, torn))
    assert len(asked) == 1


def test_versions_go_where_the_person_says_yes(models, library):
    old = library.file("poet")
    library.add(checkpoint(seed=20), "poet")
    models.answering(True)
    assert models(":models prune").note.endswith(": removed")
    assert not old.exists()


CURRENT = CurrentModel("poet", "prose", "fake", 90, "90 weights", None)


def test_the_model_to_talk_to_is_shown_and_chosen_for_the_next_start_too(models, library):
    assert models(":model") == CURRENT
    assert (CURRENT.read, CURRENT.notices, CURRENT.goes_on) == (0, (), "")
    assert models(":model birds") == replace(
        CURRENT, model="birds", kind="names", held_out_loss=1.25
    )
    assert library.current == "birds"


def test_a_chosen_model_has_read_the_session_and_goes_on_with_it(models, hand, registry, library):
    at = hand(registry, session=True)
    assert at(":model poet").goes_on == "", "nothing was said yet"
    at.say("ab")
    library.add(checkpoint(seed=3).with_header(), "bard")
    chosen = at(":model bard")
    assert chosen.model == "bard"
    assert chosen.goes_on == "talk-1"
    assert chosen.read == len(at.context.session.text) > 2
    assert at.context.session.record.model == "bard"
    assert library.current == "bard"


def test_what_a_chosen_model_cannot_read_is_told(models, hand, registry, library):
    at = hand(registry, session=True)
    at.say("ab cd")
    few = FakeBackend().create(
        Vocabulary("\n ab"), "prose", FakeConfig(4), np.random.default_rng(0)
    )
    library.add(Checkpoint.of(few, FakeBackend()), "few")
    assert len(at(":model few").notices) == 1


def test_in_private_a_chosen_model_is_not_remembered(models, hand, registry, library):
    at = hand(registry, session=True)
    at.context.set_private(True)
    at.say("ab")
    chosen = at(":model birds")
    assert (chosen.model, chosen.goes_on) == ("birds", "")
    assert library.current == "poet"


def test_a_run_that_is_chosen_gives_its_checkpoint_and_is_not_remembered(
    models, hand, registry, library, made_run
):
    run = replace(RUN, name="young")
    told = replace(STARTED, name="young")
    job = made_run(told, PROGRESS, held=True, run=run, checkpoint=library.file("poet").read_bytes())
    at = hand(registry, session=True)
    chosen = at(":model young")
    assert (chosen.model, chosen.kind) == ("young", "prose")
    assert library.current == "poet"
    assert at.context.session.record.live == str(job.checkpoint("last"))
    assert len(at.notes) == 1
    assert at.notes[0].startswith("young is in training; this is update 0 of 50, ")
    assert at.notes[0].endswith(" s old")


def test_files_of_this_kind_are_read_as_they_were_written(friend):
    assert read_checkpoint(friend).header.digest == read_header(friend).digest
