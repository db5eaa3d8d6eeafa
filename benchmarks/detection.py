"""How well the language of a question is told: `python -m benchmarks.detection`, and `--write` to count letters anew.

Three in ten of the terms are kept back from counting for the measurement; the table that is shipped counts them all.
Of a term that is the same in two of the languages nothing can be told; it is left out.
"""

import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from math import log, log1p
from pathlib import Path

from galaxy.reference import sdgs, terms, thesaurus
from galaxy.reference.files import FOLDER
from galaxy.search import detect, ideas, text

KEPT = 8_000
SMOOTH, SPACE = 0.5, 35_000
Row = Mapping[str, str]


def rows() -> list[Row]:
    """The same words in the four languages, as far as a list has them."""
    lists: list[Mapping[str, str]] = [*terms.terms()]
    lists += [names for goal in sdgs.GOALS.values() for names in (goal.names, goal.titles)]
    lists += [target.names for target in sdgs.TARGETS.values()]
    lists += [concept.names for concept in thesaurus.concepts().values()]
    lists += [{"pt": Path(__file__).with_name("portuguese.txt").read_text("utf-8")}]
    for idea in (*ideas.table("glossary"), *ideas.table("acronyms")):
        lists.append(
            {lang: " ".join(name for name in some if not name.isupper()) for lang, some in idea.labels.items()}
        )
    return [{lang: said[lang] for lang in detect.LATIN if said.get(lang)} for said in lists]


def counted(lists: Iterable[Row]) -> detect.Table:
    """How much three or four letters speak for each language, each word once, none that three
    languages share; those are kept that tell most."""
    forms: dict[str, set[str]] = {lang: set() for lang in detect.LATIN}
    for said in lists:
        for lang, words in said.items():
            forms[lang].update(form for word in text.words(words) for form in (word.text.lower(), text.fold(word.text)))
    seen: dict[str, Counter[str]] = {lang: Counter() for lang in detect.LATIN}
    held = Counter(form for some in forms.values() for form in some)
    for lang, some in forms.items():
        for form in (form for form in some if held[form] < 3):
            seen[lang].update(f" {form} "[at : at + size] for size in (3, 4) for at in range(len(form) + 3 - size))
    whole = {lang: sum(counts.values()) for lang, counts in seen.items()}
    rows: dict[str, tuple[int, ...]] = {}
    worth: dict[str, float] = {}
    for letters in {letters for counts in seen.values() for letters in counts}:
        times = [seen[lang][letters] for lang in detect.LATIN]
        if sum(times) < 3:
            continue
        shares = [log((n + SMOOTH) / (whole[lang] + SMOOTH * SPACE)) for n, lang in zip(times, seen, strict=True)]
        rows[letters] = tuple(round(detect.TENTHS * (share - sum(shares) / len(shares))) for share in shares)
        worth[letters] = max(map(abs, rows[letters])) * log1p(sum(times))
    return {letters: rows[letters] for letters in sorted(sorted(worth, key=worth.__getitem__)[-KEPT:])}


def measure(lists: Iterable[Row], tell: Callable[[str, str], str]) -> dict[tuple[int, str, bool], tuple[int, int]]:
    """How many are told, of how many, by number of words (5: five and more), language, and whether the page has it."""
    told: dict[tuple[int, str, bool], tuple[int, int]] = defaultdict(lambda: (0, 0))
    chance = random.Random(5)
    for said in lists:
        for lang, words in said.items():
            others = {text.fold(other) for its, other in said.items() if its != lang}
            size = min(len(list(text.words(words))), 5)
            if text.fold(words) in others or len(said) < 2:
                continue
            for same in (True, False):
                page = lang if same else chance.choice([other for other in detect.LATIN if other != lang])
                right, of = told[size, lang, same]
                told[size, lang, same] = right + (tell(words, page) == lang), of + 1
    return told


def main() -> None:
    """Print the table for the documentation."""
    lists = rows()
    if "--write" in sys.argv:
        lines = [
            f"{json.dumps(letters, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}"
            for letters, row in counted(lists).items()
        ]
        (FOLDER / "sharealike" / "letters.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    chance = random.Random(7)
    kept_back = [chance.random() < 0.3 for _row in lists]
    known = counted(said for said, back in zip(lists, kept_back, strict=True) if not back)
    asked = [said for said, back in zip(lists, kept_back, strict=True) if back]

    def tell(words: str, page: str) -> str:
        return detect.by_letters([word.text for word in text.words(words) if word.text.isalpha()], page, known)

    started = time.process_time()
    told = measure(asked, tell)
    spent = (time.process_time() - started) / sum(of for _right, of in told.values())
    print(f"ms a question: {1_000 * spent:.3f}")
    for same, whose in ((True, "asked on a page in that language"), (False, "asked on a page in another")):
        print(f"\n| {whose} | 1 word | 2 | 3 | 4 | 5 and more |\n| --- | ---: | ---: | ---: | ---: | ---: |")
        for lang in detect.LATIN:
            cells = (told[size, lang, same] for size in range(1, 6))
            print(f"| {lang} | " + " | ".join(f"{100 * right / of:.0f}" if of else "–" for right, of in cells) + " |")


if __name__ == "__main__":
    main()
