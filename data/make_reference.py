"""Write `reports/reference/` from the schema, the commands and the docstrings: ``python data/make_reference.py``."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args, get_type_hints

from typer.models import ArgumentInfo

import optimizer
from optimizer import cli
from optimizer.plan.measure_tables import MEASURES
from optimizer.plan.tables import CHECKS, KEPT, Table
from optimizer.scenario.checks import RULES as CHECKED
from optimizer.scenario.schema import MODELS, REQUIRED_SHEETS, Row, Settings, extra, headers
from optimizer.verify.verify import COVERED_BY, RULES
from optimizer.workbook.readme import about_input, bounds, default, meaning

FOLDER = Path(__file__).parents[1] / "reports" / "reference"
MODEL = Path(optimizer.__file__).parent / "model"
FAMILIES = ("shifts", "weekends", "projects", "production", "supply", "stock", "demand", "funding", "targets")
KINDS = {Path: "path", str: "text", float: "number", int: "whole number", bool: "switch"}
MADE = "Made by `python data/make_reference.py`; changes belong into what it is made from."


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Return the pages by the names of their files."""
    written = {
        "workbook.md": ("The workbook: every sheet and column", _workbook()),
        "commands.md": ("Every command", _commands()),
        "constraints.md": ("The model: every objective and constraint", _constraints()),
        "results.md": ("Every result table", _results()),
    }
    index = [f"- [{title}]({name})" for name, (title, _) in written.items()]
    written = {"README.md": ("Reference", iter(["\n".join(index)])), **written}
    return {name: "\n\n".join([f"# {title}", MADE, *parts]) + "\n" for name, (title, parts) in written.items()}


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(text) for text in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return re.sub(r"<(?=\w)", "&lt;", " ".join(text.split()).replace("|", "\\|"))


# -- workbook ----------------------------------------------------------------------------------------
SETTINGS = " A row for each setting, in two columns: `name` and `value`. In Python `scenario.settings`."


def _workbook() -> Iterator[str]:
    for heading, lines in about_input():
        yield f"## {heading}"
        yield "\n".join(f"- {line}" for line in lines)
    for model in MODELS:
        yield f"## {model.sheet}"
        needed = "Required." if model.sheet in REQUIRED_SHEETS else "Optional."
        key = f" Key: {', '.join(headers(model)[name] for name in model.key)}." if model.key else ""
        python = SETTINGS if model is Settings else f" In Python `scenario.{model.table}`."
        yield f"{model.meaning} {needed}{key}{python}"
        names = [name for name in headers(model) if name != "note"]
        yield table(
            ("name" if model is Settings else "column", "in Python", "meaning", "unit", "default", "allowed"),
            (_column(model, name) for name in names),
        )
    yield "## Rules across rows"
    yield "\n".join(f"- {_sentence(rule.find.__doc__)}" for rule in CHECKED)


def _column(model: type[Row], name: str) -> tuple[str, ...]:
    column = model.model_fields[name]
    refers_to = extra(model, name, "refers_to")
    allowed = "; ".join(filter(None, (bounds(model, name), f"one of {refers_to}" if refers_to else "")))
    kept = "required" if column.is_required() else default(model, name)
    return headers(model)[name], f"`{name}`", meaning(model, name), extra(model, name, "unit"), kept, allowed


def _sentence(text: str | None) -> str:
    """Return the first paragraph of a docstring in one line."""
    return " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())


# -- commands ----------------------------------------------------------------------------------------
def _commands() -> Iterator[str]:
    yield inspect.cleandoc(cli.__doc__ or "").split("\n\n", 1)[1]
    for command in cli.app.registered_commands:
        function = command.callback
        assert function is not None
        yield f"## optimizer {function.__name__}"
        yield inspect.cleandoc(function.__doc__ or "")
        hints = get_type_hints(function, include_extras=True)
        given = inspect.signature(function).parameters.values()
        rows = (_parameter(part.name, hints[part.name], part.default) for part in given)
        yield table(("", "what", "kind", "default"), rows)
        yield f"`{str(command.epilog).splitlines()[0].removeprefix('Example: ')}`"


