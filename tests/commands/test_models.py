"""`models`: listing, showing, adding, exporting and removing them, as a person types it."""

import csv
import hashlib
import io
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

import pytest

from charplay import __version__
from charplay.commands.builtin import all_commands
from charplay.commands.reader import read_line
from charplay.jobs.choice import TrainingChoice
from charplay.models.checkpoint import read_checkpoint
from charplay.plugins.registry import Registry
from charplay.pretrained import shipped_models

NASTY = "\x1b[31mred\x07\x9b\u202e"
SHIPPED = {"dinosaurs", "drugs", "firstnames", "shakespeare", "surnames"}


@dataclass(frozen=True)
class Machine:
    """charplay on a home of its own."""

    call: object
    home: object

    def __call__(self, *words, **more):
        return self.call(*words, home=self.home, **more)

    def names(self, model):
        """What a model draws by a seed."""
        said = self("names", model, "-n", "5", "--seed", "7", "--format", "json")
        assert (said.status, said.err) == (0, "")
        return [answer["text"] for answer in json.loads(said.out)["answers"]]

    def rows(self):
        """The list of models, by name."""
        said = self("models", "--format", "json")
        assert (said.status, said.err) == (0, "")
        return {row["model"]: row for row in json.loads(said.out)}

    def files(self):
        """The model files that the library keeps."""
        return sorted(path.name for path in (self.home / "models").glob("*.safetensors"))


@pytest.fixture
def here(charplay, home):
    return Machine(charplay, home)


@pytest.fixture
def elsewhere(charplay, tmp_path):
    return Machine(charplay, tmp_path / "elsewhere")


@pytest.fixture
def friend(tmp_path):
    """A model's file from somebody else."""
    path = tmp_path / "friend.safetensors"
    path.write_bytes(shipped_models()["drugs"].read_bytes())
    return path


@pytest.fixture
def saying(tmp_path):
    """Makes a sound model's file that says other things of itself."""

    def make(name="odd", **header):
        path = tmp_path / f"{name}.safetensors"
        read_checkpoint(shipped_models()["dinosaurs"]).with_header(**header).save(path)
        return path

    return make


def page(said):
    assert (said.status, said.err) == (0, "")
    return json.loads(said.out)


def assert_refused(said, status=2):
    """One line, and what to type next."""
    assert (said.status, said.out) == (status, "")
    assert re.fullmatch(r"error: [^\n]+\n  → [^\n]+\n", said.err)
    assert "charplay broke" not in said.err


def assert_nothing_acts_on_the_terminal(text):
    acting = [c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c not in "\n\t"]
    assert acting == []


def test_the_list_has_the_shipped_models_and_ones_own(here, with_model):
    rows = here.rows()
    assert set(rows) == SHIPPED
    assert rows["dinosaurs"]["state"] == "own", (
        "one's own stands before the shipped one of its name"
    )
    assert all(rows[name]["state"] == "shipped" for name in SHIPPED - {"dinosaurs"})
    assert [name for name, row in rows.items() if row["current"]] == ["dinosaurs"]
    assert here("models").out == here("models", "list").out


def test_the_list_in_csv_tells_what_json_tells(here, with_model):
    table = list(csv.DictReader(io.StringIO(here("models", "--format", "csv").out)))
    assert {row["model"]: row["digest"] for row in table} == {
        name: row["digest"] for name, row in here.rows().items()
    }


def test_a_model_goes_to_another_machine_by_its_file_alone(here, elsewhere, with_model, tmp_path):
    path = tmp_path / "carried.safetensors"
    said = here("models", "export", "dinosaurs", path)
    assert (said.status, said.err) == (0, "")
    said = elsewhere("models", "add", path, "--name", "other")
    assert (said.status, said.err) == (0, "")
    assert "other" in said.out
    path.unlink()
    assert elsewhere.names("other") == here.names("dinosaurs")
    assert elsewhere.rows()["other"]["digest"] == here.rows()["dinosaurs"]["digest"]
    assert elsewhere("models", "export", "other", path).status == 0
    assert path.read_bytes() == (with_model / "models" / elsewhere.files()[0]).read_bytes()


