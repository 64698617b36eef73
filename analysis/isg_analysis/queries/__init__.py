"""Questions about a view of the workspace: one module per question, plain functions, immutable answers.

A view comes first, then the place (document number, byte offset) or the symbols asked about.
"""

from isg_analysis.queries.aliases import alias_references
from isg_analysis.queries.answer import Answer, Hit, Limits, hit
from isg_analysis.queries.call_hierarchy import CallAnswer, Calls, callables, callees, callers
from isg_analysis.queries.definition import at, declaration, definition, meant, type_definition
from isg_analysis.queries.dispatched import implementations_at
from isg_analysis.queries.hover import Hover, hover
from isg_analysis.queries.identity import identified
from isg_analysis.queries.implementations import implementations
from isg_analysis.queries.lookup import Lookup, lookup
from isg_analysis.queries.outline import OutlineNode, outline
from isg_analysis.queries.references import highlights, references
from isg_analysis.queries.search import search
from isg_analysis.queries.spellings import spellings
from isg_analysis.queries.type_hierarchy import Kin, KinAnswer, subtypes, supertypes, types, types_at

__all__ = [
    "Answer", "CallAnswer", "Calls", "Hit", "Hover", "Kin", "KinAnswer", "Limits", "Lookup", "OutlineNode",
    "alias_references", "at",
    "callables", "callees", "callers", "declaration", "definition", "highlights", "hit", "hover", "identified",
    "implementations", "implementations_at",
    "lookup", "meant", "outline", "references", "search", "spellings", "subtypes", "supertypes", "type_definition",
    "types", "types_at",
]  # fmt: skip
