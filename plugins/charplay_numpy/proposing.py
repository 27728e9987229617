"""What a network of this backend would do with a text of a person's own."""

from charplay import Plan, Proposal, Stage, TextFacts

USUAL_MINUTES = 1.5
_EXPECTED = 0.99


def propose_network(facts: TextFacts, minutes: float) -> Proposal:
    """A network whose size and length suit the text and the time.

    The figures were found on parts of the shipped lists and texts. They depend on nothing but the
    text's kind and size, and the time.
    """
    return _for_names(facts, minutes) if facts.kind == "names" else _for_prose(facts, minutes)


def _for_names(facts: TextFacts, minutes: float) -> Proposal:
    """Long lists need fewer passes, less dropout and larger batches."""
    names = facts.size
    dropout, recurrent_dropout = (0.5, 0.3) if names < 3000 else (0.5, 0.2)
    if names > 12_000:
        dropout, recurrent_dropout = (0.3, 0.2) if names < 50_000 else (0.2, 0.1)
    config = {
        "cell": "lstm",
        "hidden": 256 if names >= 400 else 128,
        "dropout": dropout,
        "recurrent_dropout": recurrent_dropout,
        "input_dropout": 0.1 if names <= 12_000 else 0.05,
        "averaging": 0.998 if names >= 400 else 0.99,
    }
    stage = Stage(
        epochs=min(100, round(60 * (700 / names) ** 0.35)),
        learning_rate=0.005,
        schedule="linear",
    )
    plan = Plan(
        batch_size=16 if names < 400 else 32 if names <= 12_000 else 128,
        clip_norm=5,
        inner=0.1,
        inner_until=0.7,
        minutes=minutes,
        stages=(stage,),
    )
    return Proposal(plan, config, f"an LSTM network of {config['hidden']} units", _EXPECTED)


def _for_prose(facts: TextFacts, minutes: float) -> Proposal:
    """A short text is read more often, with more dropout."""
    short = facts.characters < 300_000
    config = {
        "cell": "lstm",
        "hidden": 256,
        "dropout": 0.5 if short else 0.2,
        "recurrent_dropout": 0.3 if short else 0.0,
        "input_dropout": 0.05 if short else 0.0,
        "averaging": 0.995 if short else 0.99,
    }
    passes = 4_500_000 / max(facts.characters, 45_000)
    plan = Plan(
        cutting="stream",
        batch_size=max(1, min(16 if short else 32, facts.characters // 1280)),
        length=max(1, min(64, facts.characters // 4)),
        clip_norm=1,
        # Enough characters to weigh by; what is inner is missed until it is learned.
        inner=0.1 if short else 0.03,
        inner_until=0.75,
        minutes=minutes,
        stages=(Stage(epochs=max(8, round(passes)), learning_rate=0.004, schedule="linear"),),
    )
    return Proposal(plan, config, "an LSTM network of 256 units", _EXPECTED)
