"""What a clone lacks is made; what is only welcome may be missing."""

import venv

import bootstrap


def test_what_is_welcome_and_not_to_be_had_is_tried_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    venv.create(tmp_path / ".venv", with_pip=False, symlinks=True)
    lock = tmp_path / "welcome.txt"
    lock.write_text(f"/nowhere/at-all-1-py3-none-any.whl --hash=sha256:{'0' * 64}\n")
    assert not bootstrap.installed("welcome.txt")

    bootstrap.install_if_it_fits("welcome.txt")

    assert capsys.readouterr().out.splitlines() == [
        "· packages: installing welcome.txt, where they fit this machine",
        "· packages: not to be had here; Galaxy works without",
    ]
    assert bootstrap.installed("welcome.txt")  # nobody tries again
    lock.write_text(f"{lock.read_text()}\n")
    assert not bootstrap.installed("welcome.txt")  # another lock is another chance
