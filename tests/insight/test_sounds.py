import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.insight import nearest
from charplay.insight.sounds import SoundIndex, SoundNeighbour, sound_key
from tests.insight.test_nearest import edits, random_names

# From the public ISMP list of confused drug names; the keys of a pair agree or are one edit apart.
CONFUSED = [
    ("Flomax", "Volmax"),
    ("Cefotan", "Ceftin"),
    ("Cefzil", "Kefzol"),
    ("clonidine", "Klonopin"),
    ("codeine", "Lodine"),
    ("Cozaar", "Zocor"),
    ("Foradil", "Toradol"),
    ("Losec", "Lasix"),
    ("Neoral", "Nizoral"),
    ("prednisone", "prednisolone"),
    ("Prilosec", "Prozac"),
    ("quinine", "quinidine"),
    ("Sarafem", "Serophene"),
    ("Zantac", "Zyrtec"),
]

NAMES = st.text(alphabet="abkcsfphAK", min_size=0, max_size=7)


def nearest_by_hand(known, name):
    """The first of those nearest in spelling of those nearest in sound, pair by pair."""

    def distances(other):
        return edits(sound_key(name), sound_key(other)), edits(name.lower(), other.lower())

    found = min(known, key=distances)
    return SoundNeighbour(found, sound_key(found), distances(found)[0])


@given(st.lists(NAMES, min_size=1, max_size=10), st.lists(NAMES, max_size=5))
def test_the_nearest_is_so_in_sound_then_in_spelling_then_in_the_lists_order(known, names):
    assert SoundIndex(known).nearest(names) == [nearest_by_hand(known, name) for name in names]


@pytest.mark.parametrize("pair", CONFUSED, ids="-".join)
def test_names_known_to_be_confused_have_keys_that_agree_or_are_near(pair):
    one, other = map(sound_key, pair)
    assert edits(one, other) <= 1


@pytest.mark.parametrize(
    ("name", "alike"), [("Flomax", "Volmax"), ("Cefotan", "Ceftin"), ("Zantac", "Zyrtec")]
)
def test_a_name_is_found_by_its_known_sound_alike(name, alike):
    [near] = SoundIndex(dict(CONFUSED).values()).nearest([name])
    assert near.name == alike


@pytest.mark.parametrize(
    ("spelt", "name"), [("kodein", "codeine"), ("phluoxeteen", "fluoxetine"), ("nife", "knife")]
)
def test_spellings_of_one_sound_have_one_key(spelt, name):
    assert sound_key(spelt) == sound_key(name)
    assert SoundIndex(["zantac", name]).nearest([spelt]) == [
        SoundNeighbour(name, sound_key(name), 0)
    ]


def test_sound_goes_before_spelling():
    [near] = SoundIndex(["rodeine", "kodeen"]).nearest(["codeine"])
    assert near.name == "kodeen"


def test_case_does_not_count_and_the_lists_spelling_is_given():
    index = SoundIndex(["Celexa", "CELEXA"])
    assert len(index) == 1
    assert [near.name for near in index.nearest(["celexa", "CeleXa"])] == ["Celexa", "Celexa"]


def test_an_empty_list_has_no_nearest_name():
    assert SoundIndex([]).nearest(["zantac"]) == [None]
    assert SoundIndex(["zantac"]).nearest([]) == []


@given(st.text(max_size=12))
def test_any_text_has_a_key_and_sounds_nearest_to_itself(text):
    [near] = SoundIndex(["zantac", text]).nearest([text])
    assert near.name.casefold() == text.casefold()
    assert near.edits == 0


def test_letters_that_english_has_no_sound_for_are_told_apart_by_spelling():
    assert sound_key("日本") == ""
    assert [near.name for near in SoundIndex(["東京", "日木"]).nearest(["日本"])] == ["日木"]


@pytest.mark.parametrize("at_once", [1, 41, 200])
def test_blocks_of_any_size_give_the_same_neighbours(monkeypatch, at_once):
    known, names = random_names(40, seed=1), random_names(23, seed=2)
    whole = SoundIndex(known).nearest(names)
    monkeypatch.setattr(nearest, "_DISTANCES_AT_ONCE", at_once)
    assert SoundIndex(known).nearest(names) == whole
