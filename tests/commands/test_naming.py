"""`names`: what a name inventor asks for, and whether what is said of each name is true."""

import csv
import io
import json
import re
import shutil
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
from rich.cells import cell_len

from charplay.insight.score import name_losses
from charplay.insight.sounds import sound_key
from charplay.models.checkpoint import read_checkpoint
from charplay.plan import TextChoice
from charplay.pretrained import shipped_models
from charplay.terminal.cli import run
from charplay.text.corpus import load_corpus
from tests.conftest import make_environment
from tests.insight.test_nearest import edits

FIELDS = {
    "text", "loss", "centile", "listed", "nearest", "edits", "seed", "number", "label", "stopped",
}  # fmt: skip
UNRANKED = "no centile: it ranks a name among held-out names, and the model has fewer than 20"
PRODUCTS = [
    f"{stem}{ending}"
    for stem in ("Zor", "Plin", "Vex", "Qua", "Mira", "Tel", "Bran", "Sol", "Kyo", "Lum")
    for ending in ("ix", "ona", "era", "ivo", "umo", "ant")
]


def joined_answer(said):
    """What `names` answers in JSON, which is several objects where the names are many."""
    *first, last = map(json.loads, said.lines)
    answers = [answer for each in (*first, last) for answer in each["answers"]]
    return {**last, "answers": answers}


@pytest.fixture
def found(charplay):
    """What `names` answers in JSON."""

    def names(*words, **more):
        said = charplay("names", *words, "--format", "json", **more)
        assert (said.status, said.err) == (0, "")
        return joined_answer(said)

    return names


@pytest.fixture
def invented(found):
    """The names among what `names` answers."""
    return lambda *words, **more: found(*words, **more)["answers"]


@pytest.fixture(scope="session")
def parts(registry):
    """(training, held out) of a shipped list."""

    def split(name):
        halves = load_corpus(TextChoice(name, lower=True), registry.corpora).split(0.1)
        return [set(half.names) for half in halves]

    return split


@pytest.fixture(scope="session")
def trained_on_products(tmp_path_factory):
    """(home, list) of a model of the product names."""
    folder = tmp_path_factory.mktemp("products")
    (folder / "products.txt").write_text("\n".join(PRODUCTS))
    environment = make_environment(folder / "home")
    words = ["train", str(folder / "products.txt"), "--epochs", "20"]
    assert run(words, environment) == 0, environment.stderr.getvalue()
    return folder / "home", folder / "products.txt"


@pytest.fixture
def products(trained_on_products, home):
    """The list of a model `products` in the test's own home; a test may spoil it."""
    trained, path = trained_on_products
    path.write_text("\n".join(PRODUCTS))
    shutil.copytree(trained, home)
    return path


def texts(answers):
    return [answer["text"] for answer in answers]


OPTIONS = [
    (("--starts", "Ze"), lambda name: name.startswith("ze")),
    (("--ends", "Ine"), lambda name: name.endswith("ine")),
    (("--contains", "X"), lambda name: "x" in name),
    (("--pattern", "[aeiou].*[xz].*"), lambda name: re.fullmatch("[aeiou].*[xz].*", name)),
    (("--min-length", "12"), lambda name: len(name) >= 12),
    (("--max-length", "5"), lambda name: len(name) <= 5),
    (("--min-length", "6", "--max-length", "6"), lambda name: len(name) == 6),
]


@pytest.mark.parametrize(("words", "fits"), OPTIONS, ids=[" ".join(words) for words, _ in OPTIONS])
def test_every_name_has_the_form_asked_for(invented, words, fits):
    names = texts(invented("drugs", "-n", "15", "--seed", "7", *words))
    assert len(names) == 15
    assert [name for name in names if not fits(name.lower())] == []


def test_forms_can_be_asked_for_together(found):
    words = ("--starts", "Ze", "--ends", "ine", "--min-length", "5", "--max-length", "9")
    answer = found("drugs", "-n", "20", *words, "--seed", "7", "--new", "--unique")
    assert len(answer["answers"]) == answer["wanted"] == answer["fitting"] == 20
    assert answer["tried"] >= 20
    for name in answer["answers"]:
        assert re.fullmatch(r"ze\w{0,4}ine", name["text"].lower())
        assert name["stopped"] == "end"


def test_a_long_form_may_be_longer_than_names_usually_are(invented, charplay):
    said = charplay("names", "--min-length", "60")
    assert said.status == 2
    [more] = re.findall(r"--max-chars \d+", said.err)
    [name] = invented("-n", "1", "--min-length", "60", "--seed", "7", *more.split())
    assert len(name["text"]) >= 60


