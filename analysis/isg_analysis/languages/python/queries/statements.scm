; Statements: what binds names, opens branches, or decides what a function gives back.
; All bare: the handlers know a statement's parts by their order and labels, comments left out.

(block) @stmt.block
(expression_statement) @stmt.expression
(comment) @leaf.ignored
(line_continuation) @leaf.ignored

(assignment) @stmt.assign
(augmented_assignment) @stmt.augment
(named_expression) @expr.walrus

(return_statement) @stmt.return
(yield) @expr.yield
(delete_statement) @stmt.plain
(global_statement) @stmt.global
(nonlocal_statement) @stmt.nonlocal
(assert_statement) @stmt.assert
(raise_statement) @stmt.exit
(break_statement) @stmt.exit
(continue_statement) @stmt.exit

(if_statement) @stmt.if
(elif_clause) @branch.elif
(else_clause) @branch.else
(for_statement) @stmt.for
(while_statement) @stmt.while

(try_statement) @stmt.try
(except_clause) @branch.except
(finally_clause) @branch.finally

(with_statement) @stmt.with
(with_clause) @stmt.plain
(with_item) @branch.with
(as_pattern) @branch.as
(as_pattern_target) @pattern.target

(match_statement) @stmt.match
(case_clause) @branch.case