def test_a_model_of_an_own_list_goes_without_the_list(here, elsewhere, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("".join(f"Zor{a}{b}\n" for a in "aeiou" for b in ("x", "nta", "pel", "")))
    assert here("train", path, "--quick", "--name", "mine").status == 0
    before = here.names("mine")
    here("models", "export", "mine", tmp_path / "mine.safetensors")
    path.unlink()
    assert elsewhere("models", "add", tmp_path / "mine.safetensors").status == 0
    assert elsewhere.names("mine") == before
    text = elsewhere("models", "show", "mine").out
    assert "list.txt" in text
    assert str(path) not in text, "where the list lay is nobody's business"


def test_without_a_name_a_model_is_kept_under_its_files(here, friend):
    assert here("models", "add", friend).status == 0
    assert here.names("friend") == here.names("drugs")


@pytest.mark.parametrize("name", ["", "..", "a/b", "-n", "x" * 65, f"a{NASTY}"])
def test_a_name_that_cannot_be_kept_is_refused(here, friend, name):
    said = here("models", "add", friend, f"--name={name}")
    assert_refused(said)
    assert_nothing_acts_on_the_terminal(said.err)
    assert here.files() == []


DAMAGE = {
    "empty": lambda whole: b"",
    "a text": lambda whole: b"Wren\nJay\n",
    "cut short": lambda whole: whole[:-100],
    "weights changed": lambda whole: whole[:-1] + bytes([whole[-1] ^ 1]),
    "header changed": lambda whole: whole.replace(b"glorot", b"glaret"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_not_added(here, friend, damage):
    friend.write_bytes(DAMAGE[damage](friend.read_bytes()))
    said = here("models", "add", friend)
    assert_refused(said, status=1)
    assert "friend.safetensors" in said.err
    assert set(here.rows()) == SHIPPED
    assert here.files() == []


def test_what_is_wrong_with_a_file_is_told_in_plain_words(here, friend):
    friend.write_bytes(friend.read_bytes()[:-100])
    said = here("models", "add", friend)
    assert "is not a whole model file" in said.err
    assert "deserializ" not in said.err
    assert "metadata" not in said.err


def test_another_programs_weights_are_not_added(here, tmp_path):
    import numpy as np
    from safetensors.numpy import save_file

    save_file({"weight": np.zeros((2, 2), np.float32)}, tmp_path / "foreign.safetensors")
    said = here("models", "add", tmp_path / "foreign.safetensors")
    assert_refused(said, status=1)
    assert "not a charplay model" in said.err


def test_a_model_of_a_backend_that_is_not_here_is_not_added(here, saying):
    said = here("models", "add", saying(backend="abacus"))
    assert said.status != 0
    assert "abacus" in said.err
    assert here.files() == []


def test_a_file_that_is_not_there_is_not_added(here):
    said = here("models", "add", "no.safetensors")
    assert_refused(said, status=1)
    assert "no.safetensors" in said.err


def test_a_model_is_added_from_the_web(here, friend, server):
    url = server.url("/models/friend.safetensors", friend.read_bytes())
    said = here("models", "add", url)
    assert (said.status, said.err) == (0, "")
    assert here.names("friend") == here.names("drugs")
    assert server.asked == ["/models/friend.safetensors"]
    assert here("models", "add", f"{url}?download=true", "--name", "again").status == 1
    server.url("/models/friend.safetensors?download=true", friend.read_bytes())
    assert here("models", "add", f"{url}?download=true", "--name", "again").status == 0
    assert here.rows()["again"]["digest"] == here.rows()["friend"]["digest"]


def test_a_model_that_the_web_does_not_have_is_told_in_plain_words(here, server):
    said = here("models", "add", server.url("/gone.safetensors"))
    assert_refused(said, status=1)
    assert "127.0.0.1 no longer has it (status 404)" in said.err
    assert here.files() == []


def test_a_model_that_comes_in_half_is_not_kept(here, friend, server):
    said = here("models", "add", server.url("/f.safetensors", friend.read_bytes(), cut=True))
    assert_refused(said, status=1)
    assert "127.0.0.1 stopped sending before the end" in said.err
    assert here.files() == []


def test_where_nobody_answers_that_is_said(here, nobody):
    said = here("models", "add", nobody)
    assert_refused(said, status=1)
    assert "there is no connection to 127.0.0.1" in said.err


def test_what_the_web_sends_in_place_of_a_model_is_not_kept(here, server):
    url = server.url("/page.safetensors", b"<html>log in</html>")
    said = here("models", "add", url)
    assert_refused(said, status=1)
    assert here.files() == []


def test_what_is_wrong_with_a_file_of_the_web_is_said_of_its_address(here, server):
    said = here("models", "add", server.url("/page.safetensors", b"<html>log in</html>"))
    assert "/page.safetensors" in said.err, "the person typed that, and no folder of ours"


def test_an_export_never_overwrites(here, tmp_path):
    path = tmp_path / "kept.safetensors"
    path.write_text("precious")
    for place in (path, tmp_path):
        said = here("models", "export", "dinosaurs", place)
        assert_refused(said)
        assert "is there already" in said.err
    assert path.read_text() == "precious"


def test_an_export_without_a_file_is_named_for_the_model(here, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = here("models", "export", "drugs")
    assert (said.status, said.err) == (0, "")
    assert "drugs.safetensors" in said.out
    assert (tmp_path / "drugs.safetensors").read_bytes() == shipped_models()["drugs"].read_bytes()


@pytest.mark.parametrize("action", ["show", "export", "remove"])
def test_a_model_that_there_is_not_gets_the_nearest_name(here, action):
    said = here("models", action, "dinosaur")
    assert_refused(said)
    assert "there is no model 'dinosaur'" in said.err


@pytest.mark.parametrize(
    ("action", "needed"),
    [("show", "model"), ("add", "file"), ("export", "model"), ("remove", "model")],
)
def test_an_action_needs_its_model(here, action, needed):
    said = here("models", action)
    assert_refused(said)
    assert f"models {action} needs a {needed}" in said.err


def test_an_action_that_there_is_not_gets_the_nearest(here):
    said = here("models", "exprot", "dinosaurs")
    assert_refused(said)
    assert "did you mean charplay models export?" in said.err


def test_a_shipped_model_stays(here):
    said = here("models", "remove", "drugs")
    assert_refused(said)
    assert "drugs comes with charplay and cannot be removed" in said.err
    assert len(here.names("drugs")) == 5


def test_of_two_names_for_one_model_one_can_go(here, friend):
    here("models", "add", friend, "--name", "one")
    here("models", "add", friend, "--name", "two")
    names, files = here.names("one"), here.files()
    assert len(files) == 1
    said = here("models", "remove", "one", "--yes")
    assert (said.status, said.err) == (0, "")
    assert "one" in said.out
    assert "one" not in here.rows()
    assert here.files() == files
    assert here.names("two") == names
    assert here("models", "remove", "two", "--yes").status == 0
    assert here.files() == []


def test_under_an_own_model_that_is_removed_the_shipped_one_comes_back(here, with_model):
    own = here.rows()["dinosaurs"]["digest"]
    assert here("models", "remove", "dinosaurs", "--yes").status == 0
    row = here.rows()["dinosaurs"]
    assert row["state"] == "shipped"
    assert row["digest"] != own
    assert len(here.names("dinosaurs")) == 5


@pytest.mark.parametrize("name", ["drugs", "taken"])
def test_a_name_that_is_taken_is_not_given_to_another_model(here, friend, saying, name):
    assert here("models", "add", friend, "--name", "taken").status == 0
    said = here("models", "add", saying(provenance={}), "--name", name)
    assert_refused(said)
    assert f"there is a model {name} already" in said.err
    assert here.names(name) == here.names("drugs")


def test_a_model_that_is_chosen_can_be_removed(here, friend):
    here("models", "add", friend)
    assert here("model", "friend").status == 0
    assert here("models", "remove", "friend", "--yes").status == 0
    assert here("names", "-n", "1").status == 0
    assert not any(row["current"] for row in here.rows().values())


def test_a_page_tells_how_a_shipped_model_came_about(here, registry):
    facts = page(here("models", "show", "dinosaurs", "--format", "json"))
    text = registry.corpora.find("dinosaurs").path.read_bytes()
    assert facts["corpus_sha256"] == hashlib.sha256(text).hexdigest()
    assert (facts["model"], facts["kind"], facts["backend"]) == ("dinosaurs", "names", "mix")
    assert (facts["recipe"], facts["corpus"]) == ("dinosaurs", "dinosaurs")
    assert facts["vocabulary"] == "\nabcdefghijklmnopqrstuvwxyz"
    assert facts["size"] == shipped_models()["dinosaurs"].stat().st_size
    assert datetime.fromisoformat(facts["made"]).tzinfo
    assert set(facts["versions"]) >= {"charplay", "numpy", "python"}
    assert facts["counting_order"] <= 8
    assert 1 < facts["held_out_loss"] < facts["counting_loss"]
    assert facts["parameters"] > 1000


def test_a_page_for_people_has_every_fact_of_the_one_for_programs(here):
    facts = page(here("models", "show", "dinosaurs", "--format", "json"))
    text = " ".join(here("models", "show", "dinosaurs").out.split())
    for name in ("kind", "backend", "recipe", "corpus_sha256", "made", "again", "digest"):
        assert facts[name] in text, name
    for name in ("held_out_loss", "counting_loss"):
        assert f"{facts[name]:.3f} nats per character" in text, name
    assert all(f"{name} {number}" in text for name, number in facts["versions"].items())
    assert facts["model_size"] in text
    assert f"order {facts['counting_order']}" in text
    assert "⏎abcdefghijklmnopqrstuvwxyz" in text


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_what_makes_a_shipped_model_again_can_be_typed(here, name, registry):
    again = page(here("models", "show", name, "--format", "json"))["again"]
    typed = read_line(all_commands(Registry()), again).fill(TrainingChoice)
    assert (typed.corpus, typed.recipe) == (None, name)
    assert name in registry.recipes


@pytest.mark.parametrize(
    ("file", "more"),
    [
        ("list.txt", ()),
        ("my list.txt", ()),
        ("list.txt", ("--epochs", "2", "--set", "hidden=8")),
    ],
)
def test_what_a_page_says_makes_an_own_model_again_does(here, tmp_path, monkeypatch, file, more):
    monkeypatch.chdir(tmp_path)
    (tmp_path / file).write_text("".join(f"Zor{a}{b}\n" for a in "aeiou" for b in "xyz"))
    assert here("train", file, *more, "--name", "mine").status == 0
    facts = page(here("models", "show", "mine", "--format", "json"))
    said = here("-c", f":{facts['again']} --name again")
    assert (said.status, said.err) == (0, "")
    assert here.rows()["again"]["digest"] == facts["digest"]


def test_a_page_of_an_own_model_tells_this_charplay_and_how_good_counting_is(here, with_model):
    facts = page(here("models", "show", "dinosaurs", "--format", "json"))
    assert facts["versions"]["charplay"] == __version__
    assert 1 < facts["counting_loss"] < 2
    assert re.search(
        r"(better|worse|good) (than|as) counting", here("models", "show", "dinosaurs").out
    )


def test_control_characters_in_a_models_file_are_made_visible(here, saying):
    header = read_checkpoint(shipped_models()["dinosaurs"]).header
    provenance = {
        "text": {"corpus": NASTY, "kind": "names"},
        "stage_texts": {NASTY: ""},
        "versions": {NASTY: "1"},
        "more": {NASTY: NASTY},
    }
    path = saying(provenance=provenance, config=dict(header.config))
    assert here("models", "add", path, "--name", "odd").status == 0
    for words in (("show", "odd"), ("show", path)):
        said = here("models", *words)
        assert (said.status, said.err) == (0, "")
        assert_nothing_acts_on_the_terminal(said.out)
        assert "␛[31mred␇" in said.out
    said = here("names", "odd", "-n", "1")
    assert (said.status, said.err) == (0, "")
    assert_nothing_acts_on_the_terminal(said.out)


def test_a_model_that_says_nothing_of_how_it_was_made_has_a_page_too(here, saying):
    said = here("models", "show", saying(provenance={}))
    assert (said.status, said.err) == (0, "")
    assert said.lines[0].strip() == "odd"
    assert here("models", "add", saying(provenance={}), "--name", "odd").status == 0
    assert "odd" in here.rows()


ODD = {
    "a text that is no table": {"text": "x"},
    "a text of unknown options": {"text": {"corpus": "dinosaurs", "colour": "red"}},
    "a loss that is no number": {"held_out_loss": "low"},
    "versions that are no table": {"versions": "1"},
    "an n-gram that is no table": {"counting": 3},
    "an n-gram's loss that is no number": {"counting": {"order": 3, "held_out_loss": "low"}},
    "a recipe that is no text": {"recipe": ["a", "bc"]},
}


@pytest.mark.parametrize("odd", ODD)
def test_a_file_that_says_odd_things_is_refused_or_shown_and_breaks_nothing(here, saying, odd):
    path = saying(provenance=ODD[odd])
    here("models", "add", path, "--name", "odd")
    for words in (
        ("models", "show", path),
        ("names", path, "-n", "1"),
        ("model", path),
        ("models",),
    ):
        said = here(*words)
        assert "charplay broke" not in said.err, words
    assert set(here.rows()) >= SHIPPED


@pytest.mark.parametrize(
    "header", [{"plan": {"held_out": "much"}}, {"sampling": {"colour": "red"}}], ids=str
)
def test_a_file_with_an_odd_plan_or_sampling_ends_in_no_breakage(here, saying, header):
    said = here("names", saying(**header), "-n", "1")
    assert "charplay broke" not in said.err


def test_a_file_whose_backend_no_longer_fits_it_is_refused(here, saying):
    header = read_checkpoint(shipped_models()["dinosaurs"]).header
    assert_refused(here("models", "add", saying(config={**header.config, "hidden": 63})), status=1)
    assert_refused(here("models", "add", saying(config={"colour": "red"})), status=1)


def test_training_says_what_the_new_model_takes_the_place_of(here, tmp_path):
    path = tmp_path / "birds.txt"
    path.write_text("".join(f"Zor{a}{b}{c}\n" for a in "aeiou" for b in "xyzk" for c in "lmn"))
    first = here("train", path, "--quick", "--name", "drugs")
    assert (
        "it hides the shipped drugs; charplay models remove drugs brings that back" in first.notes
    )
    assert here("train", path, "--quick", "--name", "drugs").told.count("it replaces") == 0
    loss = page(here("models", "show", "drugs", "--format", "json"))["held_out_loss"]
    path.write_text(path.read_text() + "Zorillo\n")
    again = here("train", path, "--quick", "--name", "drugs")
    assert f"it replaces one trained on birds.txt, held-out loss {loss:.3f}; " in again.notes
    assert "hides" not in again.told


def test_the_page_of_a_model_is_one_row_of_a_spreadsheet(here):
    shown = here("models", "show", "dinosaurs", "--format", "csv").out
    [row] = csv.DictReader(io.StringIO(shown))
    assert (row["model"], row["kind"], row["ancestry"]) == ("dinosaurs", "names", "")
    assert len(row["digest"]) == 64
