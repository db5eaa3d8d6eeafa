"""`python -m galaxy.reference.convert SOURCE_DIR` makes the data files from the sources in CREDITS.md."""

import csv
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from galaxy.reference.draw import world
from galaxy.reference.files import FOLDER

Row = dict[str, Any]

GROUP_NAMES: Mapping[str, Mapping[str, str]] = {
    "LDC": {
        "ar": "أقل البلدان نموا",
        "zh": "最不发达国家",
        "en": "Least developed countries",
        "fr": "Pays les moins avancés",
        "ru": "Наименее развитые страны",
        "es": "Países menos adelantados",
        "pt": "Países menos desenvolvidos",
    },
    "LLDC": {
        "ar": "البلدان النامية غير الساحلية",
        "zh": "内陆发展中国家",
        "en": "Landlocked developing countries",
        "fr": "Pays en développement sans littoral",
        "ru": "Развивающиеся страны, не имеющие выхода к морю",
        "es": "Países en desarrollo sin litoral",
        "pt": "Países em desenvolvimento sem litoral",
    },
    "SIDS": {
        "ar": "الدول الجزرية الصغيرة النامية",
        "zh": "小岛屿发展中国家",
        "en": "Small island developing States",
        "fr": "Petits États insulaires en développement",
        "ru": "Малые островные развивающиеся государства",
        "es": "Pequeños Estados insulares en desarrollo",
        "pt": "Pequenos Estados insulares em desenvolvimento",
    },
}
# CLDR's menu names serve, but for these, which the United Nations would not print: there its own M49 name
# stands, with a Portuguese one after the same pattern.
UN_NAMED: Mapping[str, str] = {
    "BLR": "Belarus",
    "COD": "República Democrática do Congo",
    "COG": "Congo",
    "CPV": "Cabo Verde",
    "FLK": "Ilhas Falkland (Malvinas)",
    "HKG": "China, Região Administrativa Especial de Hong Kong",
    "KOR": "República da Coreia",
    "MAC": "China, Região Administrativa Especial de Macau",
    "MMR": "Mianmar",
    "PRK": "República Popular Democrática da Coreia",
    "PSE": "Estado da Palestina",
    "SLV": "El Salvador",
    "TLS": "Timor-Leste",
    "VAT": "Santa Sé",
}
# Latitude and longitude of the areas that the source of the points, which follows the map, leaves out.
POINTS: Mapping[str, tuple[float, float]] = {
    "BES": (12.18, -68.24),
    "BVT": (-54.42, 3.36),
    "CCK": (-12.14, 96.87),
    "CXR": (-10.49, 105.63),
    "GLP": (16.2, -61.5),
    "GUF": (3.9, -53.1),
    "MTQ": (14.65, -61.0),
    "MYT": (-12.82, 45.15),
    "REU": (-21.12, 55.53),
    "SJM": (78.0, 16.5),
    "TKL": (-9.17, -171.83),
}


def rows(file: Path) -> list[Row]:
    """The lines of a source in JSON."""
    found: list[Row] = json.loads(file.read_bytes())
    return found


def lines(file: Path) -> list[dict[str, str]]:
    """The lines of a source in CSV."""
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


# Left in the texts by the documents they were copied from: soft hyphen, byte order mark, marks of direction.
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\ufeff\u200e\u200f"))


def clean(text: str) -> str:
    """The text with whole letters (NFC; some sources keep accents apart) and nothing that cannot be seen."""
    return unicodedata.normalize("NFC", text.translate(INVISIBLE))


def write(name: str, found: Iterable[object]) -> None:
    """Keep rows as JSON, one a line, so that a change is seen as one."""
    text = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in found)
    file = FOLDER / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(clean(f"[\n{text}\n]\n"), encoding="utf-8")


