; Imports. A dotted name's parts are its identifiers; a relative import's prefix is its dots.

(import_statement) @import.module
(import_from_statement) @import.from
(wildcard_import) @import.star
(aliased_import) @import.aliased
(dotted_name) @import.dotted
(relative_import) @import.relative
(import_prefix) @import.dots
(future_import_statement) @leaf.ignored
