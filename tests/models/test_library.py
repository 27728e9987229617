"""The library: models by name, digest and path; nothing in it hides or spoils the rest."""

import errno
import os
from dataclasses import replace

import numpy as np
import pytest

from charplay.errors import (
    BackendMissingError,
    CharplayError,
    ModelFileError,
    StorageError,
    UsageError,
    unknown,
)
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.library import Library, LibraryEntry, OpenModel, check_model_name
from charplay.text.vocabulary import Vocabulary
from charplay_numpy.backend import NumpyBackend
from charplay_numpy.config import NumpyConfig

BACKEND = NumpyBackend()


def checkpoint_of(seed=0, **changes):
    """A small model; another seed, another model."""
    model = BACKEND.create(
        Vocabulary("\nabc"), "names", NumpyConfig(hidden=4), np.random.default_rng(seed)
    )
    made = Checkpoint.of(model, BACKEND, {"carried": np.zeros(3)}, progress={"update": 3})
    return replace(made, header=replace(made.header, **changes))


def find_backend(name):
    if name != BACKEND.name:
        raise unknown("backend", name, [BACKEND.name], "backends")
    return BACKEND


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "models"


@pytest.fixture
def library(folder):
    return Library(folder, find_backend)


def assert_says_what_to_do(error):
    assert error.message.strip()
    assert "\n" not in error.message
    assert error.hint.strip()


def weights_of(opened):
    return opened.model.arrays()["recurrent.0"]


def test_an_empty_library_has_no_names_and_no_current_model(library, folder):
    assert library.names() == []
    assert library.entries() == []
    assert library.current is None
    assert not folder.exists(), "looking must not write"


@pytest.mark.parametrize("way", ["name", "digest", "prefix", "path"])
def test_a_model_is_opened_by_name_digest_prefix_and_path(library, folder, way):
    made = checkpoint_of()
    digest = library.add(made, "dinosaurs")
    library.add(checkpoint_of(1), "others")
    [path] = folder.glob(f"{digest}*")
    reference = {"name": "dinosaurs", "digest": digest, "prefix": digest[:8], "path": str(path)}
    opened = library.open(reference[way])
    assert opened.digest == library.digest(reference[way]) == digest
    np.testing.assert_array_equal(weights_of(opened), made.weights["recurrent.0"])


@pytest.mark.parametrize("way", ["name", "digest", "path"])
def test_a_model_opened_again_is_not_read_again(library, folder, way, monkeypatch):
    digest = library.add(checkpoint_of(), "dinosaurs")
    reference = {
        "name": "dinosaurs",
        "digest": digest,
        "path": str(folder / f"{digest}.safetensors"),
    }
    first = library.open(reference[way])
    monkeypatch.setattr("charplay.models.checkpoint.read_checkpoint", None)
    assert library.open(reference[way]) is first


def test_a_name_that_points_at_another_model_opens_that_one(library):
    library.add(checkpoint_of(0), "dinosaurs")
    library.open("dinosaurs")
    library.add(checkpoint_of(1), "dinosaurs")
    np.testing.assert_array_equal(
        weights_of(library.open("dinosaurs")), checkpoint_of(1).weights["recurrent.0"]
    )


def test_a_file_that_was_replaced_is_read_again(library, tmp_path):
    path = tmp_path / "mine.safetensors"
    checkpoint_of(0).save(path)
    first = library.open(str(path))
    checkpoint_of(1).save(path)
    second = library.open(str(path))
    assert second.digest == library.digest(str(path)) != first.digest
    np.testing.assert_array_equal(weights_of(second), checkpoint_of(1).weights["recurrent.0"])


def test_a_file_that_is_gone_is_not_opened_again(library, tmp_path):
    path = tmp_path / "mine.safetensors"
    checkpoint_of().save(path)
    library.open(str(path))
    path.unlink()
    with pytest.raises(CharplayError) as caught:
        library.open(str(path))
    assert_says_what_to_do(caught.value)