def test_where_a_name_stands_is_what_the_lists_own_parts_say(invented, parts):
    training, held_out = parts("firstnames")
    answers = invented("firstnames", "-n", "600", "--seed", "7", "--temperature", "0.8")
    for answer in answers:
        name = answer["text"].lower()
        where = "training" if name in training else "held out" if name in held_out else "new"
        assert answer["listed"] == where, name
    assert {answer["listed"] for answer in answers} == {"training", "held out", "new"}


def test_new_leaves_out_what_stands_in_either_part_of_the_list(invented, parts):
    known = set.union(*parts("firstnames"))
    with_all = invented("firstnames", "-n", "40", "--seed", "7", "--temperature", "0.5")
    new = invented("firstnames", "-n", "40", "--seed", "7", "--temperature", "0.5", "--new")
    assert known & {name.lower() for name in texts(with_all)}
    assert not known & {name.lower() for name in texts(new)}
    assert len(new) == 40
    assert {answer["listed"] for answer in new} == {"new"}


def test_unique_gives_each_name_once(invented):
    words = ("firstnames", "-n", "40", "--seed", "7", "--temperature", "0.2")
    assert len(set(texts(invented(*words)))) < 40
    names = texts(invented(*words, "--unique"))
    assert len({name.lower() for name in names}) == len(names) == 40


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("draw", lambda answer: answer["number"]),
        ("loss", lambda answer: answer["loss"]),
        ("length", lambda answer: len(answer["text"])),
        ("alphabet", lambda answer: answer["text"].lower()),
    ],
)
def test_names_are_sorted_as_asked_and_are_the_same_names(invented, sort, key):
    drawn = invented("surnames", "-n", "30", "--seed", "7")
    answers = invented("surnames", "-n", "30", "--seed", "7", "--sort", sort)
    keys = [key(answer) for answer in answers]
    assert keys == sorted(keys)
    assert sorted(texts(answers)) == sorted(texts(drawn))


def test_a_sort_that_there_is_not_is_refused(charplay):
    said = charplay("names", "--sort", "lenght")
    assert (said.status, said.out) == (2, "")
    assert "did you mean length?" in said.err


def test_the_nearest_name_and_its_distance_are_true(invented, parts):
    known = set.union(*parts("dinosaurs"))
    for answer in invented("dinosaurs", "-n", "3", "--seed", "7"):
        distances = {name: edits(answer["text"].lower(), name) for name in known}
        assert answer["edits"] == min(distances.values()) == distances[answer["nearest"]]


def test_a_name_of_the_list_is_its_own_nearest(invented):
    answers = invented("firstnames", "-n", "60", "--seed", "7", "--temperature", "0.6")
    for answer in answers:
        assert (answer["edits"] == 0) == (answer["listed"] != "new")


def test_look_alikes_are_kept_out(invented, parts):
    known = set.union(*parts("dinosaurs"))
    answers = invented("-n", "12", "--seed", "7", "--min-distance", "4", "--ends", "saurus")
    assert len(answers) == 12
    assert min(answer["edits"] for answer in answers) >= 4
    assert all(edits(answers[0]["text"].lower(), name) >= 4 for name in known)


def test_another_list_can_be_compared_with(invented, tmp_path, parts):
    path = tmp_path / "taken.txt"
    path.write_text("Rexosaurus\nTyronax\nZuul\n")
    answers = invented("-n", "8", "--seed", "7", "--against", path)
    for answer in answers:
        distances = {n: edits(answer["text"].lower(), n.lower()) for n in path.read_text().split()}
        assert answer["edits"] == min(distances.values()) == distances[answer["nearest"]]
    assert invented("-n", "8", "--seed", "7")[0]["nearest"] in set.union(*parts("dinosaurs"))


def test_another_list_may_be_a_corpus_and_look_alikes_of_its_names_are_kept_out(invented, parts):
    words = ("surnames", "-n", "10", "--seed", "7", "--against", "firstnames")
    answers = invented(*words, "--min-distance", "2")
    assert {answer["nearest"] for answer in answers} <= set.union(*parts("firstnames"))
    assert min(answer["edits"] for answer in answers) >= 2
    assert min(answer["edits"] for answer in invented(*words)) < 2


