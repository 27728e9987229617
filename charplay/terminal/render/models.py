"""Models as a person sees them: the page of one, the one in use, what was done with one."""

from rich.text import Text

from charplay.ancestry import Ancestor
from charplay.commands.models import CurrentModel, ModelChange, ModelPage
from charplay.terminal.render.console import CharplayConsole, foreign, show_notices, visible
from charplay.terminal.render.corpora import visible_characters
from charplay.terminal.render.facts import show_facts
from charplay.terminal.render.tables import counting_text, loss_text


def show_current_model(value: CurrentModel, console: CharplayConsole) -> None:
    """The model of the conversation, and what it has read."""
    loss = f", held-out loss {loss_text(value.held_out_loss)} nats per character"
    console.print(
        Text.assemble(
            foreign(value.model, "bold"),
            f" ({value.kind}, ",
            foreign(value.backend),
            foreign(f", {value.model_size}" if value.model_size else ""),
            loss if value.held_out_loss is not None else "",
            ")",
        )
    )
    if value.goes_on:
        goes_on = f"session {visible(value.goes_on)} goes on with it; "
        console.print_hint("`session NAME` begins another", before=goes_on)
    if value.read:
        console.print(f"it has read the {value.read:,} characters of the session")
    show_notices(console, value.notices)


def show_model_change(value: ModelChange, console: CharplayConsole) -> None:
    """What was done with a model."""
    detail = foreign(f" ({value.detail})" if value.detail else "")
    name = foreign(value.model, "bold")
    console.print(Text.assemble(value.done, " ", name, detail))


def show_model_page(value: ModelPage, console: CharplayConsole) -> None:
    """All that a model's file says of it."""
    console.print(foreign(value.model, "bold"))
    show_facts(console, _facts(value), style="dim")
    if value.again:
        console.print_hint(f"`{value.again}`", before="make it again: ")
    if value.goes_on:
        console.print_hint(f"`{value.goes_on}`", before="its run was stopped; go on: ")


def _facts(page: ModelPage) -> list[tuple[str, str]]:
    # Options of several lines are among the facts.
    settings = (
        (name, each) for name, each in page.network.items() if not isinstance(each, list | tuple)
    )
    network = ", ".join(f"{name} {setting}" for name, setting in settings)
    versions = ", ".join(f"{name} {number}" for name, number in page.versions.items())
    return [
        ("kind", page.kind),
        ("network", f"{page.backend}: {network}" if network else page.backend),
        *([("size", page.model_size)] if page.model_size else []),
        *page.facts.items(),
        ("characters", f"{len(page.vocabulary):,}: {visible_characters(page.vocabulary)}"),
        ("recipe", page.recipe or "–"),
        ("trained on", f"{page.corpus}, sha256 {page.corpus_sha256}"),
        *([("read as", page.read_as)] if page.read_as else []),
        *(("and on", f"{name}, sha256 {digest}") for name, digest in page.stage_texts.items()),
        *(("trained on from", _ancestor_text(ancestor)) for ancestor in page.ancestry[:1]),
        *(("and that from", _ancestor_text(ancestor)) for ancestor in page.ancestry[1:]),
        ("held-out loss", _held_out_text(page)),
        *_counting_fact(page),
        ("made", f"{page.made} with {versions}"),
        ("file", f"{page.path}, {page.size:,} bytes"),
        ("digest", page.digest),
    ]


def _ancestor_text(ancestor: Ancestor) -> str:
    """A model that this one was trained on from; digests in full, to tell versions apart."""
    text = f", which learned {ancestor.corpus}, sha256 {ancestor.sha256}" if ancestor.corpus else ""
    return f"{ancestor.model}, digest {ancestor.digest}{text}"


def _held_out_text(page: ModelPage) -> str:
    if page.held_out_loss is None:
        return "–"
    parts = [f"{loss_text(page.held_out_loss)} nats per character"]
    if page.counting_loss:
        parts.append(counting_text(page.held_out_loss, page.counting_loss))
    if page.held_out_decided:
        parts.append("which also decided")
    return ", ".join(parts)


def _counting_fact(page: ModelPage) -> list[tuple[str, str]]:
    """The loss of the best n-gram on the same text, where it was measured."""
    if page.counting_loss is None:
        return []
    loss = f"{loss_text(page.counting_loss)} nats per character"
    return [("best n-gram", f"{loss}, an n-gram of order {page.counting_order}")]