@pytest.mark.parametrize("names", [1, 20])
def test_the_names_are_read_once_for_a_whole_list(library, monkeypatch, names):
    checkpoint = checkpoint_of()
    for number in range(names):
        library.add(checkpoint, f"model {number}")
    listings = []
    own_names = library.own_names
    monkeypatch.setattr(library, "own_names", lambda: listings.append(1) or own_names())
    assert len(library.entries()) == names
    assert len(listings) == 1


def test_a_path_opens_a_file_that_the_library_does_not_keep(library, tmp_path):
    checkpoint_of().save(tmp_path / "mine.safetensors")
    opened = library.open(str(tmp_path / "mine.safetensors"))
    assert opened.name == "mine"
    assert library.names() == []


def test_a_name_comes_before_a_file_of_the_same_name(library, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    checkpoint_of(1).save(tmp_path / "dinosaurs")
    digest = library.add(checkpoint_of(0), "dinosaurs")
    assert library.open("dinosaurs").digest == digest


def test_training_again_moves_the_name_and_leaves_the_old_model(library):
    old, new = checkpoint_of(0), checkpoint_of(1)
    first = library.add(old, "dinosaurs")
    second = library.add(new, "dinosaurs")
    assert library.names() == ["dinosaurs"]
    assert library.digest("dinosaurs") == second != first
    np.testing.assert_array_equal(weights_of(library.open(first)), old.weights["recurrent.0"])
    np.testing.assert_array_equal(weights_of(library.open("dinosaurs")), new.weights["recurrent.0"])


def test_two_names_may_stand_for_one_model(library, folder):
    assert library.add(checkpoint_of(), "one") == library.add(checkpoint_of(), "two")
    assert len(list(folder.glob("*.safetensors"))) == 1


def test_a_kept_model_has_no_learner_and_no_progress(library, folder):
    digest = library.add(checkpoint_of(), "dinosaurs")
    [path] = folder.glob(f"{digest}*")
    kept = read_checkpoint(path)
    assert kept.learner == {}
    assert kept.header.progress == {}


def test_every_name_has_an_entry_with_its_models_header(library):
    library.add(checkpoint_of(0, kind="prose"), "b")
    library.add(checkpoint_of(1), "a")
    entries = library.entries()
    assert [(entry.name, entry.header.kind) for entry in entries] == [
        ("a", "names"),
        ("b", "prose"),
    ]
    assert all(entry.size > 0 and entry.digest and not entry.fault for entry in entries)


def test_the_model_last_chosen_is_remembered(library, folder):
    library.add(checkpoint_of(), "dinosaurs")
    library.choose("dinosaurs")
    assert library.current == "dinosaurs"
    assert Library(folder, find_backend).current == "dinosaurs"


def test_a_file_may_be_the_model_last_chosen_from_wherever(library, tmp_path, monkeypatch):
    checkpoint_of().save(tmp_path / "mine.safetensors")
    monkeypatch.chdir(tmp_path)
    library.choose("mine.safetensors")
    monkeypatch.chdir(tmp_path.parent)
    assert library.open(library.current).name == "mine"


def test_a_chosen_model_that_is_gone_is_no_longer_current(library, folder):
    library.add(checkpoint_of(), "dinosaurs")
    library.choose("dinosaurs")
    (folder / "names" / "dinosaurs").unlink()
    assert library.current is None


def entry_with(text):
    return lambda folder: (folder / "names" / "bad").write_bytes(text)


def entry_that_is_a_folder(folder):
    (folder / "names" / "bad").unlink()
    (folder / "names" / "bad").mkdir()


def model_with(change):
    def spoil(folder):
        path = folder / f"{(folder / 'names' / 'bad').read_text().split()[0]}.safetensors"
        change(path)

    return spoil


DAMAGE = {
    "an empty entry": entry_with(b""),
    "an entry of garbage": entry_with(b"\xff\x00garbage"),
    "an entry that leads elsewhere": entry_with(b"../../secret"),
    "an entry for a model that is not there": entry_with(b"0" * 64),
    "an entry that is a folder": entry_that_is_a_folder,
    "a model that is gone": model_with(lambda path: path.unlink()),
    "an empty model": model_with(lambda path: path.write_bytes(b"")),
    "a model cut short": model_with(lambda path: path.write_bytes(path.read_bytes()[:200])),
    "a model that is a text": model_with(lambda path: path.write_text("hello")),
}


@pytest.fixture(params=DAMAGE)
def damaged(request, library, folder):
    """A library in which the model `bad`, between two good ones, is damaged."""
    library.add(checkpoint_of(0), "anna")
    library.add(checkpoint_of(1), "bad")
    library.add(checkpoint_of(2), "carl")
    DAMAGE[request.param](folder)
    return library


def test_a_damaged_entry_does_not_hide_the_others(damaged):
    entries = {entry.name: entry for entry in damaged.entries()}
    assert list(entries) == ["anna", "bad", "carl"]
    assert entries["anna"].header is not None
    assert entries["carl"].header is not None
    assert entries["bad"].header is None
    assert entries["bad"].fault


def test_opening_a_damaged_entry_says_what_to_do(damaged):
    with pytest.raises(CharplayError) as caught:
        damaged.open("bad")
    assert_says_what_to_do(caught.value)


def test_the_others_can_be_opened_beside_a_damaged_entry(damaged):
    assert damaged.open("anna").name == "anna"


def test_training_again_mends_a_damaged_entry(damaged, folder):
    if (folder / "names" / "bad").is_dir():
        pytest.skip("a folder in the place of an entry is for the person to remove")
    damaged.add(checkpoint_of(7), "bad")
    assert damaged.open("bad").header


def test_adding_a_model_again_mends_its_damaged_file(library, folder):
    digest = library.add(checkpoint_of(), "dinosaurs")
    [path] = folder.glob(f"{digest}*")
    path.write_bytes(path.read_bytes()[:100])
    library.add(checkpoint_of(), "dinosaurs")
    assert library.open("dinosaurs").digest == digest


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"nobody", b"a\nb", b"x" * 5000])
def test_a_damaged_note_of_the_last_choice_is_no_choice(library, folder, content):
    library.add(checkpoint_of(), "dinosaurs")
    (folder / "current").write_bytes(content)
    assert library.current is None


