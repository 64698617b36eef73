; Definitions: what gets a symbol. Handlers know a definition's parts by their order and labels.

(module) @definition.module
(class_definition) @definition.class
(function_definition) @definition.function
(decorated_definition) @definition.decorated
(decorator) @branch.decorator
(type_alias_statement) @definition.alias

; Parameters. A plain identifier in a parameter list is labelled expr.name.
(parameters) @definition.parameters
(lambda_parameters) @definition.parameters
(default_parameter) @parameter.default
(typed_default_parameter) @parameter.default
(typed_parameter) @parameter.typed
(dictionary_splat_pattern) @parameter.stars
(keyword_separator) @parameter.keywords
(positional_separator) @parameter.positionals

; PEP 695 type parameters.
(constrained_type) @generic.bounded
(splat_type) @generic.splat
