"""A model's places after the turns of a session: as they were saved, or rebuilt from the text."""

from __future__ import annotations

from dataclasses import dataclass

from charplay.generation.place import Place, initial_place, read_tokens
from charplay.models.library import OpenModel
from charplay.sessions.state_table import Snapshot
from charplay.sessions.states import pack_place, unpack_place
from charplay.sessions.store import Store


@dataclass(frozen=True)
class Root:
    """Where a session begins that goes on from the middle of another one."""

    text: str
    place: Place
    digest: str


class SessionPlaces:
    """The places of one session; the one asked for last is remembered.

    root: where the session begins, if not at the beginning of a text.
    """

    def __init__(self, store: Store, root: Root | None) -> None:
        self._store, self._root = store, root
        self._last: tuple[int | None, str, Place] | None = None

    def find(self, key: int, anchor: int | None, opened: OpenModel) -> tuple[Place, bool]:
        """The place after the text up to a turn of a session, and whether it had to be rebuilt."""
        if self._last and self._last[:2] == (anchor, opened.digest):
            return self._last[2], False
        saved = self._saved_place(key, anchor, opened)
        place = saved or self._rebuild_place(key, anchor, opened)
        self.remember(anchor, opened, place)
        return place, saved is None

    def remember(self, anchor: int | None, opened: OpenModel, place: Place) -> None:
        """Note a place that is likely to be asked for next."""
        self._last = (anchor, opened.digest, place)

    def root_at(self, key: int, anchor: int | None, place: Place, opened: OpenModel) -> Root:
        """Where another session begins that goes on from a turn, with the place after it."""
        return Root(self.text(key, anchor), place, opened.digest)

    @staticmethod
    def snapshot(place: Place, opened: OpenModel) -> Snapshot:
        """A place of an open model as the store keeps it."""
        return pack_place(place, opened.digest)

    def text(self, key: int, anchor: int | None) -> str:
        """What was written and answered up to a turn."""
        before = self._root.text if self._root else ""
        return before + "".join(self._store.turns.texts(key, anchor))

    def _saved_place(self, key: int, anchor: int | None, opened: OpenModel) -> Place | None:
        if anchor is None:
            if self._root and self._root.digest != opened.digest:
                return None
            return self._root.place if self._root else initial_place(opened.model)
        snapshot = self._store.states.get(key, anchor, opened.digest)
        return unpack_place(snapshot, opened.model) if snapshot else None

    def _rebuild_place(self, key: int, anchor: int | None, opened: OpenModel) -> Place:
        """The place after the text up to a turn, as far as the model knows it; saved."""
        model = opened.model
        known = model.vocabulary.admit(self.text(key, anchor)).text
        place = read_tokens(model, initial_place(model), model.vocabulary.encode(known))
        if anchor is not None:
            self._store.states.put(key, anchor, pack_place(place, opened.digest))
        return place
