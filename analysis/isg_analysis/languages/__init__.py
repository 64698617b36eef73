"""Language packs: all that isg knows about a language, one folder each."""
