; `use` trees and `extern crate`. Handlers: imports.py.
(use_declaration) @import.use
(extern_crate_declaration) @import.crate
(scoped_use_list) @use.scoped
(use_list) @use.list
(use_as_clause) @use.alias
(use_wildcard) @use.glob
