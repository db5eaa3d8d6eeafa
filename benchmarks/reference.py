"""How long the lists of galaxy/reference take to load, each in a fresh interpreter; the limit is 150 ms.

The rest of Galaxy is kept out of it by a bare package in place of the real one.
"""

import statistics
import subprocess
import sys
from pathlib import Path

LISTS = "countries groups languages lists regions sdgs sectors"
GALAXY = Path(__file__).parents[1] / "galaxy"
TIMED = """
import sys, types
sys.modules["galaxy"] = types.ModuleType("galaxy")
sys.modules["galaxy"].__path__ = [{galaxy!r}]
from time import perf_counter
before = perf_counter()
{statement}
print((perf_counter() - before) * 1000)
"""
STATEMENTS = {
    "every list that loads at import": f"from galaxy.reference import {LISTS.replace(' ', ', ')}",
    "+ the indicators": "from galaxy.reference import sdgs; sdgs.indicators()",
    "+ finding a country": "from galaxy.reference import countries; countries.find('Côte d’Ivoire')",
    "+ the map": "from galaxy.reference import maps; maps.shapes(), maps.points()",
    "+ the thesaurus, its index too": "from galaxy.reference import thesaurus; thesaurus.named('water')",
    "+ the health terms": "from galaxy.reference import terms; terms.named('fever')",
}


def milliseconds(statement: str, times: int = 9) -> list[float]:
    """What a statement takes, sorted, once for each fresh interpreter."""
    code = TIMED.format(statement=statement, galaxy=str(GALAXY))
    runs = (subprocess.run([sys.executable, "-c", code], capture_output=True, check=True) for _ in range(times))
    return sorted(float(run.stdout) for run in runs)


if __name__ == "__main__":
    for title, statement in STATEMENTS.items():
        taken = milliseconds(statement)
        print(f"{title:34} median {statistics.median(taken):6.1f} ms   slowest {taken[-1]:6.1f} ms")
