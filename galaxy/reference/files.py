"""The data files beside this module, read once by the lists that are made of them."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("data")


def read(name: str) -> Any:
    """What the JSON file of this name holds."""
    return json.loads((FOLDER / f"{name}.json").read_bytes())
