"""Graphs of symbols and modules: adjacency, components, reachability. networkx stays in here."""
