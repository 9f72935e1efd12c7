"""Run the whole table over every form and filling, then pairs of alterations, and print the figures.

    python -m tests.mutations.figures [--pairs N] [--jobs N] [--seed N]

Ends with 1 where anything crashed, hung, or was silently read as another thing; each such case is printed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from random import Random
from typing import NamedTuple

from tests.mutations.everything import (
    FILLINGS,
    FORMS,
    HANGS,
    MUTATIONS,
    WRAPPINGS,
    NotPossibleError,
    broken_promises,
    is_possible,
    run,
)


class Case(NamedTuple):
    """A form, a filling, and the names of one or two alterations."""

    form: str
    filling: int
    names: tuple[str, ...]


class Result(NamedTuple):
    """What came of a case: its kind, how long the reading took, what was wrong."""

    case: Case
    kind: str
    seconds: float
    wrong: tuple[str, ...]


def judge(case: Case) -> Result:
    """Run one case; whatever it raises is a crash of the reader."""
    mutations = [MUTATIONS[name] for name in case.names]
    try:
        outcome = run(case.form, case.filling, mutations)
    except NotPossibleError:
        return Result(case, "not possible", 0, ())
    except BaseException as fault:  # noqa: BLE001  a crash is what is looked for
        return Result(case, "crash", 0, (repr(fault),))
    wrong = outcome.wrong
    if len(mutations) == 1:
        wrong = tuple(broken_promises(mutations[0], outcome, zero_report=case.filling == FILLINGS[-1]))
    kind = "hang" if outcome.seconds > HANGS else "silent" if outcome.wrong else "other" if wrong else "right"
    return Result(case, kind, outcome.seconds, wrong)


def singles() -> Iterator[Case]:
    """Yield every alteration, for every form and filling."""
    for name, mutation in MUTATIONS.items():
        for form in FORMS:
            if is_possible(form, mutation):
                yield from (Case(form, filling, (name,)) for filling in FILLINGS)


def pairs(count: int, seed: int) -> Iterator[Case]:
    """Yield random pairs of alterations."""
    rng = Random(seed)  # noqa: S311  the same pairs for the same seed
    names = list(MUTATIONS)
    for _ in range(count):
        yield Case(rng.choice(FORMS), rng.choice(FILLINGS), (rng.choice(names), rng.choice(names)))


def main() -> int:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pairs", type=int, default=3_000)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    is_bad = False
    sys.stdout.write(f"{len(MUTATIONS)} kinds of alterations, {len(WRAPPINGS)} of files, {len(FORMS)} forms\n")
    with ProcessPoolExecutor(asked.jobs) as pool:
        for what, cases in (("one alteration", list(singles())), ("two", list(pairs(asked.pairs, asked.seed)))):
            results = list(pool.map(partial(judge), cases, chunksize=20))
            kinds = Counter(result.kind for result in results)
            slowest = max(result.seconds for result in results)
            done = len(results) - kinds["not possible"]
            sys.stdout.write(
                f"{what}: {done} workbooks, {kinds['crash']} crashes, {kinds['hang']} hangs, {kinds['silent']} silently"
                f" different, {kinds['other']} told otherwise than the table says; slowest {slowest:.2f} s\n"
            )
            for result in results:
                if result.wrong:
                    is_bad = True
                    sys.stdout.write(f"  {result.kind} {result.case}\n")
                    sys.stdout.writelines(f"      {line}\n" for line in result.wrong[:3])
    return 1 if is_bad else 0


if __name__ == "__main__":
    sys.exit(main())
