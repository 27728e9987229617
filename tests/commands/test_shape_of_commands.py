"""What each command declares beside what its help tells, as a process of its own reads it.

Of an argument that is typed without a name, or that Tab completes: `!` it is required, `…` it takes
several, `"` the rest of the line as typed, and after `<` what completes it.
"""

from charplay.commands.builtin import all_commands
from charplay.commands.command import flag_and_value
from charplay.plugins.registry import Registry

SHAPES = """
train: CORPUS <corpus|file, --recipe <recipe, --backend <backend, --from <model|run,
    --set … <training-option
names: MODEL <model, --against <corpus|file
poem: LINE … " <@file, --model <model
sample: MODEL <model, --prompt <@file
undo:
redo:
retry:
branch: NAME
goto: TURN! <turn
tree:
keep: ANSWER … …, --turn <turn-number
unkeep: ANSWER … …, --turn <turn-number
kept:
sessions:
sessions list:
sessions search: TEXT " !
sessions rename: SESSION! <session, NAME!
sessions delete, destroys: SESSION! <session
sessions import: FILE! <file
sessions check:
sessions repair:
session: NAME <session
export: FILE! <file
probs, draws: TEXT|@FILE " <@file, --model <model, --turn <turn-number
why, draws: PLACE ", --turn <turn-number
pick: TEXT ", --model <model
surprise, draws: TEXT|@FILE " <@file, --model <model
score, draws: TEXT|@FILE " <@file, --model <model
neurons, draws: TEXT|@FILE " <@file, --model <model
state, draws: --turn <turn-number, --against <turn-number, --model <model
compare, draws: MODEL[:TEMPERATURE] … … ! <model
classify, draws: TEXT|@FILE " <@file, --models <model
memorised, draws: MODEL <model
models:
models list:
models show: MODEL! <model
models add: FILE|URL! <file
models export: MODEL! <model, FILE <file
models rename: MODEL! <model, NAME!
models remove, destroys: MODEL! <model
models prune, destroys:
model: MODEL <model
corpora:
corpora list:
corpora show: CORPUS|FILE! <corpus|file
corpora add: FILE! <file
corpora remove, destroys: CORPUS! <corpus
corpora fetch: CORPUS! <corpus
jobs:
jobs list:
jobs show: RUN <run
jobs stop: RUN <run
jobs checkpoint: RUN <run
jobs resume: RUN <run, --set … <training-option
jobs remove, destroys: RUN! <run
jobs prune, destroys: N
plot: RUN|MODEL|FILE.svg … … <run|model|file
backends:
recipes:
plugins:
plugins list:
plugins show: PLUGIN! <plugin
plugins check: PLUGIN! <plugin
plugins disable: PLUGIN! <plugin
plugins enable: PLUGIN! <plugin
plugins trace: PLUGIN! <plugin
plugins new: NAME!
set: OPTION <setting, VALUE <setting-value
macro: NAME = LINE " <macro
help: COMMAND <command, ACTION <action
edit: TEXT "
completion:
completion bash:
completion zsh:
completion fish:
completion words: WORD … …
completion line: LINE "
quit:
charplay: --model <model, --session <session, --plugin … <file
"""
# What may stand before a command, and what after any.
PROGRAM = """
-c, --command LINE: text (())
--stop-on-error: on or off (False)
-m, --model MODEL: text (None) <model
--threads N: a whole number from 1 to 1,024 (None)
--session NAME: text (None) <session
--new: on or off (False)
--no-session: on or off (False)
--plugin FILE: text (()) <file
--no-plugins: on or off (False)
-q, --quiet: on or off (False)
--debug: on or off (False)
-V, --version: on or off (False)
--format FORMAT: one of text, lines, csv, excel, json (text)
--excel: on or off (False)
-h, --help: on or off (False)
--format FORMAT: one of text, lines, csv, excel, json (text)
--excel: on or off (False)
-h, --help: on or off (False)
--save FILE: text (None) <file
"""
CODE = """
from charplay.commands.program import CHARPLAY
from charplay.commands.reader import RESULT_OPTIONS
from tests.commands.test_shape_of_commands import program_option, shapes_of, table
for command in (*table(), CHARPLAY):
    for shape in shapes_of(command):
        print(shape)
for option in (*CHARPLAY.options, *RESULT_OPTIONS):
    print(program_option(option))
"""


def table():
    """Charplay's own commands."""
    return all_commands(Registry()).values()


def program_option(option):
    """An option as it is typed, with its values, its default, and what completes it."""
    completed = f" <{option.completes}" if option.completes else ""
    return f"{flag_and_value(option)}: {option.domain} ({option.default}){completed}"


def shapes_of(command, above=""):
    """The lines of a command and of its actions."""
    marks = [mark for mark in ("destroys", "draws") if getattr(command, mark)]
    arguments = filter(None, map(shape_of, command.options))
    yield f"{', '.join([above + command.name, *marks])}: {', '.join(arguments)}".rstrip()
    for action in command.actions:
        yield from shapes_of(action, f"{command.name} ")


def shape_of(option):
    """An argument that is typed without a name, or that is completed."""
    if not (option.positional or option.completes):
        return ""
    name = option.placeholder if option.positional else f"--{option.typed_name}"
    signs = {" …": option.many, ' "': option.verbatim, "!": option.required}
    signs_in = "".join(sign for sign, has in signs.items() if has)
    completed = f" <{option.completes}" if option.completes else ""
    return f"{name}{signs_in}{completed}".replace("…!", "… !").replace('"!', '" !')


def test_each_command_takes_the_arguments_and_completes_the_names_that_it_should(process):
    said = process(python=("-c", CODE))
    assert said.err == ""
    written = SHAPES.replace(",\n   ", ",") + PROGRAM
    assert said.lines == [line for line in written.splitlines() if line]


def test_the_pages_of_commands_and_keys_say_what_a_new_process_declares(process):
    said = process("--check", python=("-m", "docs.reference"))
    assert (said.status, said.told) == (0, "")
