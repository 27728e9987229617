"""`score`: the loss of a model on a text, and what that means."""

from dataclasses import replace

from charplay.blas import one_blas_thread
from charplay.commands.context import Context
from charplay.commands.insight_arguments import ScoreArguments
from charplay.commands.request import Request
from charplay.commands.streamed_text import check_known, text_pieces, until_interrupted
from charplay.insight.adapting import AdaptiveScorer
from charplay.insight.text_score import TextScore, TextScorer
from charplay.insight.yardsticks import CountingReader, counting_yardstick, measured_counting
from charplay.text.typed.streaming import StreamAdmission


def score_text(context: Context, request: Request) -> TextScore:
    """The loss of a text, which is read as it comes; Ctrl-C keeps what there is."""
    arguments = request.fill(ScoreArguments)
    opened = context.model(arguments.model)
    pieces = text_pieces(context, request, "text")
    local = context.library.text(opened.name, opened.path)
    yardstick = counting_yardstick(opened.header, local, context.corpora, context.cache_home)
    counted, model = yardstick.counted, opened.model
    scorer = TextScorer(model, CountingReader(counted, model.opening_token) if counted else None)
    admission = StreamAdmission(model.vocabulary)
    backend = context.registry.backends.find(opened.header.backend)
    adaptive = AdaptiveScorer(model, backend) if arguments.adaptive else None
    with context.environment.interrupts() as interrupts, one_blas_thread():
        admitted = admission.admit(until_interrupted(pieces, interrupts))
        for piece in scorer.read(admitted, lambda: interrupts.count > 0):
            if adaptive:
                adaptive.read(piece)
        context.interrupted = interrupts.count > 0
    check_known(opened, scorer.characters, admission, context.interrupted)
    notices = (yardstick.notice, admission.admitted.notice, adaptive.notice if adaptive else "")
    score = scorer.score(opened.name, opened.header.held_out_loss)
    if adaptive:
        score = score.with_adapted(adaptive.total, adaptive.by)
    return replace(
        score,
        counting_order=counted.order if counted else None,
        held_out_counting=measured_counting(opened.header)[1],
        interrupted=context.interrupted,
        notices=tuple(filter(None, notices)),
    )
