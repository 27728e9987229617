"""A session as a page to read: text, Markdown, or HTML that needs nothing beside it."""

from collections.abc import Callable, Sequence
from html import escape

from charplay.sessions.portable import to_json
from charplay.sessions.tree import Drawn, SessionRecord, Turn, drawn

Page = Callable[[SessionRecord, Sequence[Turn], Turn | None], str]


def path_to(turns: Sequence[Turn], last: Turn | None) -> list[Turn]:
    """The turns from the first to one."""
    by_number = {turn.number: turn for turn in turns}
    path = []
    while last:
        path.append(last)
        last = by_number[last.parent] if last.parent else None
    return path[::-1]


def as_json(session: SessionRecord, turns: Sequence[Turn], last: Turn | None) -> str:
    """All of it, for `sessions import`; left where one stands."""
    return to_json(session, turns)


def as_text(session: SessionRecord, turns: Sequence[Turn], last: Turn | None) -> str:
    """What was written and answered on the way here: one text, each other turn's answers lines."""
    text = ""
    for turn in path_to(turns, last):
        if turn.said.moves:
            text += turn.said.text
        else:
            text = _line_ended(text) + "".join(f"{answer}\n" for answer in turn.answers)
    return _line_ended(text)


def _line_ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def as_markdown(session: SessionRecord, turns: Sequence[Turn], last: Turn | None) -> str:
    """The text, and the turns that it is made of."""
    rows = [
        f"- {turn.number} ({turn.said.model}, seed {turn.said.seed}): {_code(turn.glimpse)}"
        for turn in path_to(turns, last)
    ]
    text = as_text(session, turns, last)
    fence = "`" * max(3, _longest_run(text) + 1)
    parts = [
        f"# {session.name}",
        f"A conversation with {_code(session.model)}, {session.made[:10]} to {session.used[:10]}.",
        f"{fence}text\n{text}{fence}",
        "## Turns",
        "\n".join(rows),
    ]
    return "\n\n".join(parts) + "\n"


def _code(text: str) -> str:
    """Text that nothing in Markdown acts on."""
    tick = "`" * (_longest_run(text) + 1)
    return f"{tick} {text} {tick}" if text.strip() else ""


def _longest_run(text: str) -> int:
    """The most backquotes that stand side by side."""
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest


def as_html(session: SessionRecord, turns: Sequence[Turn], last: Turn | None) -> str:
    """The text of the way here, the tree beside it, and below the turns off that way."""
    path = path_to(turns, last)
    on_path = {turn.number for turn in path}
    current = last.number if last else None
    rows = "".join(
        f'<li style="--depth:{row.depth}"{_marks(row.turn, on_path, current)}>'
        f'<a href="#turn-{row.turn.number}"><b>{row.turn.number}</b> '
        f"{_branch(row)}"
        f"{_shown(row.turn.glimpse) or '…'}</a></li>"
        for row in drawn(turns, current)
    )
    others = "".join(_aside(turn) for turn in turns if turn.number not in on_path)
    return _PAGE.format(
        title=_shown(session.name),
        facts=f"{_shown(session.model)} · {len(turns):,} turns · {session.made[:10]}",
        text="".join(map(_passage, path)),
        tree=rows,
        others=f"<h2>Off this way</h2>{others}" if others else "",
        style=_STYLE,
    )


def _branch(row: Drawn) -> str:
    return f"<i>{_shown(row.turn.branch)}</i> " if row.named else ""


def _marks(turn: Turn, on_path: set[int], current: int | None) -> str:
    names = ["path"] * (turn.number in on_path) + ["current"] * (turn.number == current)
    return f' class="{" ".join(names)}"' if names else ""


def _passage(turn: Turn) -> str:
    """A turn in the running text."""
    number = f'id="turn-{turn.number}"'
    if turn.said.moves:
        return f'<span {number} title="{_told(turn)}">{_content(turn)}</span>'
    return f'<div {number} class="aside">{_content(turn)}</div>'


def _aside(turn: Turn) -> str:
    """A turn off the way, under a heading of its own."""
    after = f"after {turn.parent}" if turn.parent else "at the beginning"
    return (
        f'<article id="turn-{turn.number}">'
        f"<h3>{turn.number} <small>{after}, {_told(turn)}</small></h3>"
        f"<p>{_content(turn)}</p></article>"
    )


def _content(turn: Turn) -> str:
    """What was written, and what was answered."""
    if turn.said.moves:
        answer = "".join(turn.answers[-1:])
        return f"<strong>{_shown(turn.said.prompt)}</strong>{_shown(answer)}"
    asked = _shown(" ".join(turn.said.words) or turn.said.prompt)
    return f"<small>{asked}</small>\n" + "\n".join(map(_shown, turn.answers))


def _told(turn: Turn) -> str:
    return _shown(f"{turn.said.model}, seed {turn.said.seed}, {turn.made[:16].replace('T', ' ')}")


def _shown(text: str) -> str:
    """Text as HTML shows it; what HTML has no way to show stands as its sign."""
    shown = "".join(
        c if c in "\n\t" or c.isprintable() else chr(0x2400 + ord(c)) if ord(c) < 32 else "\ufffd"
        for c in text
    )
    return escape(shown)


PAGES: dict[str, Page] = {
    ".md": as_markdown,
    ".txt": as_text,
    ".json": as_json,
    ".html": as_html,
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
