"""The names that charplay offers to plugins, and that its own plugins use no others."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

import charplay
import charplay.testing

ROOT = Path(charplay.__file__).parent.parent
FOLDERS = (ROOT / "plugins", ROOT / "corpora" / "charplay_corpora")
# The kit is for the tests of plugins.
PUBLIC = {"charplay": charplay._PUBLIC, "charplay.testing": dir(charplay.testing)}
MODULES = sorted(path for folder in FOLDERS for path in folder.rglob("*.py"))


def declared():
    """For a type checker: each public name, by the module that it comes from."""
    tree = ast.parse(Path(charplay.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    assert ast.unparse(block.test) == "TYPE_CHECKING"
    found = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            assert alias.asname == alias.name, "a name is exported by saying it twice"
            found[alias.name] = node.module
    return found


def imported(path):
    """(module, name or nothing) of every import from charplay in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node.module, alias.name) for alias in node.names)


def test_what_a_type_checker_sees_is_what_can_be_imported():
    assert declared() == charplay._PUBLIC


@pytest.mark.parametrize("name", sorted(charplay._PUBLIC.keys() - {"models"}))
def test_every_public_name_can_be_loaded(name):
    assert getattr(charplay, name) is getattr(import_module(charplay._PUBLIC[name]), name)
    assert name in dir(charplay)


@pytest.mark.parametrize("before", ["", "import charplay.models.library"])
def test_models_can_be_called_before_and_after_the_package_of_that_name_is_imported(
    process, before
):
    code = f"import charplay\n{before}\nprint(*(model.name for model in charplay.models()))"
    said = process(python=("-c", code))
    assert (said.status, said.err) == (0, "")
    assert {"dinosaurs", "shakespeare"} <= set(said.out.split())
    assert "models" in dir(charplay)


def test_dir_lists_public_names_alone_also_after_their_modules_are_imported():
    import_module("charplay.text.corpus")
    assert dir(charplay) == sorted(["__version__", *charplay._PUBLIC])


def test_a_name_that_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="Nonsense"):
        charplay.Nonsense  # noqa: B018


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_plugin_imports_only_public_names(path):
    for module, name in imported(path):
        if module.split(".")[0] == "charplay":
            assert module in PUBLIC, f"{module} is not public"
            assert not name or name in PUBLIC[module], f"{name} is not public"


def test_there_are_plugins_to_look_at():
    assert len(MODULES) > 4
