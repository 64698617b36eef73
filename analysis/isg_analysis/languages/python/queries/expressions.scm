; Expressions and types. Bare patterns cost nothing per node: prefer them.

(identifier) @expr.name
(attribute) @expr.member
(member_type) @expr.member
(call) @expr.call
(argument_list) @expr.arguments
(keyword_argument) @expr.keyword
(subscript) @expr.index
(generic_type) @type.generic
(type_parameter) @type.arguments
(union_type) @type.union
(type) @type.any
(parenthesized_expression) @expr.passed

(string) @expr.str
(concatenated_string) @expr.strings
(integer) @literal.int
(float) @literal.float
(true) @literal.bool
(false) @literal.bool
(none) @literal.none
(ellipsis) @literal.ellipsis
(comparison_operator) @expr.compare
(not_operator) @expr.not
(unary_operator) @expr.unary
(binary_operator) @expr.binary
(boolean_operator) @expr.boolean
(conditional_expression) @expr.conditional
(await) @expr.await

(list) @expr.list
(set) @expr.set
(tuple) @expr.tuple
(expression_list) @expr.tuple
(dictionary) @expr.dict
(pair) @expr.pair
(list_splat) @expr.star
(dictionary_splat) @expr.stars
(slice) @stmt.plain

(lambda) @expr.lambda
(list_comprehension) @comprehension.list
(set_comprehension) @comprehension.set
(generator_expression) @comprehension.generator
(dictionary_comprehension) @comprehension.dict
(for_in_clause) @comprehension.for
(if_clause) @comprehension.if