def menu_names(row: Row) -> Row:
    """What a menu calls a country: CLDR's short name, or the United Nations' where CLDR's will not do."""
    if pt := UN_NAMED.get(row["iso3"]):
        return {**row["name_m49"], "pt": pt}
    english = row["name_short"]["en"].replace(" & ", " and ").replace("St. ", "Saint ")
    return {**row["name_short"], "en": english}


def country(row: Row, points: Mapping[str, tuple[float, float]]) -> Row:
    """A line of the list of countries, keyed as `countries.Country` is."""
    names = menu_names(row)
    others = {*row["name_short"].values(), *row["name_m49"].values()} - set(names.values())
    formal = {lang: text.removesuffix(" **") for lang, text in (row["name_formal"] or {}).items()}
    same = ("iso2", "m49", "region", "subregion", "intermediate", "capital", "languages", "un_status")
    lat, lon = points[row["iso3"]]
    return {
        "code": row["iso3"],
        "names": names,
        **{key: row[key] for key in same},
        "formal": formal,
        "also": sorted(others),
        "lat": lat,
        "lon": lon,
        "offered": row["m49_listed"],
    }


def coded(row: Row, *keys: str, name: str = "name") -> Row:
    """A line with its code, its names and these keys."""
    return {"code": row["code"], "name": row[name], **{key: row[key] for key in keys}}


def sector(row: Row) -> Row:
    """A line of the sectors or their categories."""
    line = {"code": row["code"], "name": row["name"], "active": row["status"] == "active"}
    return line | (
        {"category": row["category"], "description": row.get("description", {})} if "category" in row else {}
    )


def concept(row: Row) -> Row:
    """A line of the thesaurus, without what is empty."""
    return {key: value for key, value in row.items() if value}


def convert(source: Path) -> None:
    """Write every data file from the folder that holds `taxonomies` and `maps`."""
    lists, maps = source / "taxonomies", source / "maps"
    points = {
        **POINTS,
        **{row["iso3"]: (float(row["lat"]), float(row["lon"])) for row in lines(maps / "country_points.csv")},
    }
    areas = rows(lists / "countries.json")
    goals = rows(lists / "sdg_goals.json")
    thesaurus = json.loads((lists / "unesco_thesaurus.json").read_bytes())
    write("goals", (coded(row, "color", "title", name="short") for row in goals))
    write("targets", (coded(row, "goal", name="title") for row in rows(lists / "sdg_targets.json")))
    write(
        "indicators",
        (coded(row, "target", "goal", name="title") for row in rows(lists / "sdg_indicators.json")),
    )
    write("languages", (coded(row, "autonym", "rtl") for row in rows(lists / "languages.json")))
    write("regions", (coded(row, "level", "parent") for row in rows(lists / "m49_regions.json")))
    write("countries", (country(row, points) for row in areas))
    write("groups", groups(areas))
    write("sectors", (sector(row) for row in rows(lists / "dac_sectors.json")))
    write("sector_categories", (sector(row) for row in rows(lists / "dac_sector_categories.json")))
    write("organisation_types", (coded(row) for row in rows(lists / "iati_organisation_types.json")))
    write("health_terms", lines(lists / "health_terms.csv"))
    write("sharealike/thesaurus_groups", (concept(row) for row in thesaurus["groups"]))
    write("sharealike/thesaurus", (concept(row) for row in thesaurus["concepts"]))
    topology = json.loads((maps / "world-countries-110m.topo.json").read_bytes())
    write("map", [world(topology, {row["m49"]: row["iso3"] for row in areas}, points)])


def groups(areas: list[Row]) -> list[Row]:
    """The groups, with their members where these have no dates; those of the LDC are kept in `groups`."""
    return [
        {
            "code": code,
            "name": names,
            "members": [] if code == "LDC" else [row["iso3"] for row in areas if row[code.lower()]],
        }
        for code, names in GROUP_NAMES.items()
    ]


if __name__ == "__main__":
    convert(Path(sys.argv[1]))
