"""What a network of this backend would do with a text of a person's own."""

from charplay import Plan, Proposal, Stage, TextFacts

USUAL_MINUTES = 1.5


def propose_network(facts: TextFacts, minutes: float) -> Proposal:
    """A network whose size and length suit the text and the time.

    The figures were found on the shipped lists and texts and parts of them; they depend on nothing
    but size, kind and time.
    """
    return _for_names(facts, minutes) if facts.kind == "names" else _for_prose(facts, minutes)


def _for_names(facts: TextFacts, minutes: float) -> Proposal:
    batch = 32 if facts.size < 20_000 else 128
    epochs = round(70 * (max(facts.size, 300) / 700) ** -0.4)
    config = {
        "cell": "gru",
        "hidden": 192,
        "dropout": 0.5,
        "recurrent_dropout": 0.3,
        "input_dropout": 0.1,
        "averaging": 0.998,
    }
    plan = Plan(
        batch_size=batch,
        clip_norm=5,
        inner=0.1,
        inner_until=0.7,
        minutes=minutes,
        stages=(Stage(epochs=epochs, learning_rate=0.005, schedule="linear"),),
    )
    return Proposal(plan, config, "a GRU network of 192 units", 0.99)


def _for_prose(facts: TextFacts, minutes: float) -> Proposal:
    config = {"cell": "lstm", "hidden": 256, "dropout": 0.2, "averaging": 0.99}
    plan = Plan(
        cutting="stream",
        batch_size=max(1, min(32, facts.characters // 1280)),
        length=64,
        clip_norm=1,
        inner=0.1,
        inner_until=0.7,
        minutes=minutes,
        stages=(Stage(epochs=20, learning_rate=0.004, schedule="linear"),),
    )
    return Proposal(plan, config, "an LSTM network of 256 units", 0.99)
