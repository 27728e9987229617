"""Commands that make something: models, names, texts."""

from charplay.commands.command import Command
from charplay.commands.families import arguments_name, handler_name

MAKING = (
    Command(
        "train",
        "train a model on a list of names or on prose",
        handler_name("training:train"),
        "charplay.jobs.choice:TrainingChoice",
        (
            "train dinosaurs",
            "train mynames.txt --name mine",
            "train products.csv --column name --epochs 30",
            "train titles.txt --kind names",
            "train newnames.txt --from mine",
            "train dinosaurs --recipe course-dinosaurs --updates 10000",
            "train dinosaurs --set hidden=256 learning-rate=0.003",
            "train surnames.csv --by language",
            "train authors --each --minutes 1",
        ),
    ),
    Command(
        "names",
        "new names from a model that was trained on names",
        handler_name("naming:find_names"),
        arguments_name("NamesArguments"),
        (
            "names",
            "names dinosaurs -n 20 --starts Ty --ends saurus --new",
            "names drugs --pattern '.*[aeiou]x' --max-length 9 --min-distance 2",
            "names --seed 7",
            "names --seed 7/3",
            "names drugs -n 200 --save names.csv",
        ),
    ),
    Command(
        "poem",
        "a poem that goes on from your opening line",
        handler_name("generating:write_poem"),
        arguments_name("PoemArguments"),
        (
            "poem Shall I compare thee to a winter's night",
            "poem --seed 7 --temperature 0.6 Let me not",
            "poem --model mine --lines 5 O for a line",
        ),
    ),
    Command(
        "sample",
        "text from a model, going on from a prompt",
        handler_name("generating:sample"),
        arguments_name("SampleArguments"),
        (
            'sample --prompt "Shall I compare" --lines 4',
            "sample --prompt @opening.txt --max-chars 1000",
            "sample -n 3 --top-p 0.9 --seed 42",
            "sample --greedy",
        ),
    ),
)