def _parameter(name: str, hint: Any, value: Any) -> tuple[str, ...]:
    kind, described = get_args(hint)
    written = (described.default, *(described.param_decls or ()))  # of an annotation, the first name stands there
    options = [option for option in written if str(option).startswith("-")] or [f"--{name.replace('_', '-')}"]
    names = name.upper() if isinstance(described, ArgumentInfo) else ", ".join(options)
    kind = next(words for known, words in KINDS.items() if kind is known or known in get_args(kind))
    if described.min is not None:
        kind += f", at least {described.min:g}"
    if described.max is not None:
        kind += f", at most {described.max:,}"
    kept = described.show_default if isinstance(described.show_default, str) else ""
    if value is inspect.Parameter.empty:
        kept = "required"
    elif value is not None and not kept:
        kept = "off" if value is False else f"{value:g}" if isinstance(value, float) else str(value)
    return f"`{names}`", described.help or "", kind, kept


# -- constraints -------------------------------------------------------------------------------------
def _constraints() -> Iterator[str]:
    yield (
        "One family is one file in `optimizer/model/`; its index sets, in upper case, are built in "
        "`optimizer/model/index/`. Each constraint is recomputed from a plan's tables by a rule in `optimizer/verify/`."
    )
    yield "## Objectives"
    functions = _functions(ast.parse((MODEL / "objectives.py").read_text("utf-8")))
    for name in ("shortfall", "speed", "cost", "weighted"):
        yield from _formula(name, functions[name], "")
    for family in FAMILIES:
        tree = ast.parse((MODEL / f"{family}.py").read_text("utf-8"))
        functions = _functions(tree)
        yield f"## {family.capitalize()}"
        yield inspect.cleandoc(ast.get_docstring(tree) or "")
        yield f"Variables: {_sentence(ast.get_docstring(functions['add_variables'])).removeprefix('Declare ')}"
        for name, rows, rule in _stated(tree):
            yield from _formula(name, functions[rule], rows)


def _functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _stated(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    """Yield name, index set and rule of every constraint that a family puts on the model."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)):
            continue
        target, call = node.targets[0], node.value
        if isinstance(target, ast.Attribute) and ast.unparse(call.func) == "pyo.Constraint":
            rule = next(ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg == "rule")
            yield target.attr, ", ".join(map(ast.unparse, call.args)), rule


def _formula(name: str, function: ast.FunctionDef, rows: str) -> Iterator[str]:
    yield f"### {name}"
    formula, _, words = inspect.cleandoc(ast.get_docstring(function) or "").partition("\n\n")
    if rows:
        yield f"```\n{formula}\n```"
        yield f"Rows ({', '.join(argument.arg for argument in function.args.args[1:])}): `{rows}`."
    else:
        yield formula
    if words:
        yield words
    if rows:
        rule = name if name in RULES else COVERED_BY[name]
        yield f"Verified by `{rule}`: {_sentence(RULES[rule].__doc__)}"


# -- results -----------------------------------------------------------------------------------------
def _results() -> Iterator[str]:
    yield (
        "Each is a pandas DataFrame of a plan, `plan.starts` say. Months are the first day of a period, quantities are "
        "per period in the item's unit, money is undiscounted in whole units of the currency; nothing is rounded."
    )
    yield "## What a plan keeps"
    yield "A report carries these; all others are worked out from them."
    yield from map(_table, KEPT.values())
    yield "## What is measured"
    yield from map(_table, MEASURES.values())
    yield "## What the verifier says"
    yield _table(CHECKS)


def _table(result: Table) -> str:
    columns = ((column.header, f"`{column.name}`", column.meaning, column.unit) for column in result.columns)
    listed = table(("column", "in Python", "meaning", "unit"), columns)
    return f"### {result.name}\n\nA row: {result.row}.\n\n{listed}"


if __name__ == "__main__":
    main()
