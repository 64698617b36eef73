#!/usr/bin/env python3
"""Prints a journal's register."""

import sys

from ledger import open_store, reports


def main(place: str, name: str) -> None:
    with open_store(place) as store:
        print(reports.register(store.load(name)))


if __name__ == "__main__":
    main(*sys.argv[1:3])
