"""The Model Context Protocol: the graph's questions as tools for coding agents (`isg mcp`).

protocol  what may be said when: messages, the handshake, cancelling
tools     which tools there are, what they take and give
freshness the index behind them, looked after while they are asked
"""
