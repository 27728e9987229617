"""The figures of a recipe, which `make reproduce` trains to its end."""

import sys

import pytest

from tools.reproduce import main


@pytest.fixture
def reproduced(home, monkeypatch, capsys):
    """The lines printed for these words."""

    def reproduce(*words):
        monkeypatch.setenv("CHARPLAY_HOME", str(home))
        monkeypatch.setattr(sys, "argv", ["reproduce", *words])
        main()
        return capsys.readouterr().out.splitlines()

    return reproduce


def test_an_exercise_prints_its_own_words(reproduced):
    begun, *lines, ended = reproduced("hihello")
    assert begun.startswith("hihello on hihello: 7 characters, 5 distinct, 55 weights, 100 updates")
    assert lines[-1].startswith("epoch: 100, loss: 2.7")
    assert lines[-1].endswith("predicted string: ihello")
    assert ended.startswith("100 updates in ")


def test_other_recipes_print_the_losses_of_each_epoch_on_any_text(reproduced, tmp_path):
    path = tmp_path / "names.txt"
    path.write_text("\n".join(f"{a}{b}{c}" for a in "abcd" for b in "eiou" for c in ("na", "rus")))
    lines = reproduced("dinosaurs-rnn", str(path))
    assert f"dinosaurs-rnn on {path}" in lines[0]
    table = lines[lines.index("  update  training  held out") + 1 :]
    assert [int(line.split()[0]) for line in table] == [2 * k for k in range(1, len(table) + 1)]
    assert all(0 < float(loss) < 5 for line in table for loss in line.split()[1:])


@pytest.mark.parametrize("words", [(), ("dinosaur",), ("dinosaurs", "lost.txt")])
def test_a_missing_recipe_or_text_ends_with_a_hint(reproduced, words):
    with pytest.raises(SystemExit) as caught:
        reproduced(*words)
    assert "make reproduce" in caught.value.code or "\n  → " in caught.value.code
