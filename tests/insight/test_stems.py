import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.insight.stems import POSITIONS, Stem, load_stems, stems_claimed

STEMS = load_stems()
SOURCE = files("charplay.insight").joinpath("stems.toml").read_text(encoding="utf-8")


def claimed(name):
    """The stems of a name as they are written."""
    return [str(stem) for stem in stems_claimed(name)]


@pytest.mark.parametrize(
    ("name", "stems"),
    [
        ("abelacimab", ["-mab"]),
        ("aciclovir", ["-ciclovir"]),
        ("adalimumab", ["-umab"]),
        ("amoxicillin", ["-cillin"]),
        ("apixaban", ["-xaban"]),
        ("atorvastatin", ["-vastatin"]),
        ("azithromycin", ["-mycin"]),
        ("captopril", ["-pril"]),
        ("cefazolin", ["cef-"]),
        ("ciprofloxacin", ["-oxacin"]),
        ("diazepam", ["-azepam"]),
        ("diclofenac", ["-fenac"]),
        ("empagliflozin", ["-gliflozin"]),
        ("estradiol", ["-estr-"]),
        ("fluconazole", ["-conazole"]),
        ("fluoxetine", ["-oxetine"]),
        ("gentamicin", ["-micin"]),
        ("hydrochlorothiazide", ["-thiazide"]),
        ("hydrocortisone", ["-cort-"]),
        ("ibuprofen", ["-profen"]),
        ("imatinib", ["-tinib"]),
        ("lidocaine", ["-caine"]),
        ("losartan", ["-sartan"]),
        ("metronidazole", ["-nidazole"]),
        ("nifedipine", ["-dipine"]),
        ("olaparib", ["-parib"]),
        ("omeprazole", ["-prazole"]),
        ("ondansetron", ["-setron"]),
        ("propranolol", ["-olol"]),
        ("salbutamol", []),
        ("semaglutide", ["-glutide"]),
        ("sirolimus", ["-rolimus"]),
        ("sitagliptin", ["-gliptin"]),
        ("sumatriptan", ["-triptan"]),
        ("warfarin", []),
    ],
)
def test_a_known_name_claims_its_known_stem_and_no_other(name, stems):
    assert claimed(name) == stems


def test_every_stem_is_claimed_by_the_name_given_for_it():
    assert [stem for stem in STEMS if stem not in stems_claimed(stem.example)] == []


def test_every_entry_is_well_formed():
    for stem in STEMS:
        assert stem.position in POSITIONS, stem
        assert re.fullmatch("[a-z]{2,}", stem.letters), stem
        assert re.fullmatch(r"[a-z]+( [a-z]+)?", stem.example), stem
        assert stem.meaning == stem.meaning.strip(), stem
        assert 1 <= len(stem.meaning) <= 70, stem


def test_the_table_is_sorted_and_each_stem_stands_in_it_once():
    places = [(POSITIONS.index(stem.position), stem.letters) for stem in STEMS]
    assert places == sorted(set(places))
    assert len({stem.letters for stem in STEMS}) == len(STEMS) >= 150


def test_the_table_names_its_public_sources():
    head = SOURCE.partition("[prefix]")[0]
    assert "WHO/EMP/RHT/TSN/2018.1" in head
    assert "United States Adopted Names approved stems" in head


def test_a_stem_is_written_with_hyphens_where_the_name_goes_on():
    assert [str(Stem("abc", position, "", "")) for position in POSITIONS] == [
        "abc-",
        "-abc-",
        "-abc",
    ]


def test_case_does_not_count():
    assert claimed("Atorvastatin") == claimed("ATORVASTATIN") == ["-vastatin"]


def test_a_stem_in_the_wrong_place_is_not_claimed():
    assert claimed("mabelo") == []
    assert claimed("nacefo") == []


def test_an_infix_is_claimed_in_any_place():
    for name in ("estrolo", "lonestro", "loliestr"):
        assert claimed(name) == ["-estr-"]


def test_several_stems_are_given_longest_first_then_as_they_stand():
    assert claimed("cefogestimab") == ["-gest-", "cef-", "-mab"]


def test_stems_that_overlap_without_one_holding_the_other_are_both_claimed():
    assert claimed("ibandronate") == ["-dronate", "-andr-"]


def test_a_stem_that_stands_there_twice_is_claimed_once():
    assert claimed("estrolestro") == ["-estr-"]


@pytest.mark.parametrize(
    ("name", "stems"),
    [("mab", []), ("omab", []), ("lomab", ["-mab"]), ("last", []), ("ciclovir", ["-vir"])],
)
def test_a_stem_with_no_name_beside_it_is_not_claimed(name, stems):
    assert claimed(name) == stems


@pytest.mark.parametrize("name", ["aciclovir", "ibrutinib", "ifosfamide"])
def test_one_letter_is_name_enough_beside_a_long_stem(name):
    assert max(len(stem.letters) for stem in stems_claimed(name)) == len(name) - 1


def test_each_word_of_a_name_is_looked_at_alone():
    assert claimed("adalimumab-adaz") == ["-umab"]
    assert claimed("zoledronic acid") == ["-dronic"]
    assert claimed("nadofaragene firadenovec") == ["-gene", "-vec"]


@given(st.text())
def test_any_text_may_be_asked_about(text):
    assert all(stem.letters in text.casefold() for stem in stems_claimed(text))
