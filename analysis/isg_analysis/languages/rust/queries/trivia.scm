; Comments and attributes stand between other nodes anywhere. Handlers: attributes.py.
(line_comment) @trivia.comment
(block_comment) @trivia.comment
(attribute_item) @trivia.attribute
(inner_attribute_item) @trivia.inner
(shebang) @leaf.ignored