@pytest.mark.parametrize("against", ["sonnets", "no-such-file.txt", "nolist"])
def test_what_is_no_list_cannot_be_compared_with(charplay, against):
    said = charplay("names", "--against", against)
    assert (said.status, said.out) == (2, "")
    assert against in said.err
    assert "→" in said.err


def test_the_loss_and_the_centile_are_the_models(invented, parts, registry):
    model = read_checkpoint(shipped_models()["dinosaurs"]).model(registry.backends.find("mix"))
    losses = np.array(name_losses(model, sorted(parts("dinosaurs")[1])))
    for answer in invented("-n", "30", "--seed", "7"):
        [score] = name_losses(model, [answer["text"].lower()])
        assert answer["loss"] == pytest.approx(score, abs=1e-3)
        less_plausible = 100 * (losses > score).mean()
        assert answer["centile"] == pytest.approx(less_plausible, abs=2)


def test_by_sound_the_nearest_is_of_the_list_and_no_other_sounds_nearer(invented, parts):
    known = sorted(set.union(*parts("firstnames")))
    for answer in invented("firstnames", "-n", "4", "--seed", "7", "--sounds"):
        key = sound_key(answer["text"].lower())
        nearest = edits(key, sound_key(answer["sounds_like"]))
        assert answer["sounds_like"] in known
        assert nearest == min(edits(key, sound_key(name)) for name in known)


def test_the_stems_that_a_drug_would_claim_are_shown(invented, charplay):
    words = ("drugs", "-n", "5", "--ends", "vastatin", "--max-length", "12", "--seed", "7")
    for answer in invented(*words, "--sounds"):
        assert {"stem": "-vastatin", "meaning": "HMG-CoA reductase inhibitor"} in answer["stems"]
    said = charplay("names", *words, "--sounds", COLUMNS="120")
    assert said.out.count("-vastatin") == 5
    assert "HMG-CoA reductase inhibitor" in said.out


def test_names_by_sound_are_said_to_be_no_regulatory_check(charplay):
    said = charplay("names", "drugs", "-n", "2", "--sounds")
    assert said.notes.count("no regulatory check") == 1
    assert "regulatory" not in charplay("names", "drugs", "-n", "2").told


def test_json_says_what_is_known_of_each_name_and_of_the_search(found):
    answer = found("drugs", "-n", "3", "--seed", "7")
    assert set(answer) >= {"prompt", "answers", "wanted", "fitting", "tried", "notices"}
    assert (answer["model"], answer["seed"], answer["wanted"]) == ("drugs", 7, 3)
    assert all(set(each) == FIELDS for each in answer["answers"])
    [name] = found("drugs", "-n", "1", "--sounds")["answers"]
    assert set(name) >= FIELDS | {"sounds_like", "stems"}


def test_json_says_of_a_beginning_what_was_typed(found):
    assert found("-n", "1", "--starts", "Tyr")["prompt"] == "Tyr"


@pytest.mark.parametrize("more", [(), ("--sounds",)])
def test_csv_has_a_column_for_all_that_json_tells_of_a_name(charplay, invented, more):
    words = ("drugs", "-n", "3", "--seed", "7", "--ends", "mab", *more)
    rows = list(csv.DictReader(io.StringIO(charplay("names", *words, "--format", "csv").out)))
    answers = invented(*words)
    assert set(rows[0]) == set(answers[0])
    for row, answer in zip(rows, answers, strict=True):
        plain = {name: str(value) for name, value in answer.items() if name != "stems"}
        assert {name: row[name] for name in plain} == plain
        assert all(stem["stem"] in row["stems"] for stem in answer.get("stems", ()))


def test_csv_of_no_names_is_no_error(charplay):
    said = charplay(
        "names", "--starts", "ty", "--ends", "us", "--max-length", "3", "--format", "csv"
    )
    assert (said.status, said.err) == (0, "")
    assert len(said.lines) <= 1


def test_in_a_terminal_it_is_a_table_that_fits_it(charplay):
    said = charplay("names", "-n", "8", "--seed", "7", tty=True, TERM="dumb")
    above, header, _, *rows = said.lines
    assert above.split() == ["loss"]
    assert header.split() == ["text", "nats/char", "centile", "listed", "nearest", "edits", "label"]
    assert [row.split()[-1] for row in rows] == [f"7/{number}" for number in range(1, 9)]


