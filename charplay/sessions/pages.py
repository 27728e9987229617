"""A session as a page to read: text, Markdown, or one HTML file with nothing outside it."""

import re
from collections.abc import Callable, Sequence
from html import escape

from charplay.sessions.portable import session_to_json
from charplay.sessions.tree import SessionRecord, TreeLine, Turn, draw_tree
from charplay.text.typed.signs import replace_unseen

Page = Callable[[SessionRecord, Sequence[Turn], Turn | None], str]


def path_to(turns: Sequence[Turn], last: Turn | None) -> list[Turn]:
    """The turns on the path from the first turn to `last`; none for None."""
    by_number = {turn.number: turn for turn in turns}
    path = []
    while last:
        path.append(last)
        last = by_number[last.parent] if last.parent else None
    return path[::-1]


def page_as_json(session: SessionRecord, turns: Sequence[Turn], last: Turn | None) -> str:
    """The whole session, for `sessions import`; `last` is part of the session's record."""
    return session_to_json(session, turns)


def page_as_text(session: SessionRecord, turns: Sequence[Turn], last: Turn | None) -> str:
    """The text on the path to `last`; answers that did not continue it are lines of their own."""
    text = ""
    for turn in path_to(turns, last):
        if turn.said.moves:
            text += turn.said.text
        else:
            text = _end_line(text) + "".join(f"{answer}\n" for answer in turn.answers)
    return _end_line(text)


