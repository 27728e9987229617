"""Commands of the conversation and its sessions."""

from charplay.commands.command import Command
from charplay.commands.families import arguments_name, handler_name

CONVERSATION = (
    Command("undo", "go back one turn", handler_name("turns:undo")),
    Command("redo", "go forward to the turn last undone", handler_name("turns:redo")),
    Command(
        "retry",
        "ask the last turn's question again, with the next seed",
        handler_name("turns:retry"),
        arguments_name("RetryArguments"),
        ("retry", "retry --seed 7", "retry --temperature 0.5"),
    ),
    Command(
        "branch",
        "begin a branch with the next turn",
        handler_name("turns:begin_branch"),
        arguments_name("BranchArguments"),
        ("branch", "branch darker"),
    ),
    Command(
        "goto",
        "go to another turn or branch",
        handler_name("turns:goto"),
        arguments_name("GotoArguments"),
        ("goto 3", "goto darker", "goto 0"),
    ),
    Command("tree", "show the session's turns and branches", handler_name("turns:show_tree")),
    Command(
        "keep",
        "mark answers as favourites",
        handler_name("keeping:keep_answers"),
        arguments_name("KeepArguments"),
        ("keep", "keep 1 3", "keep 2-4", "keep Novasol", "keep 3 --turn 2"),
    ),
    Command(
        "unkeep",
        "take answers from the favourites",
        handler_name("keeping:unkeep_answers"),
        arguments_name("KeepArguments"),
        ("unkeep", "unkeep 3", "unkeep Novasol"),
    ),
    Command(
        "kept",
        "list the favourites of the session, or of all sessions",
        handler_name("keeping:list_kept"),
        arguments_name("KeptArguments"),
        ("kept", "kept --all --format csv"),
    ),
    Command(
        "sessions",
        "list the sessions; search, rename, delete, import, check, repair",
        examples=("sessions", "sessions search winter", "sessions rename talk-1 winter"),
        actions=(
            Command(
                "list",
                "list the sessions, the last used first",
                handler_name("sessions:list_sessions"),
            ),
            Command(
                "search",
                "list the sessions that hold a text",
                handler_name("sessions:search_sessions"),
                arguments_name("SearchSessionsArguments"),
                ("sessions search winter",),
            ),
            Command(
                "rename",
                "give a session another name",
                handler_name("sessions:rename_session"),
                arguments_name("RenameSessionArguments"),
                ("sessions rename talk-1 winter",),
            ),
            Command(
                "delete",
                "delete a session with all its turns",
                handler_name("sessions:delete_session"),
                arguments_name("DeleteSessionArguments"),
                ("sessions delete winter",),
                destroys=True,
            ),
            Command(
                "import",
                "take in a session that was exported as .json",
                handler_name("sessions:import_session"),
                arguments_name("ImportSessionArguments"),
                ("sessions import winter.json --name spring",),
            ),
            Command(
                "check",
                "read everything in the file of the sessions, and say what is wrong with it",
                handler_name("repairing:check_sessions"),
                examples=("sessions check",),
            ),
            Command(
                "repair",
                "keep what can be read of damaged sessions; a copy of the file stays beside it",
                handler_name("repairing:repair_sessions"),
                examples=("sessions repair",),
            ),
        ),
    ),
    Command(
        "session",
        "continue another session, or start one",
        handler_name("sessions:switch_session"),
        arguments_name("SessionArguments"),
        ("session", "session winter"),
    ),
    Command(
        "export",
        "write the session to a file",
        handler_name("exporting:export_session"),
        arguments_name("ExportArguments"),
        ("export winter.md", "export winter.html", "export winter.json", "export winter.csv"),
    ),
)
