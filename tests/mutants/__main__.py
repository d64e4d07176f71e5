"""``make mutants``: a table of what is no longer asked and of what notices it."""

import sys

from tests.mutants.cases import CASES
from tests.mutants.kill import first_finding, killed_by
from tests.mutants.mutants import MUTANTS


def main() -> int:
    """Exit code 1 if a mutant survives, or a case is wrong without one."""
    survivors = [case for case in CASES if first_finding(case)]
    for case in survivors:
        print(f"{case} differs without a mutant")
    for mutant in MUTANTS:
        print(mutant.name)
        for case, finding in killed_by(mutant):
            print(f"    {case}: {finding or 'SURVIVES'}", flush=True)
            survivors += [] if finding else [mutant.name]
    print(f"\n{len(MUTANTS)} mutants, {len(set(survivors)) or 'none'} of them survive")
    return bool(survivors)


if __name__ == "__main__":
    sys.exit(main())
