"""A model whose every probability is known: what comes next depends on the last token alone."""

import numpy as np

from charplay.models.contract import Backend, Model
from charplay.text.vocabulary import Vocabulary


class TableModel(Model):
    """Row `t` of a table `(V + 1, V)` has the probabilities after token `t`; the last, after none.

    The state counts the tokens read, so that a state which is not carried on is seen.
    """

    def __init__(self, letters, table, kind="prose"):
        super().__init__(Vocabulary(letters), kind, None)
        self.table = np.asarray(table, float)

    def initial_state(self, batch_size):
        return {"read": np.zeros((batch_size, 1), np.float32)}

    def step(self, state, tokens):
        assert len(state["read"]) == len(tokens)
        with np.errstate(divide="ignore"):
            logits = np.log(self.table[tokens]).astype(np.float64)
        return logits, {"read": state["read"] + 1}

    def probability(self, text, after="\n"):
        """The probability of a text, character by character, after another."""
        index, product = self.vocabulary.index, []
        for character in text:
            row = index[after] if after is not None else -1
            product.append(self.table[row, index[character]])
            after = character
        return np.array(product)


def random_table(letters, seed=0, spread=1.0):
    """A table of probabilities, all above zero."""
    rng = np.random.default_rng(seed)
    weights = np.exp(spread * rng.normal(size=(len(letters) + 1, len(letters))))
    return weights / weights.sum(axis=1, keepdims=True)


def table_model(letters="\n abcde", kind="prose", seed=0):
    """A model with a random table."""
    return TableModel(letters, random_table(letters, seed), kind)


class TableBackend(Backend):
    """Of models that nobody trains."""

    name, summary, version, Config = "table", "known probabilities", "1", object

    def create(self, vocabulary, kind, config, rng):
        raise NotImplementedError

    def load(self, vocabulary, kind, config, arrays):
        raise NotImplementedError

    def learner(self, model, plan):
        raise NotImplementedError