@pytest.mark.parametrize(
    "reference",
    [
        "nothing", "", " ", ".", "..", "/", "~", "~nobody-of-this-name", "a/b.safetensors",
        "missing.safetensors", "0" * 64, "abcdef", "*", "[", "x" * 5000, "a\0b", "names",
    ],
)  # fmt: skip
def test_a_reference_to_nothing_says_what_to_do(library, reference):
    library.add(checkpoint_of(), "dinosaurs")
    with pytest.raises(CharplayError) as caught:
        library.open(reference)
    assert_says_what_to_do(caught.value)


def test_a_name_that_is_nearly_right_gets_the_right_one(library):
    library.add(checkpoint_of(), "dinosaurs")
    with pytest.raises(UsageError) as caught:
        library.open("dinosaur")
    assert "dinosaurs" in caught.value.hint


def test_a_prefix_of_two_models_opens_neither(library, folder):
    library.add(checkpoint_of(), "dinosaurs")
    digest = library.digest("dinosaurs")
    (folder / f"{digest[:8]}{'0' * 56}.safetensors").write_bytes(b"")
    with pytest.raises(CharplayError):
        library.open(digest[:8])


def test_a_model_of_an_absent_backend_says_so(library):
    library.add(checkpoint_of(0, backend="keras"), "poet")
    with pytest.raises(ModelFileError, match="keras") as caught:
        library.open("poet")
    assert_says_what_to_do(caught.value)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", ".hidden", "a/b", "../up", "-n", " a", "a\nb", "a\0b", "x" * 65, "ü" * 65, "*"],
)
def test_a_name_that_no_model_may_have_is_refused(library, folder, name):
    with pytest.raises(UsageError) as caught:
        library.add(checkpoint_of(), name)
    assert_says_what_to_do(caught.value)
    assert not folder.exists(), "nothing may be written under a bad name"


