"""The small faults that a tired engineer makes, one at a time, in the text of a module.

Words and data are left alone: annotations, docstrings, decorators, and what is only imported for
types. Each fault replaces one node of the syntax tree, so the rest of the file keeps its lines.
"""

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from textwrap import dedent

_SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
# A module's own size or limit was tuned by hand: another would do as well.
_LITERAL = (ast.Constant, ast.Tuple, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Load)
# That the lengths of what is zipped are equal.
_ONLY_A_CHECK = "strict"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Fault:
    """One fault: the bytes from `start` to `end` of a module's source become `new`.

    at_load: in what is done when the module is loaded, and not when a function is called.
    """

    line: int
    start: int
    end: int
    old: str
    new: str
    at_load: bool

    def put_into(self, source: str) -> str:
        """The source with the fault in it."""
        data = source.encode()
        return (data[: self.start] + self.new.encode() + data[self.end :]).decode()

    def __str__(self) -> str:
        old, new = _one_spelling(self.old), _one_spelling(self.new)
        differs = (
            at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other
        )
        begin = max(0, next(differs, 0) - 30)
        return f"{_short(old[begin:])}  →  {_short(new[begin:])}"


def find_faults(source: str) -> list[Fault]:
    """All faults that can be put into a module, in the order of its lines."""
    tree = ast.parse(source)
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    faults = []
    for node, at_load in _code_nodes(tree):
        for part, changed in _changed_parts(node):
            start = starts[part.lineno - 1] + part.col_offset
            end = starts[(part.end_lineno or 0) - 1] + (part.end_col_offset or 0)
            new = ast.unparse(changed)
            new = f"({new})" if isinstance(changed, ast.expr) else new  # else it may bind otherwise
            old = source.encode()[start:end].decode()
            faults.append(Fault(part.lineno, start, end, old, new, at_load))
    return sorted(faults, key=lambda fault: (fault.start, fault.end, fault.new))


def _code_nodes(node: ast.AST, at_load: bool = True) -> Iterator[tuple[ast.expr | ast.stmt, bool]]:
    """Every statement and expression that does something, and whether when the module is loaded."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases"):
            continue
        at_once = at_load and not (isinstance(node, _FUNCTIONS) and name == "body")
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_left_alone(child):
                continue
            if isinstance(child, ast.expr | ast.stmt):
                yield child, at_once
            yield from _code_nodes(child, at_once)


def _is_left_alone(node: ast.AST) -> bool:
    """Whether a node holds words or types alone."""
    if isinstance(node, ast.Assign) and node.col_offset == 0:
        return all(isinstance(part, _LITERAL) for part in ast.walk(node.value))
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in ("cast", "TypeVar", "logging.getLogger")
    if isinstance(node, ast.FunctionDef):
        return node.name == "__repr__"
    if isinstance(node, ast.keyword):
        return node.arg == _ONLY_A_CHECK
    return isinstance(node, ast.JoinedStr | ast.Assert | ast.Import | ast.ImportFrom | ast.Raise)


def _changed_parts(node: ast.expr | ast.stmt) -> Iterator[tuple[ast.expr | ast.stmt, ast.AST]]:
    """The part of a node that a fault changes, and what it becomes, for each fault it can have."""
    test = node.test if isinstance(node, ast.If | ast.IfExp | ast.While) else None
    if test and not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):  # have their own
        yield test, ast.UnaryOp(ast.Not(), test)
    for make in _KINDS.get(type(node), ()):
        for changed in make(node):
            yield node, changed


def _swap_comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for at, operator in enumerate(node.ops):
        changed = deepcopy(node)
        changed.ops[at] = _SWAPPED[type(operator)]()  # type: ignore[call-overload]
        yield changed


def _swap_operator(node: ast.BinOp | ast.BoolOp | ast.AugAssign) -> Iterator[ast.AST]:
    if type(node.op) in _SWAPPED and not _holds_text(node):
        changed = deepcopy(node)
        changed.op = _SWAPPED[type(node.op)]()  # type: ignore[assignment]
        yield changed


def _holds_text(node: ast.AST) -> bool:
    """Whether one side is a text: joined texts cannot be parted, which shows at once."""
    return any(
        isinstance(part, ast.JoinedStr)
        or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in ast.iter_child_nodes(node)
    )


def _drop_not(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _change_constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)


def _drop_statement(node: ast.Expr | ast.Delete) -> Iterator[ast.AST]:
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.Yield)):
        yield ast.Pass()


def _drop_assignment(node: ast.Assign | ast.AugAssign) -> Iterator[ast.AST]:
    """A value that is not noted; a plain name would be missing at once."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if any(isinstance(target, ast.Attribute | ast.Subscript) for target in targets):
        yield ast.Pass()


def _drop_keyword(node: ast.Call) -> Iterator[ast.AST]:
    for at, keyword in enumerate(node.keywords):
        if keyword.arg not in (None, _ONLY_A_CHECK):
            changed = deepcopy(node)
            del changed.keywords[at]
            yield changed


def _return_nothing(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is not None and not isinstance(node.value, ast.Constant):
        yield ast.Return(ast.Constant(None))


def _leave_loop(node: ast.Continue) -> Iterator[ast.AST]:
    yield ast.Break()


def _go_on(node: ast.Break) -> Iterator[ast.AST]:
    yield ast.Continue()


_KINDS: dict[type[ast.AST], tuple[Callable[..., Iterator[ast.AST]], ...]] = {
    ast.Compare: (_swap_comparison,),
    ast.BinOp: (_swap_operator,),
    ast.BoolOp: (_swap_operator,),
    ast.UnaryOp: (_drop_not,),
    ast.Constant: (_change_constant,),
    ast.Expr: (_drop_statement,),
    ast.Delete: (_drop_statement,),
    ast.Assign: (_drop_assignment,),
    ast.AugAssign: (_swap_operator, _drop_assignment),
    ast.Call: (_drop_keyword,),
    ast.Return: (_return_nothing,),
    ast.Continue: (_leave_loop,),
    ast.Break: (_go_on,),
}


def _one_spelling(code: str) -> str:
    """A part of a module as Python itself would write it; an expression may go over many lines."""
    try:
        return ast.unparse(ast.parse(f"({code})"))
    except SyntaxError:
        return ast.unparse(ast.parse(dedent(code)))


def _short(code: str) -> str:
    """The first words of some code, on one line."""
    words = " ".join(code.split())
    return words if len(words) <= 70 else words[:69] + "…"
