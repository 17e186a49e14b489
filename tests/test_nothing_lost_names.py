"""A scenario file of a stranger names its results folder; it must not choose where on the disk that is."""

from __future__ import annotations

import shutil

import pytest
from nothing_lost import ROOT, TINY, command, held, ready, refused

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path):
    """A folder deep enough that ways out of it end in the test's own folder."""
    folder = tmp_path / "one" / "two"
    folder.mkdir(parents=True)
    return folder


def outside(place):
    """Return the files that were written beside the folder a command ran in."""
    return [name for name in held(place.parent.parent) if not name.startswith("one/two/")]


@pytest.mark.parametrize("slug", ["../../evil", "../../../evil", "/ABSOLUTE/evil"])
def test_a_slug_in_a_file_leads_nowhere_else(place, slug):
    slug = slug.replace("/ABSOLUTE", str(place.parent.parent))
    (place / "s.yaml").write_text(f"name: Not evil\nextends: baseline\nslug: '{slug}'\n", encoding="utf-8")
    done = command(place, "run", "s.yaml", *TINY, "--seeds", "1", "--workers", "0")
    assert outside(place) == []
    refused(done, "slug")


@pytest.mark.parametrize("name", ["../../evil", "{}/evil"])
def test_a_slug_by_set_leads_nowhere_else(place, name):
    done = command(place, "run", "baseline", *TINY, "--seeds", "1", "--workers", "0", "--set",
                   "slug=" + name.format(place.parent.parent))
    assert outside(place) == []
    refused(done, "slug")


@pytest.mark.parametrize("slug", ["CON", "nul", "com1", "..", ".hidden", "-rf", "a/b", "a\\b", "a b", "a" * 81,
                                  "成" * 41, "a.b", "a\u200bb"])
def test_a_slug_is_a_plain_name(tmp_path, slug):
    """Letters, digits, - and _; 80 characters and 120 bytes; composed (NFC); no device of Windows."""
    (tmp_path / "s.yaml").write_text(f"name: Odd\nextends: baseline\nslug: '{slug}'\n", encoding="utf-8")
    done = command(tmp_path, "run", "s.yaml", *TINY, "--seeds", "1", "--workers", "0")
    assert list(held(tmp_path)) == ["s.yaml"]
    refused(done, "s.yaml:3", "slug")


@pytest.mark.parametrize("slug", ["成都", "résumé", "a_b-2"])
def test_a_slug_in_any_script(tmp_path, slug):
    (tmp_path / "s.yaml").write_text(f"name: Fine\nextends: baseline\nslug: '{slug}'\n", encoding="utf-8")
    ready(command(tmp_path, "run", "s.yaml", *TINY, "--seeds", "1", "--workers", "0", "--quiet"))
    assert (tmp_path / "results" / slug / "manifest.json").is_file()


def test_what_is_compared_stays_in_its_folder(place):
    for number in (1, 2):
        (place / f"{number}.yaml").write_text(
            f"name: Variant {number}\nextends: baseline\nslug: '../../evil{number}'\n", encoding="utf-8")
    done = command(place, "compare", "1.yaml", "2.yaml", "--scale", "1/200", "--until", "2017-12", "--seeds", "2",
                   "--no-figures", "--out", "compared")
    assert outside(place) == [] and not list(place.glob("evil*"))
    refused(done, "slug")


@pytest.mark.parametrize("name", ["../deflator.csv", "ABSOLUTE/deflator.csv"])
def test_a_city_reads_only_its_own_folder(tmp_path, name):
    city = tmp_path / "city"
    shutil.copytree(ROOT / "cluster_sim" / "cities" / "chengdu", city)
    shutil.move(city / "deflator.csv", tmp_path / "deflator.csv")
    text = (city / "city.yaml").read_text(encoding="utf-8")
    (city / "city.yaml").write_text(text.replace("deflator.csv", name.replace("ABSOLUTE", str(tmp_path))), "utf-8")
    (tmp_path / "s.yaml").write_text("name: Mine\nextends: baseline\ncity: ./city\n", encoding="utf-8")
    refused(command(tmp_path, "run", "s.yaml", *TINY, "--seeds", "1", "--workers", "0"), "deflator", "folder")