@pytest.mark.parametrize("name", ["a", "7", "drug names 2", "v1.2-b_c+d", "Übung", "x" * 64])
def test_a_reasonable_name_is_allowed(library, name):
    library.add(checkpoint_of(), name)
    assert library.names() == [name]
    assert library.open(name).name == name


def full_disk(*arguments):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_model_under_its_name(library, folder, monkeypatch, call):
    digest = library.add(checkpoint_of(0), "dinosaurs")
    before = sorted(path.name for path in folder.rglob("*"))
    with monkeypatch.context() as patch:
        patch.setattr(os, call, full_disk)
        with pytest.raises(StorageError) as caught:
            library.add(checkpoint_of(1), "dinosaurs")
    assert_says_what_to_do(caught.value)
    assert "disk is full" in caught.value.hint
    assert library.open("dinosaurs").digest == digest
    assert sorted(path.name for path in folder.rglob("*")) == before, "no remains may be left"


def test_a_disk_that_fills_between_model_and_name_leaves_the_old_name(library, monkeypatch):
    digest = library.add(checkpoint_of(0), "dinosaurs")
    rename = os.replace

    def second_fails(source, target):
        if "names" in str(target):
            full_disk()
        rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", second_fails)
        with pytest.raises(StorageError):
            library.add(checkpoint_of(1), "dinosaurs")
    assert library.open("dinosaurs").digest == digest
    library.add(checkpoint_of(1), "dinosaurs")
    assert library.digest("dinosaurs") != digest


@pytest.fixture
def shipped(tmp_path, folder):
    """A library with a model that comes with charplay."""
    path = tmp_path / "shipped" / "poet.safetensors"
    checkpoint_of(seed=9).save(path)
    return Library(folder, find_backend, {"poet": path}, first="poet")


def test_a_model_has_another_name_once_all_have_noted_it(library, folder):
    digest = library.add(checkpoint_of(), "old", text="names.txt")
    library.choose("old")
    seen = []
    library.rename("old", "new", lambda: seen.append(library.own_names()))
    assert seen == [["new", "old"]], "the old name goes last"
    assert library.own_names() == ["new"]
    assert (library.current, library.text("new", library.file("new")), library.digest("new")) == (
        "new", "names.txt", digest,
    )  # fmt: skip


def test_what_another_model_is_called_or_nothing_is_cannot_be_a_new_name(shipped):
    shipped.add(checkpoint_of(0), "mine")
    shipped.add(checkpoint_of(1), "other")
    shipped.choose("other")
    for name, to in (("mine", "other"), ("mine", "poet"), ("poet", "x"), ("none", "x")):
        with pytest.raises(UsageError) as caught:
            shipped.rename(name, to, pytest.fail)
        assert_says_what_to_do(caught.value)
    with pytest.raises(UsageError, match="cannot be the name"):
        shipped.rename("mine", "../x", pytest.fail)
    assert shipped.own_names() == ["mine", "other"]
    shipped.rename("mine", "renamed", lambda: None)
    assert shipped.current == "other", "the model last chosen stays so"


def test_a_removed_model_takes_its_file_along_where_nothing_else_needs_it(library, folder):
    digest = library.add(checkpoint_of(), "one")
    library.add(checkpoint_of(), "two")
    path = folder / f"{digest}.safetensors"
    assert library.remove("one") == digest
    assert path.exists(), "two names"
    library.remove("two", needed={digest})
    assert path.exists(), "a session needs it"
    library.add(checkpoint_of(), "three")
    library.remove("three")
    assert not path.exists()
    assert library.names() == []


