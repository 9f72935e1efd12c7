"""`merge --data`: the merged figures as CSV, JSON and Parquet in a folder, all of them or none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tianbao.cli.output import joined, make_folder, refuse_other, tell, write_output
from tianbao.cli.usage import MissingError

if TYPE_CHECKING:
    from tianbao.merge.merge import Merged

data_option = click.option("--data", "data_folder", metavar="DIR")
parquet_option = click.option("--parquet", "with_parquet", is_flag=True)


@dataclass(frozen=True, slots=True)
class DataWanted:
    """Where the data is wanted, and how.

    Attributes:
        folder: None where none is wanted.
        force: write over what is there.
        dry_run: only tell what would be written.
    """

    folder: Path | None
    parquet: bool
    force: bool
    dry_run: bool

    def write(self, merged: Merged) -> None:
        """Write the data of a merge where it is wanted, and tell what lies where.

        Raises:
            ExistsError: another file is there; none was written.
            WriteError: a file cannot be written.
        """
        from tianbao.reports.data import PARQUET, PLAIN, data_files, unchanged_files

        if self.folder is None:
            return
        facts = {"folder": str(self.folder), "names": joined((*PLAIN, *(PARQUET if self.parquet else ())))}
        if self.dry_run:
            tell("cli.merge.data.would", **facts)
            return
        files = data_files(merged, parquet=self.parquet)
        if not self.force:
            own = unchanged_files(self.folder)
            for name, data in files.items():
                if name not in own:
                    refuse_other(self.folder / name, data)
        make_folder(self.folder)
        for name, data in files.items():
            write_output(self.folder / name, data, force=True)
        tell("cli.merge.data.done", **facts)
        old = [name for name in PARQUET if name not in files and (self.folder / name).exists()]
        if old:
            tell("cli.merge.data.old", folder=str(self.folder), names=joined(old))


def data_wanted(context: click.Context, folder: str | None, *, parquet: bool, force: bool, dry_run: bool) -> DataWanted:
    """Understand the options, and say at once what cannot be done.

    Raises:
        MissingError: Parquet is wanted, and nowhere.
        MissingParquetError: Parquet is wanted, and its library is not installed.
    """
    if parquet:
        from tianbao.reports.data.parquet import need_pyarrow

        if folder is None:
            raise MissingError(what="--data", command=context.command_path)
        need_pyarrow()
    return DataWanted(Path(folder) if folder is not None else None, parquet, force, dry_run)
