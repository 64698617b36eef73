import pathlib

from ledger import journal as journals

from . import _base as base


class FileStore(base.Store):
    """One text file per journal."""

    def __init__(self, place: str) -> None:
        self.directory = pathlib.Path(place)

    def load(self, name: str) -> journals.Journal:
        journal = journals.Journal()
        for line in self._file(name).read_text().splitlines():
            journal.enter(self._entry(line))
        return journal

    def save(self, name: str, journal: journals.Journal) -> None:
        self._file(name).write_text("\n".join(entry.text for entry in journal))

    def _file(self, name: str) -> pathlib.Path:
        return self.directory / f"{name}.journal"

    @staticmethod
    def _entry(line: str) -> journals.Entry:
        from datetime import date

        return journals.Entry(date.today(), line)
