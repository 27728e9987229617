"""A session as one REPL has it: the tree is everybody's, where one stands in it is one's own."""

from dataclasses import dataclass, replace

from charplay.errors import UsageError, unknown
from charplay.generation.place import Place, initial_place, read_tokens
from charplay.models.library import Library, OpenModel
from charplay.sessions.states import packed, unpacked
from charplay.sessions.store import Store
from charplay.sessions.tree import SessionRecord, Turn, Utterance, check_called
from charplay.text.vocabulary import Admitted

REBUILT = "the model's state was not kept, or is not its own; it was read again from the text"

_LONGEST_NUMBER = 18


@dataclass(frozen=True)
class Root:
    """What a session goes on from that begins in the middle of another one."""

    text: str
    place: Place
    digest: str


class Session:
    """A conversation, and the turn after which it goes on.

    `notices` holds what the person should know, until somebody tells it.
    """

    def __init__(
        self,
        store: Store,
        library: Library,
        found: SessionRecord,
        root: Root | None = None,
    ) -> None:
        self.store, self.found, self.notices = store, found, list[str]()
        self.turn = None if found.turn is None else store.turn(found.key, found.turn)
        self._library, self._root = library, root
        self._at: tuple[int | None, str] | None = None
        self._place: Place | None = None

    @property
    def begun(self) -> bool:
        """Whether it is in the store; a session is put there with its first turn."""
        return bool(self.found.key)

    @property
    def reference(self) -> str:
        """The model that it talks with, by its weights; nothing where none is chosen yet."""
        return self.found.live or self.found.digest

    @property
    def anchor(self) -> int | None:
        """The turn whose answer the conversation goes on from."""
        return self.turn.anchor if self.turn else None

    @property
    def text(self) -> str:
        """All that was written and answered up to here."""
        before = self._root.text if self._root else ""
        return before + "".join(self.store.texts(self.found.key, self.anchor))

    def place(self, opened: OpenModel) -> Place:
        """Where a model stands here: as it was kept, else read again from the text."""
        here = (self.anchor, opened.digest)
        if self._place is None or self._at != here:
            self._place, self._at = self._reached(opened), here
        return self._place

    def _reached(self, opened: OpenModel) -> Place:
        place = self._kept(opened)
        if place is None:
            place = self._read_again(opened)
            if opened.digest == self.found.digest:
                self.notices.append(REBUILT)
        return place

    def _kept(self, opened: OpenModel) -> Place | None:
        """The place as it was kept, if it was."""
        if self.anchor is None:
            if self._root and self._root.digest != opened.digest:
                return None
            return self._root.place if self._root else initial_place(opened.model)
        snapshot = self.store.snapshot(self.found.key, self.anchor, opened.digest)
        return unpacked(snapshot, opened.model) if snapshot else None

    def _read_again(self, opened: OpenModel) -> Place:
        """The place after all that was said, as far as the model knows its characters; kept."""
        model = opened.model
        known = model.vocabulary.admit(self.text).text
        place = read_tokens(model, initial_place(model), model.vocabulary.encode(known))
        if self.anchor is not None:
            self.store.put(self.found.key, self.anchor, packed(place, opened.digest))
        return place

    def told(self) -> str:
        """What the person should know, said once."""
        told = "; ".join(dict.fromkeys(self.notices))
        self.notices.clear()
        return told

    def add(self, said: Utterance, opened: OpenModel, place: Place | None = None) -> Turn:
        """Keep what was said here, and go on after it; `place` is the model's after that."""
        self._pin(opened)
        snapshot = packed(place, opened.digest) if place else None
        self.found, self.turn = self.store.add(self.found, said, self.turn, snapshot)
        if place:
            self._place, self._at = place, (self.anchor, opened.digest)
        return self.turn

    def _pin(self, opened: OpenModel) -> None:
        """Have the library keep weights that a turn needs."""
        if str(opened.path) == self.found.live:
            # A run's checkpoint is soon another: the turn tells which it was, and nobody keeps it.
            self.found = replace(self.found, digest=opened.digest)
        elif self.store.file:
            self._library.pin(opened)

    def choose(self, opened: OpenModel, live: str | None = None) -> None:
        """Talk with a model from now on; `live` is where a run keeps its newest checkpoint."""
        self.found = replace(self.found, model=opened.name, digest=opened.digest, live=live)
        self._pin(opened)
        if self.begun:
            self.store.move(self.found)

    def stand(self, turn: Turn | None, branch: str | None = None) -> None:
        """Go on after another turn, or from the beginning; `branch` is then begun."""
        number = turn.number if turn else None
        if self.begun:
            self.store.stand(self.found.key, number, branch)
        self.turn = turn
        self.found = replace(self.found, turn=number, branch=branch)

    def undo(self) -> Turn:
        """Go back before the turn last said, which stays in the tree; that turn."""
        turn = self.turn
        if turn is None:
            raise UsageError("there is nothing to undo here", "say something first")
        self.stand(self.before(turn))
        return turn

    def before(self, turn: Turn) -> Turn | None:
        """The turn before another."""
        return None if turn.parent is None else self.store.turn(self.found.key, turn.parent)

    def goto(self, where: str) -> None:
        """Go on after a turn, by its number or as the last of a branch; 0 is the beginning."""
        if where == "0":
            self.stand(None)
            return
        number = self.store.tip(self.found.key, where)
        if number is None and where.isdecimal() and len(where) < _LONGEST_NUMBER:
            number = int(where)
        if number is None:
            raise unknown("turn or branch", where, self.store.branches(self.found.key), "tree")
        self.stand(self.store.turn(self.found.key, number))

    def branch(self, name: str | None = None) -> str:
        """Have the next turn begin a branch, named after the turn unless a name is given."""
        if name is None:
            name = f"branch-{self.store.count(self.found.key) + 1}"
        check_called(name, "a branch")
        if name.isdecimal():
            raise UsageError(f"{name} is a turn, and no name for a branch", "give it a letter")
        if self.store.tip(self.found.key, name):
            raise UsageError(f"there is a branch {name} already", f"goto {name} goes there")
        self.stand(self.turn, name)
        return name

    def move(self, opened: OpenModel, live: str | None = None) -> Admitted:
        """Go on with another model, which reads what was said: the text as it took it."""
        self.choose(opened, live)
        if opened.model.kind == "names" or (self.anchor is None and self._root is None):
            return Admitted("")
        self._place = self._kept(opened) or self._read_again(opened)
        self._at = self.anchor, opened.digest
        return opened.model.vocabulary.admit(self.text)

    def aside(self, store: Store, opened: OpenModel) -> "Session":
        """A session of another store that goes on from here, and leaves nothing here."""
        root = Root(self.text, self.place(opened), opened.digest)
        found = SessionRecord(
            model=self.found.model, digest=self.found.digest, live=self.found.live
        )
        return Session(store, self._library, found, root)