@pytest.mark.parametrize("length", [25, 45])
def test_long_names_leave_the_table_80_columns_wide_and_nothing_is_cut(charplay, found, length):
    words = ("drugs", "-n", "4", "--seed", "7", "--min-length", str(length), "--max-chars", "60")
    said = charplay("names", *words, "--sounds", tty=True, TERM="dumb")
    assert max(map(cell_len, said.lines)) <= 80
    shown = "".join(said.out.split())
    for name in found(*words, "--sounds")["answers"]:
        assert f"{name['edits']}{name['label']}" in shown
        assert all(part in said.out for part in (name["text"][:10], name["sounds_like"][:8]))


def test_a_form_that_no_name_is_found_for_says_so_and_ends(charplay, found):
    words = ("-n", "3", "--starts", "ty", "--ends", "us", "--max-length", "3", "--seed", "7")
    answer = found(*words)
    assert (answer["answers"], answer["wanted"], answer["fitting"]) == ([], 3, 0)
    assert 0 < answer["tried"] <= 10_000
    said = charplay("names", *words)
    assert (said.status, said.err) == (0, "")
    told = f"none of {answer['tried']:,} names fit; loosen a filter (try without --ends)"
    assert (said.out, said.notes) == ("", f"{told}\n")


def test_a_form_that_few_fit_says_how_many_of_how_many_tries(charplay, found):
    words = ("-n", "30", "--pattern", "a.?x", "--unique", "--seed", "7")
    answer = found(*words)
    assert 0 < answer["fitting"] == len(answer["answers"]) < answer["wanted"] == 30
    said = charplay("names", *words)
    told = f"{answer['fitting']:,} of {answer['tried']:,} names fit; loosen a filter"
    assert said.notes.startswith(told)


def test_enough_names_need_no_word_on_how_many_were_tried(charplay):
    assert "names fit" not in charplay("names", "-n", "3").told