def test_only_ones_own_model_is_removed(shipped, folder):
    assert shipped.names() == ["poet"]
    for name in ("poet", "none"):
        with pytest.raises(UsageError) as caught:
            shipped.remove(name)
        assert_says_what_to_do(caught.value)
        with pytest.raises(UsageError):
            shipped.check_removable(name)
    shipped.add(checkpoint_of(), "mine")
    shipped.check_removable("mine")


def test_a_damaged_entry_can_be_removed(library, folder):
    library.add(checkpoint_of(), "bad")
    (folder / "names" / "bad").write_text("nonsense")
    assert library.own_digest("bad") is None
    assert library.remove("bad") == ""
    assert library.names() == []


def test_unneeded_are_the_files_that_no_name_and_nobody_else_needs(library, folder):
    digests = [library.add(checkpoint_of(seed), "same") for seed in range(3)]
    unneeded = library.unneeded({digests[0]})
    assert [path.stem for path in unneeded] == [digests[1]]
    assert len(library.unneeded(())) == 2


def test_a_model_from_elsewhere_is_pinned_under_its_digest(library, folder, tmp_path):
    checkpoint_of().save(tmp_path / "mine.safetensors")
    opened = library.open(str(tmp_path / "mine.safetensors"))
    assert not folder.exists()
    library.pin(opened)
    kept = folder / f"{opened.digest}.safetensors"
    assert kept.read_bytes() == (tmp_path / "mine.safetensors").read_bytes()
    assert library.names() == [], "a pin is no name"
    checkpoint_of(seed=1).save(tmp_path / "mine.safetensors")
    kept.unlink()
    library.pin(opened)
    assert not kept.exists(), "the file holds another model by now"


def test_a_shipped_model_is_pinned_by_its_digest_where_some_name_has_it(shipped, folder):
    digest = shipped.digest("poet")
    shipped.pin_if_here("00" * 32)
    assert not folder.exists()
    shipped.pin_if_here(digest)
    assert [path.stem for path in folder.glob("*.safetensors")] == [digest]


def test_ones_own_model_hides_a_shipped_one_and_the_first_is_the_usual(shipped):
    assert (shipped.usual, shipped.current) == ("poet", None)
    assert shipped.is_shipped("poet")
    assert not shipped.is_shipped("mine")
    [entry] = shipped.entries()
    assert entry.shipped
    own = shipped.add(checkpoint_of(0), "poet")
    assert shipped.open("poet").digest == own
    assert shipped.own_digest("poet") == own
    [entry] = shipped.entries()
    assert not entry.shipped
    shipped.add(checkpoint_of(1), "mine")
    shipped.choose("mine")
    assert shipped.usual == "mine"


def test_a_shipped_model_is_found_by_the_beginning_of_its_digest(shipped):
    digest = shipped.digest("poet")
    assert shipped.open(digest[:8]).digest == digest
    assert shipped.file(digest[:8]).name == "poet.safetensors"


def test_a_file_that_holds_another_model_than_its_name_says_is_refused(library, folder):
    one, other = library.add(checkpoint_of(0), "one"), library.add(checkpoint_of(1), "other")
    (folder / f"{one}.safetensors").write_bytes((folder / f"{other}.safetensors").read_bytes())
    with pytest.raises(ModelFileError, match="does not hold the model that its name says"):
        library.open("one")


def test_an_open_model_says_what_it_is():
    header = checkpoint_of(provenance={"held_out_loss": 1.23456}).header
    opened = OpenModel("mine", "00", header, None, None)
    assert repr(opened) == "<OpenModel mine: names, numpy, held-out loss 1.235>"


def test_the_text_of_a_model_that_a_run_keeps_is_the_runs(folder, tmp_path):
    library = Library(folder, find_backend, run_text=lambda path: f"text of {path.name}")
    library.add(checkpoint_of(), "mine", "list")
    opened = library.open("mine")
    assert library.text("mine", opened.path) == "list"
    assert library.text("other", opened.path) is None
    assert library.text("mine", tmp_path / "last.safetensors") == "text of last.safetensors"
    assert Library(folder, find_backend).text("mine", tmp_path / "last.safetensors") is None
    library.add(checkpoint_of(), "bare")
    assert library.text("bare", opened.path) is None


