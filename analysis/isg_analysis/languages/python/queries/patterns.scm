; Match patterns and destructuring targets.

(pattern_list) @pattern.list
(tuple_pattern) @pattern.list
(list_pattern) @pattern.list
(list_splat_pattern) @pattern.star

(case_pattern) @case.any
(class_pattern) @case.class
(keyword_pattern) @case.keyword
(dict_pattern) @case.dict
(union_pattern) @case.union
(splat_pattern) @case.star