@pytest.mark.parametrize(
    "words",
    [
        ("--min-length", "6", "--max-length", "5"),
        ("--starts", "tyranno", "--max-length", "6"),
        ("--max-length", "0"),
        ("--min-distance", "0"),
        ("--pattern", "["),
        ("--ends", "9"),
        ("--contains", "x9"),
        ("--starts", "a\nb"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_type(charplay, words):
    said = charplay("names", *words)
    assert (said.status, said.out) == (2, "")
    assert re.fullmatch(r"error: .+\n  → .+\n", said.err)


def test_a_pattern_that_goes_astray_ends_before_long_with_a_line_that_says_so(process):
    code = (
        "import os, sys, threading\n"
        "from charplay.environment import Environment\n"
        "from charplay.terminal.cli import run\n"
        "guard = threading.Timer(60, os._exit, [99])\n"
        "guard.daemon = True\n"
        "guard.start()\n"
        "words = ['names', '--seed', '7', '--pattern', '(.|.|.)+[^a-z]']\n"
        "sys.exit(run(words, Environment.of_process()))\n"
    )
    said = process(python=("-c", code))
    assert (said.status, said.out) == (2, ""), "every match may be short, and all together long"
    assert re.fullmatch(r"error: the pattern .* takes too long.*\n  → .+\n", said.err)


@pytest.mark.parametrize("words", [(), ("--ends", "saurus"), ("--pattern", ".*x.*", "--new")])
def test_seed_and_number_bring_back_the_same_name_under_the_same_form(invented, words):
    answers = invented("-n", "6", "--seed", "7", *words)
    for answer in answers:
        label = f"{answer['seed']}/{answer['number']}"
        assert invented("--seed", label, *words) == [answer]


def test_the_first_of_a_seed_is_brought_back_as_any_other_even_where_it_does_not_fit(invented):
    # The second number behaves so: a name asked for by its number is given as it is.
    assert [a["number"] for a in invented("--seed", "7/2", "--min-distance", "9")] == [2]
    assert [a["number"] for a in invented("--seed", "7/1", "--min-distance", "9")] == [1]


def test_a_seed_and_a_form_give_the_same_names_in_any_number(invented):
    words = ("--seed", "7", "--ends", "saurus", "--min-distance", "3")
    many = invented("-n", "40", *words)
    assert invented("-n", "7", *words) == many[:7]
    assert invented("-n", "1", *words) == many[:1]


def test_letters_of_a_form_that_become_plainer_are_noticed(found, charplay):
    words = ("drugs", "-n", "3", "--starts", "Zé", "--ends", "ìne", "--seed", "7")
    answer = found(*words)
    assert all(re.fullmatch("Ze.*ine", name["text"]) for name in answer["answers"])
    [notice] = answer["notices"]
    assert notice == "read in plain letters: é ì"
    assert f"note: {notice}" in charplay("names", *words).notes


def test_a_model_of_prose_gives_no_names_and_says_what_does(charplay):
    assert charplay("train", "hihello", "--updates", "1").status == 0
    said = charplay("names", "hihello")
    assert (said.status, said.out) == (2, "")
    assert said.err == (
        "error: hihello was trained on prose and makes no names\n"
        "  → charplay sample hihello gives text; "
        "if you trained it on a list of names: charplay train FILE --kind names\n"
    )


def test_of_an_own_list_the_nearest_is_an_own_name(found, products, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = found("products", "-n", "25", "--seed", "7")
    assert answer["notices"] == [UNRANKED]
    for name in answer["answers"]:
        distances = {known: edits(name["text"].lower(), known.lower()) for known in PRODUCTS}
        assert name["edits"] == min(distances.values()) == distances[name["nearest"]]
        assert (name["listed"] == "new") == (name["edits"] > 0)
        assert name["centile"] is None, "six held-out names are no hundred to rank among"


def test_an_own_list_serves_every_option(invented, products):
    words = ("--starts", "z", "--max-length", "7", "--new", "--unique", "--sort", "length")
    answers = invented("products", "-n", "5", *words, "--sounds", "--seed", "7")
    assert len(answers) == 5
    for name in texts(answers):
        assert name.startswith("Z")
        assert len(name) <= 7
        assert name not in PRODUCTS
    assert {answer["sounds_like"] for answer in answers} <= set(PRODUCTS)


CHANGES = {
    "longer": "\n".join([*PRODUCTS, "Newcomer"]),
    "very short": "Zorix\nPlinix\nVexix\n",
    "one line": "Zorix",
    "empty": "",
    "prose": "It was the best of times, it was the worst of times, it was the age.\n" * 9,
    "no text": "Zorix\0\n",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_list_that_has_changed_gives_a_notice_and_names_all_the_same(found, products, change):
    products.write_text(CHANGES[change])
    answer = found("products", "-n", "5", "--seed", "7")
    assert len(answer["answers"]) == 5
    notice, unranked = answer["notices"]
    assert unranked == UNRANKED
    assert "products.txt" in notice
    assert "has changed" in notice or "not available" in notice


def test_a_list_that_is_gone_gives_a_notice_and_claims_nothing(found, products):
    products.unlink()
    answer = found("products", "-n", "5", "--seed", "7", "--sounds")
    assert len(answer["answers"]) == 5
    notice, _ = answer["notices"]
    assert "not available" in notice
    for name in answer["answers"]:
        unknown = (name["listed"], name["nearest"], name["edits"], name["sounds_like"])
        assert unknown == (None, None, None, None)


def test_whether_a_name_is_new_is_not_said_where_only_another_list_is_at_hand(found, products):
    products.unlink()
    answer = found("products", "-n", "5", "--seed", "7", "--against", "firstnames")
    assert all(name["nearest"] for name in answer["answers"])
    assert {name["listed"] for name in answer["answers"]} == {None}
    assert [notice for notice in answer["notices"] if "not available" in notice]


def test_why_there_is_no_centile_is_said_once(charplay, products):
    said = charplay("names", "products", "-n", "5", "--seed", "7")
    assert said.notes == f"note: {UNRANKED}\n"
    none = charplay("names", "products", "--starts", "z", "--pattern", "a.*")
    assert "no centile" not in none.told
    assert "no centile" not in charplay("names", "dinosaurs", "-n", "1").out


def test_a_file_of_the_name_of_an_own_model_is_not_taken_for_it(found, products, tmp_path):
    path = tmp_path / "products.safetensors"
    path.write_bytes(shipped_models()["dinosaurs"].read_bytes())
    answer = found(path, "-n", "3", "--seed", "7")
    assert answer["notices"] == []
    assert not {name["nearest"] for name in answer["answers"]} & set(PRODUCTS)


class Pressed:
    """Ctrl-C, pressed once somebody has looked for it so many times."""

    looks = 0

    @property
    def count(self):
        self.looks += 1
        return int(self.looks > 8)


def test_what_ctrl_c_cuts_short_is_offered_as_no_name(world):
    environment = replace(world(), interrupts=lambda: nullcontext(Pressed()))
    words = ["names", "dinosaurs", "--new", "--seed", "7", "--format", "json"]
    assert run(words, environment) == 130
    answers = json.loads(environment.stdout.getvalue())["answers"]
    assert {answer["stopped"] for answer in answers} <= {"end"}
