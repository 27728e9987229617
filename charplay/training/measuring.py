"""How good a trained model is: its loss on the part held out, beside that of counting."""

from charplay.models.contract import Model
from charplay.models.counting import counted_texts, find_best_order
from charplay.training.evaluation import loss_of
from charplay.training.events import Measured
from charplay.training.texts import RunTexts

# Counting more than so many characters takes longer than a person wants to wait at the end.
MOST_COUNTED = 3_000_000
# On fewer characters the difference of two losses is chance.
_FEWEST_COMPARED = 200


def measure_model(
    model: Model, texts: RunTexts, most_counted: int = MOST_COUNTED
) -> Measured | None:
    """The loss of a model on the part held out, beside the best n-gram's; None without that part.

    The n-gram learned all that the model did, and its order is the best of up to 8 on the very part
    that it is measured on, which flatters it. Texts of more characters than `most_counted` are not
    counted.
    """
    if not texts.held_out.characters:
        return None
    loss = loss_of(model, texts.held_out)
    if texts.characters > most_counted or texts.held_out.characters < _FEWEST_COMPARED:
        return Measured(loss)
    learned = [texts.known, *texts.others.values()]
    counted = [text for each in learned for text in counted_texts(each, model.vocabulary)]
    counting_loss, order = find_best_order(
        counted, counted_texts(texts.held_out, model.vocabulary), len(model.vocabulary)
    )
    return Measured(loss, counting_loss, order)
