"""Where recordings lie: the usual places of videos, files on other servers, and how each is played here."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, quote, urlsplit

from galaxy.core.addresses import is_web_address
from galaxy.core.headers import ORIGIN

YOUTUBE = frozenset({"youtube.com", "youtu.be", "youtube-nocookie.com"})
YOUTUBE_PATH = re.compile(r"/(?:embed|live|shorts|v)/([\w-]{11})/?", re.ASCII)
YOUTUBE_ID = re.compile(r"[\w-]{11}", re.ASCII)
VIMEO = frozenset({"vimeo.com", "player.vimeo.com"})
VIMEO_PATH = re.compile(
    r"/(?:video/|channels/[\w-]+/|groups/[\w-]+/videos/)?(\d{5,12})(?:/([0-9a-f]{6,20}))?/?", re.ASCII
)
PEERTUBE_PATH = re.compile(r"/(?:w|videos/watch|videos/embed)/([0-9a-f-]{36}|[1-9A-HJ-NP-Za-km-z]{22})/?")
FILE = re.compile(r".*\.(mp4|m4v|webm|ogv|m4a|mp3|ogg|oga)", re.IGNORECASE)
SOUNDS = frozenset({"m4a", "mp3", "ogg", "oga"})
IN_ADDRESSES = "/%:@!$&'()*+,;=~"  # what stands in a path as it is
MOMENT = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?", re.ASCII)
CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})", re.ASCII)
LONGEST = 24 * 3600  # seconds, of a recording


@dataclass(frozen=True)
class Recording:
    """A recording that lies elsewhere."""

    address: str  # where one opens it
    host: str  # who may see the address of a reader who plays it
    plays: Literal["frame", "film", "sound", ""] = ""  # nothing: it can only be opened
    name: str = ""  # of the provider, where it is a known one
    player: str = ""  # what is framed or played, up to the moment at which it starts
    starts_by: str = ""  # how the player is told that moment
    begins: int = 0  # second, where the address says one

    @property
    def origin(self) -> str:
        """The origin that the page must let the browser load."""
        parts = urlsplit(self.player)
        return f"https://{parts.netloc}"

    def at(self, second: int | None = None) -> str:
        """The address of the player that starts at this second, or where the recording's own address says."""
        second = self.begins if second is None else second
        return f"{self.player}{self.starts_by.format(second)}" if second else self.player


def found_at(address: str) -> Recording:
    """What lies at a web address: YouTube, Vimeo, PeerTube and files are played, any other page can only be opened."""
    if not is_web_address(address):
        return Recording(address, "")
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if host in YOUTUBE:
        return _on_youtube(address, host, parts.path, asked)
    if host in VIMEO:
        return _on_vimeo(address, host, parts.path, asked, parts.fragment)
    site = f"{parts.scheme}://{parts.netloc}".lower()
    if not ORIGIN.fullmatch(site):  # not over https, or of a name in letters that a header cannot carry
        return Recording(address, parts.hostname or "")
    if found := PEERTUBE_PATH.fullmatch(parts.path):
        player = f"{site}/videos/embed/{found[1]}?p2p=0"  # else readers would see each other's addresses
        return Recording(
            address, parts.hostname or "", "frame", "PeerTube", player, "&start={}s", _moment(asked.get("start"))
        )
    if found := FILE.fullmatch(parts.path):
        player = site + quote(parts.path, safe=IN_ADDRESSES) + (f"?{parts.query}" if parts.query else "")
        plays: Literal["film", "sound"] = "sound" if found[1].lower() in SOUNDS else "film"
        return Recording(address, parts.hostname or "", plays, "", player, "#t={}")
    return Recording(address, parts.hostname or "")


def _on_youtube(address: str, host: str, path: str, asked: dict[str, str]) -> Recording:
    given = path.strip("/") if host == "youtu.be" else asked.get("v", "") if path == "/watch" else ""
    found = YOUTUBE_ID.fullmatch(given) or YOUTUBE_PATH.fullmatch(path)
    if found is None:
        return Recording(address, host)
    begins = _moment(asked.get("t") or asked.get("start"))
    player = f"https://www.youtube-nocookie.com/embed/{found[found.re.groups]}"
    return Recording(address, "www.youtube-nocookie.com", "frame", "YouTube", player, "?start={}", begins)


def _on_vimeo(address: str, host: str, path: str, asked: dict[str, str], fragment: str) -> Recording:
    found = VIMEO_PATH.fullmatch(path)
    if found is None:
        return Recording(address, host)
    key = found[2] or asked.get("h", "")  # of a video that only those find who know its address
    hidden = f"&h={key}" if re.fullmatch("[0-9a-f]{6,20}", key) else ""
    begins = _moment(fragment.removeprefix("t="))
    player = f"https://player.vimeo.com/video/{found[1]}?dnt=1{hidden}"
    return Recording(address, "player.vimeo.com", "frame", "Vimeo", player, "#t={}s", begins)


def _moment(said: str | None) -> int:
    """A second as addresses say it: 754, 754s, 12m34s, 1h2m3s; 0 where it says none."""
    found = MOMENT.fullmatch(said or "")
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return (hours * 60 + minutes) * 60 + seconds


def second_of(said: str) -> int | None:
    """The second of a recording that people write as 12:30 or 1:12:30; none where it is no time."""
    found = CLOCK.fullmatch(said.strip())
    if found is None or int(found[3]) > 59 or (found[1] and int(found[2]) > 59):
        return None
    return (int(found[1] or 0) * 60 + int(found[2])) * 60 + int(found[3])
