"""Context for language models: the smallest useful slice of a workspace around some symbols, within a budget of tokens.

    neighbourhood  what is near, and how near: a bounded walk and personalised PageRank
    slices         the parts of the answer in the order in which they are wanted
    packing        as many of them as the budget allows, none of them cut
    rendering      Markdown for people and models, JSON for programs
    tokens         how many tokens a text has

The same view and question give the same bytes, on any machine.
"""

from isg_analysis.context.packing import Context, Request, TooSmallError, context
from isg_analysis.context.rendering import as_json, as_markdown
from isg_analysis.context.tokens import Tokenizer, count_tokens

__all__ = ["Context", "Request", "Tokenizer", "TooSmallError", "as_json", "as_markdown", "context", "count_tokens"]
