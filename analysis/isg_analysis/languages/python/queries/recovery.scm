; Headers that the parser could not finish: the name is kept. Run only over documents with errors.

(ERROR "def" . (identifier) @recovered.function)
(ERROR "class" . (identifier) @recovered.class)
