"""Write RULES.md, the rule book: what every rule decides, from the docstrings of `rules.py`."""

from __future__ import annotations

import ast
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "RULES.md"
OPENING = """\
# Rule book

What is decided where, and why: written from the docstrings of the rules by `make docs`.
"""


def rules_of(file: Path) -> Iterator[tuple[str, str]]:
    """Signature and docstring of each public function and method of a file."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            said = ast.get_docstring(node)
            if said:
                returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
                yield f"{node.name}({ast.unparse(node.args)}){returns}", said


def book() -> str:
    """The whole rule book: a chapter per service and capability."""
    parts = [OPENING]
    service = ""
    for file in sorted(ROOT.glob("services/*/src/*/*/rules.py")):
        owner, capability = file.parts[-3], file.parts[-2]
        if owner != service:
            service = owner
            parts.append(f"\n## {service.capitalize()}\n")
        path = file.relative_to(ROOT).as_posix()
        parts.append(f"\n### {capability.replace('_', ' ').capitalize()} ([{path}]({path}))\n")
        for signature, said in rules_of(file):
            parts.append(f"\n**`{signature}`**\n\n{_quoted(said)}\n")
    return "".join(parts)


def _quoted(said: str) -> str:
    words, examples = said.partition(">>>")[::2]
    text = textwrap.dedent(words).strip()
    code = f"\n\n```python\n>>>{examples.rstrip()}\n```" if examples else ""
    return text + code


def main() -> None:
    """Write the book; `--check` only tells whether it is out of date."""
    text = book()
    if "--check" in sys.argv:
        sys.exit(
            0
            if BOOK.exists() and BOOK.read_text("utf-8") == text
            else f"{BOOK.name} is old: make docs"
        )
    BOOK.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
