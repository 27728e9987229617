"""What a result looks like to a person: by its type, or else by its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pkgutil import resolve_name

from charplay.commands.results import (
    Column,
    EventStream,
    Table,
    field_values,
    find_table,
    is_dataclass_value,
    is_rows,
    table_of,
)
from charplay.terminal.render.console import CharplayConsole, foreign
from charplay.terminal.render.tables import show_table

View = Callable[[object, CharplayConsole], None]

_NEXT = "charplay.insight.probabilities"
_RENDER = "charplay.terminal.render"

# By name, so that a view, and the handler that made its value, are imported when one is shown.
VIEWS: Mapping[str, str] = {
    "charplay.commands.corpora:CorpusChange": f"{_RENDER}.corpora:show_corpus_change",
    "charplay.commands.corpus_texts:CorpusPage": f"{_RENDER}.corpora:show_corpus_page",
    "charplay.commands.setting:SettingRow": f"{_RENDER}.help:show_setting",
    "charplay.commands.generating:StreamedAnswer": f"{_RENDER}.answers:show_streamed_answer",
    "charplay.commands.generating:StreamedNames": f"{_RENDER}.names:show_streamed_names",
    "charplay.commands.help:CommandList": f"{_RENDER}.help:show_command_list",
    "charplay.commands.help:CommandHelp": f"{_RENDER}.help:show_command_help",
    "charplay.commands.jobs:JobChange": f"{_RENDER}.runs:show_job_change",
    "charplay.commands.jobs:JobPage": f"{_RENDER}.runs:show_job_page",
    "charplay.commands.jobs:PrunedJobs": f"{_RENDER}.runs:show_pruned_jobs",
    "charplay.commands.keeping:MarkedAnswers": f"{_RENDER}.sessions:show_marked_answers",
    "charplay.commands.models:CurrentModel": f"{_RENDER}.models:show_current_model",
    "charplay.commands.models:ModelChange": f"{_RENDER}.models:show_model_change",
    "charplay.commands.models:ModelPage": f"{_RENDER}.models:show_model_page",
    "charplay.commands.name_stream:NameStream": f"{_RENDER}.names:show_name_stream",
    "charplay.commands.new_plugin:NewPlugin": f"{_RENDER}.new_plugin:show_new_plugin",
    "charplay.commands.plotting:LossPlot": f"{_RENDER}.plots:show_loss_plot",
    "charplay.commands.saving:SavedFile": f"{_RENDER}.saving:show_saved_file",
    "charplay.commands.sessions:SessionDone": f"{_RENDER}.sessions:show_session_done",
    "charplay.commands.surprising:SurpriseStream": f"{_RENDER}.surprise:show_surprise",
    "charplay.commands.training:BegunRun": f"{_RENDER}.runs:show_begun_run",
    "charplay.commands.training:Training": f"{_RENDER}.training:show_training",
    f"{_NEXT}:NextCharacters": f"{_RENDER}.probabilities:show_next_characters",
    "charplay.insight.text_score:TextScore": f"{_RENDER}.scores:show_text_score",
    "charplay.insight.whys:Why": f"{_RENDER}.whys:show_why",
    "charplay.commands.class_training:ClassTraining": f"{_RENDER}.studies:show_class_training",
    "charplay.insight.ablation:Ablation": f"{_RENDER}.units:show_ablation",
    "charplay.insight.classify:Classified": f"{_RENDER}.studies:show_classified",
    "charplay.insight.classify:ClassTest": f"{_RENDER}.studies:show_class_test",
    "charplay.insight.compare:Comparison": f"{_RENDER}.studies:show_comparison",
    "charplay.insight.finding:Findings": f"{_RENDER}.units:show_findings",
    "charplay.insight.memorised:Memorised": f"{_RENDER}.studies:show_memorised",
    "charplay.insight.states:StateDistances": f"{_RENDER}.units:show_state_distances",
    "charplay.insight.states:StatePicture": f"{_RENDER}.units:show_state_picture",
    "charplay.insight.units:UnitReading": f"{_RENDER}.units:show_unit_reading",
    "charplay.commands.position:SessionPosition": f"{_RENDER}.position:show_session_position",
    "charplay.commands.turns:Tree": f"{_RENDER}.sessions:show_tree",
}


def find_view(kind: type, views: Mapping[str, str] = VIEWS) -> View | None:
    """The view of a type, or of the nearest class that it is derived from."""
    for base in kind.__mro__:
        name = views.get(f"{base.__module__}:{base.__qualname__}")
        if name:
            view: View = resolve_name(name)
            return view
    return None


def show(value: object, console: CharplayConsole, views: Mapping[str, str] = VIEWS) -> None:
    """Print what a command returned."""
    view = find_view(type(value), views)
    if view:
        view(value, console)
    elif isinstance(value, Table):
        show_table(value, console)
    elif isinstance(value, EventStream):
        for event in value.events:
            show(event, console, views)
    elif is_rows(value) or isinstance(value, Mapping):
        table = find_table(value)
        assert table is not None
        show_table(table, console)
    elif is_dataclass_value(value):
        _show_fields(value, console)
    elif value is not None:
        _show_lines(value, console)


def _show_fields(value: object, console: CharplayConsole) -> None:
    """Print a line for each field, and a table for one that holds rows."""
    values = field_values(value)
    for name, part in values.items():
        column = Column(name)
        if is_rows(part):
            console.print(f"{column.header}:")
            show_table(table_of(part), console)
        else:
            text = column.text_of(values) or "no"
            console.print(foreign(f"{column.header}: {text}"))


def _show_lines(value: object, console: CharplayConsole) -> None:
    """Print a line, or the lines of a sequence or iterator."""
    lines = value if isinstance(value, Iterable) and not isinstance(value, str) else (value,)
    for line in lines:
        parts = line if isinstance(line, list | tuple) else (line,)
        console.print(foreign(", ".join(map(str, parts))))
