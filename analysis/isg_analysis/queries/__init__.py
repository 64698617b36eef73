"""Questions about a view of the workspace: one module per question, plain functions, immutable answers.

A view comes first, then the place (document number, byte offset) or the symbols asked about.
"""

from isg_analysis.queries.answer import Answer, Hit, Limits, hit
from isg_analysis.queries.definition import at, declaration, definition, type_definition
from isg_analysis.queries.hover import Hover, hover
from isg_analysis.queries.implementations import implementations
from isg_analysis.queries.lookup import Lookup, lookup
from isg_analysis.queries.outline import OutlineNode, outline
from isg_analysis.queries.references import highlights, references
from isg_analysis.queries.search import search

__all__ = [
    "Answer", "Hit", "Hover", "Limits", "Lookup", "OutlineNode", "at", "declaration", "definition", "highlights",
    "hit", "hover", "implementations", "lookup", "outline", "references", "search", "type_definition",
]  # fmt: skip