def test_a_model_is_described_without_its_backend(library, folder):
    library.add(checkpoint_of(backend="gone"), "lost")
    name, header, path = library.describe("lost")
    assert (name, header.backend, path.parent) == ("lost", "gone", folder)


@pytest.mark.parametrize(
    ("offered", "message", "hint"),
    [
        ([], "lost needs the backend 'gone', which is not installed",
         "`backends` lists what there is"),
        (["charplay-gone 1.2", "more 3"],
         "lost needs the backend 'gone' of charplay-gone 1.2, which is not installed or left out",
         "pip install charplay-gone more; `plugins` lists what is here"),
    ],
)  # fmt: skip
def test_what_to_install_for_a_model_is_told(library, offered, message, hint):
    library.add(checkpoint_of(backend="gone", provenance={"offered_by": offered}), "lost")
    with pytest.raises(BackendMissingError) as told:
        library.open("lost")
    assert (told.value.message, told.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("none.safetensors", "there is no model file none.safetensors"),
        ("a/none", "there is no model file a/none"),
        ("none", "there is no model 'none'"),
        ("none.txt", "there is no model 'none.txt'"),
    ],
)
def test_what_there_is_not_is_told_as_a_file_or_a_name(library, reference, message):
    with pytest.raises(CharplayError) as told:
        library.open(reference)
    assert told.value.message == message


def test_a_model_that_is_opened_by_its_digest_is_called_by_its_beginning(library):
    digest = library.add(checkpoint_of(), "mine")
    assert library.open(digest).name == digest[:12]
    assert library.open(digest[:6]).name == digest[:6]
    assert library.open(digest[:13]).name == digest[:12]


def test_an_entry_is_ones_own_and_of_no_size_unless_it_says_so(library, folder):
    library.add(checkpoint_of(), "mine")
    (folder / "names" / "mine").write_text("damaged")
    [entry] = library.entries()
    assert (entry.shipped, entry.size, bool(entry.fault)) == (False, 0, True)
    assert LibraryEntry("m", "d", None) == LibraryEntry("m", "d", None, False, "", 0)


def test_a_name_that_cannot_be_read_as_text_is_damaged(library, folder):
    library.add(checkpoint_of(), "mine")
    (folder / "names" / "mine").write_bytes(b"\xff\xfe\n")
    with pytest.raises(ModelFileError, match="is damaged"):
        library.open("mine")
    (folder / "current").write_bytes(b"\xff")
    assert library.current is None


def test_the_name_of_a_model_is_given_back_where_it_can_be_one():
    assert check_model_name("mine") == "mine"
    with pytest.raises(UsageError) as told:
        check_model_name("a/b")
    assert told.value.hint == (
        "choose another with --name: letters, digits, spaces, dashes and dots, at most 64"
    )
    with pytest.raises(UsageError, match="cannot be the name of a model"):
        check_model_name("x" * 65)


def test_removing_what_has_lost_its_file_is_no_error(library, folder):
    digest = library.add(checkpoint_of(), "mine")
    (folder / f"{digest}.safetensors").unlink()
    library.remove("mine")
    assert library.names() == []


def test_a_shipped_model_and_none_are_told_apart_where_neither_is_ones_own(shipped):
    for act, done in (
        (lambda name: shipped.rename(name, "x", pytest.fail), "renamed"),
        (shipped.check_removable, "removed"),
    ):
        with pytest.raises(UsageError) as told:
            act("poet")
        assert told.value.message == f"poet comes with charplay and cannot be {done}"
        with pytest.raises(UsageError) as told:
            act("none")
        assert told.value.message == "there is no model 'none'"
