; Patterns. An identifier in a pattern is `expr.name` to the walk; patterns.py decides what it binds.
(tuple_struct_pattern) @pattern.variant
(struct_pattern) @pattern.struct
(field_pattern) @pattern.field
(shorthand_field_identifier) @pattern.shorthand
(tuple_pattern) @pattern.tuple
(slice_pattern) @pattern.slice
(or_pattern) @pattern.or
(captured_pattern) @pattern.captured
(reference_pattern) @pattern.reference
(ref_pattern) @pattern.ref
(mut_pattern) @pattern.mut
(remaining_field_pattern) @pattern.rest
(range_pattern) @pattern.range
(match_pattern) @pattern.match
(negative_literal) @literal.number
