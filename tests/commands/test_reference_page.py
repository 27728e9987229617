"""The page docs/commands.md, by which people know the commands, is what the commands say."""

from pathlib import Path

import pytest

from docs.reference import PAGE, PROMPT_PAGE, prompt_page, whole_page


@pytest.mark.parametrize(
    ("page", "written"),
    [(PAGE, whole_page), (PROMPT_PAGE, lambda: prompt_page(PROMPT_PAGE.read_text("utf-8")))],
    ids=lambda part: part.name if isinstance(part, Path) else "",
)
def test_a_page_made_from_the_tables_is_current(page, written):
    assert written() == page.read_text("utf-8"), "run `make docs`"
