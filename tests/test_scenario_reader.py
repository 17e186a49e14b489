"""The strict reader of YAML."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cluster_sim.inputs.errors import Fault, Faults, Mark, Source
from cluster_sim.inputs.files import MOST_BYTES, split_lines
from cluster_sim.inputs.yaml_reader import read_file, read_text, scalar
from cluster_sim.scenario import ScenarioError


def read(text: str):
    faults = Faults()
    node = read_text(text, Source("x.yaml", split_lines(text)), faults)
    faults.stop()
    return node


def refused(text: str):
    with pytest.raises(ScenarioError) as caught:
        read(text)
    return caught.value.faults


def test_words_follow_yaml_1_2():
    words = {"no": "no", "on": "on", "1e3": 1000.0, "1.0e-3": 0.001, "2019-07": "2019-07", "010": 10}
    words |= {"1:30": "1:30", "2019-07-01": "2019-07-01", "true": True, "null": None, "0x10": "0x10"}
    words |= {"1_000": "1_000", "-5": -5, ".5": 0.5, "y": "y", ".inf": float("inf"), "~": None}
    for word, value in words.items():
        assert scalar(word) == value and type(scalar(word)) is type(value), word


@pytest.mark.parametrize("text, line", [("name: x\n  end: 2030", 2), ("policies:\n  a: 1\n  # note\n\n     b: 2\n", 5)])
def test_a_line_indented_too_far_is_named(text, line):
    (fault,) = refused(text)
    assert "indented deeper than the line above" in fault.message and fault.mark.line == line


def test_a_text_that_holds_a_colon_is_told_apart_from_it():
    (fault,) = refused("rationale: he said: no\n")
    assert "put quotes around" in fault.message


def test_every_node_keeps_its_place():
    root = read("a: 1\nb:\n  - {c: two, d: [3]}\n")
    node = root.value["b"].value[0].value["c"]
    assert (node.value, node.mark.line, node.mark.column, node.mark.width) == ("two", 3, 9, 3)
    assert root.value["b"].value[0].key_mark("d").column == 14
    assert root.plain() == {"a": 1, "b": [{"c": "two", "d": [3]}]}


def test_a_key_given_twice_is_a_fault_and_reading_goes_on():
    first, second = refused("a: 1\nb: {c: 1, c: 2}\na: 2\n")
    assert first.message.startswith("the key 'c' is given twice") and first.mark.line == 2
    assert second.message == "the key 'a' is given twice, first in line 1" and second.mark.line == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &x 1\nb: *x", "anchors"),
        ("a: {b: 1}\nc:\n  <<: {d: 1}", "merge keys"),
        ("a: !!python/object/apply:os.system ['true']", "tags"),
        ("a: !thing 1", "tags"),
        ("a: 1\n---\nb: 2", "second document"),
        ("? [a, b]\n: 1", "a key must be a word"),
        ("a: [1, 2", "not YAML"),
        ("a:\n\t- 1", "spaces, not tabs"),
        ("a: b: c", "put quotes"),
        ("[" * 40 + "]" * 40, "nested deeper"),
        ("[" + "1," * 60_000 + "]", "more than"),
        ("a: \x00", "not YAML"),
    ],
)
def test_a_file_is_data_only(text, says):
    (fault,) = refused(text)
    assert says in fault.message


def test_files_that_are_not_read(tmp_path):
    large, binary = tmp_path / "large.yaml", tmp_path / "binary.yaml"
    large.write_text("#" * (MOST_BYTES + 1))
    binary.write_bytes(b"\xff\xfe\xfa")
    for path, says in ((large, "larger"), (binary, "UTF-8"), (tmp_path, "regular"), (tmp_path / "no", "no such file")):
        with pytest.raises(ScenarioError, match=says):
            read_file(path, path.name, Faults())


def test_very_many_faults_in_one_long_line_are_said_at_once():
    text = "[" + "1, " * 20_000 + "1]"
    source = Source("x.yaml", split_lines(text))
    error = ScenarioError([Fault(f"a.{k}", "expected a word", "", Mark(source, 1, 2 + 3 * k)) for k in range(20_000)])
    began = time.process_time()
    lines = str(error).splitlines()
    assert time.process_time() - began < 2.0 and len(error.faults) == 20_000
    assert len(lines) == 301 and lines[-1].startswith("20000 faults, the first 100 above. Nothing was run.")
    assert lines[297] == "x.yaml:1:299: a.99: expected a word"
    assert lines[298][lines[299].index("^")] == "1"


@pytest.mark.parametrize(("data", "place", "shown"), [
    (b"\xef\xbb\xbfa: 1\r\nb: caf\xe9 x\n", "x.yaml:2:7: not UTF-8 text", "b: caf\ufffd x"),
    ("name: \u6210".encode("utf-16"), "x.yaml:1:1: not UTF-8 text", ""),
    (b"a: 1\n\nb: \x07 x\n", "x.yaml:3:4: not YAML: the character U+0007", "b: ? x"),
    ("a: 1 #\u2028b: [\x85\n".encode(), "x.yaml:2:5: not YAML", "b: [")])
def test_what_is_no_text_has_a_place(tmp_path, data, place, shown):
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    with pytest.raises(ScenarioError) as error:
        read_file(path, "x.yaml", Faults())
    first, second, *_ = str(error.value).splitlines()
    assert first.startswith(place) and second.partition("| ")[2].startswith(shown)


def test_an_empty_text_is_an_empty_mapping():
    assert read("# nothing\n").plain() == {}


def test_a_byte_order_mark_and_carriage_returns_do_not_matter(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: two\r\n")
    assert read_file(path, "x.yaml", Faults()).plain() == {"a": 1, "b": "two"}


plain_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12).filter(
    lambda text: text != "<<")          # a merge key, which is refused with a message of its own
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), plain_text),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain_text, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(plain_text, values, max_size=4))
def test_plain_data_is_read_as_it_was_written(data):
    """Data written with every text quoted comes back as it was."""
    text = yaml.dump(data, Dumper=Quoted, allow_unicode=True)
    assert read(text).plain() == data


class Quoted(yaml.SafeDumper):
    """Writes every text in quotes and no aliases."""

    def ignore_aliases(self, data):
        return True


Quoted.add_representer(str, lambda d, s: d.represent_scalar("tag:yaml.org,2002:str", s, style='"'))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_message(text):
    try:
        read(text)
    except ScenarioError as error:
        assert str(error).endswith("Nothing was run.")