def _end_line(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def page_as_markdown(session: SessionRecord, turns: Sequence[Turn], last: Turn | None) -> str:
    """The text on the path to `last`, and a list of the turns on it."""
    rows = [
        f"- {turn.number} ({_code_span(turn.said.model)}, seed {turn.said.seed}): "
        f"{_code_span(turn.glimpse)}"
        for turn in path_to(turns, last)
    ]
    text = page_as_text(session, turns, last)
    fence = "`" * max(3, _longest_run(text) + 1)
    parts = [
        f"# {_escape_markdown(session.name)}",
        f"A conversation with {_code_span(session.model)}, "
        f"{session.made[:10]} to {session.used[:10]}.",
        f"{fence}text\n{text}{fence}",
        "## Turns",
        "\n".join(rows),
    ]
    return "\n\n".join(parts) + "\n"


def _code_span(text: str) -> str:
    """Text as Markdown code in one line, so that no character in it is markup."""
    line = " ".join(replace_unseen(text, _control_picture).split())
    tick = "`" * (_longest_run(line) + 1)
    return f"{tick} {line} {tick}" if line else ""


def _escape_markdown(name: str) -> str:
    """A name in one line of Markdown; those that a session can have hold few signs of it."""
    return re.sub(r"([_*+.\\`\[\]<>#!&|~-])", r"\\\1", " ".join(name.split()))


def _longest_run(text: str) -> int:
    """The length of the longest run of backquotes, which a fence must exceed."""
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest


def page_as_html(session: SessionRecord, turns: Sequence[Turn], last: Turn | None) -> str:
    """The text on the path to `last`, the tree beside it, and the other turns below."""
    path = path_to(turns, last)
    on_path = {turn.number for turn in path}
    current = last.number if last else None
    lines = "".join(
        f'<li style="--depth:{len(line.forks)}"{_class_attribute(line.turn, on_path, current)}>'
        f'<a href="#turn-{line.turn.number}"><b>{line.turn.number}</b> '
        f"{_branch_label(line)}"
        f"{_escape_text(line.turn.glimpse) or '…'}</a></li>"
        for line in draw_tree(turns, current)
    )
    others = "".join(_render_other(turn) for turn in turns if turn.number not in on_path)
    return _PAGE.format(
        title=_escape_text(session.name),
        facts=_escape_text(f"{session.model} · {len(turns):,} turns · {session.made[:10]}"),
        text="".join(map(_render_passage, path)),
        tree=lines,
        others=f"<h2>Other turns</h2>{others}" if others else "",
        style=_STYLE,
    )


def _branch_label(line: TreeLine) -> str:
    return f"<i>{_escape_text(line.turn.branch)}</i> " if line.named else ""


def _class_attribute(turn: Turn, on_path: set[int], current: int | None) -> str:
    names = ["path"] * (turn.number in on_path) + ["current"] * (turn.number == current)
    return f' class="{" ".join(names)}"' if names else ""


def _render_passage(turn: Turn) -> str:
    """A turn on the path, as part of the text."""
    number = f'id="turn-{turn.number}"'
    if turn.said.moves:
        return f'<span {number} title="{_describe_turn(turn)}">{_render_content(turn)}</span>'
    return f'<div {number} class="aside">{_render_content(turn)}</div>'


def _render_other(turn: Turn) -> str:
    """A turn off the path, under its own heading."""
    after = f"after {turn.parent}" if turn.parent else "at the beginning"
    return (
        f'<article id="turn-{turn.number}">'
        f"<h3>{turn.number} <small>{after}, {_describe_turn(turn)}</small></h3>"
        f"<p>{_render_content(turn)}</p></article>"
    )


def _render_content(turn: Turn) -> str:
    """The prompt and the answers."""
    if turn.said.moves:
        answer = "".join(turn.answers[-1:])
        return f"<strong>{_escape_text(turn.said.prompt)}</strong>{_escape_text(answer)}"
    asked = _escape_text(" ".join(turn.said.words) or turn.said.prompt)
    return f"<small>{asked}</small>\n" + "\n".join(map(_escape_text, turn.answers))


def _describe_turn(turn: Turn) -> str:
    made = turn.made[:16].replace("T", " ")
    return _escape_text(f"{turn.said.model}, seed {turn.said.seed}, {made}")


def _escape_text(text: str) -> str:
    """Text for HTML, quotes escaped too; characters that cannot be seen become visible signs."""
    return escape(replace_unseen(text, _control_picture))


def _control_picture(character: str) -> str:
    return chr(0x2400 + ord(character)) if ord(character) < 32 else "\ufffd"


PAGES: dict[str, Page] = {
    ".md": page_as_markdown,
    ".txt": page_as_text,
    ".json": page_as_json,
    ".html": page_as_html,
}

_STYLE = """
body { margin: 0; font: 17px/1.55 Georgia, serif; color: #1c1b19; background: #fbfaf7; }
header { padding: 1.5rem 2rem 0; }
h1 { margin: 0; font-size: 1.6rem; }
small, header p, nav { font-family: system-ui, sans-serif; font-size: .8rem; color: #6b675f; }
div.page { display: flex; flex-wrap: wrap; gap: 2rem; padding: 1rem 2rem 3rem; }
main { flex: 2 1 28rem; min-width: 0; }
nav { flex: 1 1 16rem; min-width: 0; max-height: 90vh; overflow: auto;
  position: sticky; top: 1rem; }
.text, article p { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
strong { color: #8a3b12; font-weight: normal; }
nav ol { list-style: none; margin: 0; padding: 0; border-left: 2px solid #d8d3c8; }
nav li { padding-left: calc(var(--depth) * 1.1rem + .6rem); white-space: nowrap;
  overflow: hidden; text-overflow: ellipsis; }
nav a { color: inherit; text-decoration: none; }
nav li.path a { color: #1c1b19; }
nav li.current { background: #f1e6d6; }
:target { background: #fff0c2; }
.aside { margin: .6rem 0; padding-left: .8rem; border-left: 2px solid #d8d3c8; }
article { margin: 1rem 0; }
h3 { margin: 0; font-size: 1rem; }
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header><h1>{title}</h1><p>{facts}</p></header>
<div class="page">
<main><div class="text">{text}</div>{others}</main>
<nav><ol>{tree}</ol></nav>
</div>
</body>
</html>
"""
