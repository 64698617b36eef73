"""The instruments: `python -m bench` measures isg on real code, against floors measured in the same run.

One file per measurement, each with `measure(setting) -> list[Row]`. What they share: `corpus` (what is
measured on), `client` (a small LSP client), `running` (processes, their time and memory), `table`.
`python -m bench.demo` is the guided tour of `make demo`.
"""
