"""Pictures: what a terminal of eighty columns shows, as a file."""

# what is seen stands here as it is seen

from functools import partial

import pytest

from charplay.terminal.render.pictures import draw_picture, picture_of
from tests.terminal.transcript import terminal, transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


@pytest.mark.parametrize("columns", [20, None])
def test_a_picture_is_drawn_at_eighty_columns_in_colour(home, columns, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    environment = terminal(home, columns, NO_COLOR="1")
    told = []

    def show(console):
        told.append((console.width, console.size.height, console.is_terminal, console.draws_ascii))
        console.print("x" * 80, style="heat.1")
        console.aside.print("aside")
        assert console.file.write("ab\n") == 3

    html, notice = draw_picture(show, environment, ".html")
    assert (told, notice) == ([(80, 24, True, False)], "")
    assert "color: #f4d9c0" in html
    assert "x" * 80 in html
    assert "aside" in html
    assert "\n\n</code>" not in html
    assert capsys.readouterr().out == ""


def test_a_picture_of_four_hundred_rows_is_whole_and_one_more_is_cut(home):
    def rows(count):
        return lambda console: [console.print(f"row {n}") for n in range(1, count + 1)]

    svg, notice = draw_picture(rows(400), terminal(home), ".svg")
    assert notice == ""
    assert "row&#160;400<" in svg
    html, notice = draw_picture(rows(1401), terminal(home), ".html")
    assert notice == "the picture has the first 400 of 1,401 rows"
    assert "row 400\n" in html
    assert "row 401" not in html
    whole, _ = draw_picture(
        lambda console: console.print("\n".join(f"row {n}" for n in range(1, 500))),
        terminal(home),
        ".html",
    )
    assert "row 400\n" in whole
    assert "row 401" not in whole


def test_a_picture_is_as_wide_whatever_the_terminal_of_the_process(monkeypatch):
    drawn = picture_of("x" * 60)
    monkeypatch.setenv("COLUMNS", "40")
    assert picture_of("x" * 60) == drawn


def test_a_picture_has_its_styles_in_it_and_no_fonts_from_elsewhere():
    svg = picture_of("\x1b[1mbold\x1b[0m \x1b[38;2;1;2;3mx\x1b[0m " + "\ufffe" + "y" * 90 + "\n\n")
    assert "@font-face" not in svg
    assert ">charplay</text>" in svg
    assert "#010203" in svg
    assert "font-weight: bold" in svg
    assert "\ufffd" in svg
    assert svg.count('<text class="terminal-') == 5
    html = picture_of("\x1b[38;2;1;2;3mx\x1b[0m\n" + "y" * 90 + "\n", ".html")
    assert "y" * 90 in html
    assert '<span style="color: #010203; text-decoration-color: #010203">x</span>' in html
    assert "background-color: #292929" in html
