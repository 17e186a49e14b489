"""Ways to break a text: each takes its bytes and a source of chance, and returns other bytes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

ODD = ("", "null", "~", "true", "no", ".nan", ".inf", "-.inf", "1e400", "-1e308", "1e-320", "0", "-1", "0.5", "1e30",
       "1000000000000", "99999999999999999999999999", "0x7fffffffffffffff", "0o17", "1_000", "12%", "1:30:00", "[]",
       "{}", "[1, [2, [3]]]", "{a: {b: c}}", "[null]", "{low: 1}", "''", "'  '", "成都", "'\u202e\u200b'",
       "'\U0001f600'", "2017-13", "0000-00", "9999-12", "2017-01-01", "5 million yuan", "5 bn", "-3 km",
       "1 / 0", "&a [*a]", "*nowhere", "!!python/object:os.system x", "!!binary aGk=",
       "!!set {a, b}", "!!float x", "!own x", "../../secret", "/dev/zero", "/dev/full", "C:\\con", "baseline",
       "no_policy", "'a\\0b'", '"a\\nb"', "|",
       ">-", "?", "@x", "`x`", "%x", "<<: x", "a" * 5000, "9" * 5000)
ENCODINGS = ("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "gbk", "cp037", "utf-7")

Way = Callable[[bytes, random.Random], bytes]


def lines_of(data: bytes) -> list[bytes]:
    """Return the lines with their ends; at least one."""
    return data.splitlines(keepends=True) or [b"\n"]


def flip_bytes(data: bytes, chance: random.Random) -> bytes:
    """Put other bytes in a few places."""
    changed = bytearray(data or b"x")
    for _ in range(chance.randint(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def flip_signs(data: bytes, chance: random.Random) -> bytes:
    """Put signs that mean something to YAML or CSV in a few places."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        changed.insert(chance.randrange(len(changed) + 1), chance.choice(b":-{}[],&*#?|>%@!'\"\t\n ,;\\"))
    return bytes(changed)


def cut(data: bytes, chance: random.Random) -> bytes:
    """Keep only the beginning or only the end."""
    at = chance.randrange(len(data) + 1)
    return data[:at] if chance.random() < 0.7 else data[at:]


def odd_value(data: bytes, chance: random.Random) -> bytes:
    """Put an odd value in the place of a key's, of a list's or of a table's."""
    spots = [m.span(1) for m in re.finditer(rb"(?:: +|- +|[\[,{] *)([^\s,\]{}\[#][^,\]}\n#]*)", data)]
    if not spots:
        return flip_bytes(data, chance)
    start, end = chance.choice(spots)
    return data[:start] + chance.choice(ODD).encode() + data[end:]


def odd_key(data: bytes, chance: random.Random) -> bytes:
    """Rename a key: a typing mistake, another type, or nothing."""
    spots = [m.span(1) for m in re.finditer(rb"(?:^|[{,]) *([\w.]+):", data, re.MULTILINE)]
    if not spots:
        return flip_bytes(data, chance)
    start, end = chance.choice(spots)
    key = bytearray(data[start:end])
    key[chance.randrange(len(key))] = chance.choice(b"abcdefgz_.0")
    new = chance.choice([bytes(key), bytes(key), b"1", b"null", b"? [a]", b"''", b"<<", b"true", b"2017-01"])
    return data[:start] + new + data[end:]


def shuffle_lines(data: bytes, chance: random.Random) -> bytes:
    """Drop, double, move or indent lines: keys that are missing, twice there, or elsewhere."""
    lines = lines_of(data)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        line = lines[at]
        way = chance.randrange(4)
        if way == 0 and len(lines) > 1:
            del lines[at]
        elif way == 1:
            lines.insert(chance.randrange(len(lines) + 1), line)
        elif way == 2:
            lines[at] = b" " * chance.randint(1, 8) + line if chance.random() < 0.5 else line.lstrip()
        else:
            lines.insert(chance.randrange(len(lines)), lines.pop(at))
    return b"".join(lines)


def nest(data: bytes, chance: random.Random) -> bytes:
    """Put something very deep, very long or very wide at the end or in the place of a value."""
    depth = chance.choice((50, 1000, 20000))
    deep = chance.choice((b"[" * depth + b"]" * depth, b"{a: " * depth + b"1" + b"}" * depth, b"- " * depth + b"x",
                          b"[" + b"1, " * depth + b"1]", b"x" * depth * 10))
    if chance.random() < 0.5:
        return data + b"\nextra: " + deep + b"\n"
    lines = lines_of(data)
    at = chance.randrange(len(lines))
    head, colon, _ = lines[at].partition(b":")
    lines[at] = head + colon + b" " + deep + b"\n"
    return b"".join(lines)


def aliases(data: bytes, chance: random.Random) -> bytes:
    """Add a billion laughs, a cycle, or an anchor that is merged; under a key of its own or one of the file's."""
    key = chance.choice([b"extra", *re.findall(rb"^(\w+):", data, re.MULTILINE)])
    grown = b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + b"".join(
        b"a%d: &a%d [%s]\n" % (k, k, b", ".join([b"*a%d" % (k - 1)] * 9)) for k in range(1, chance.choice((3, 9, 12))))
    more = chance.choice((grown + key + b": *a2\n", key + b": &c {c: *c}\n", key + b": &c [*c, *c]\n",
                          b"base_: &b {a: 1}\n" + key + b": {<<: *b}\n", key + b": {<<: [1, 2]}\n"))
    return data + b"\n" + more if chance.random() < 0.7 else more + data


def encode(data: bytes, chance: random.Random) -> bytes:
    """Write the text in another encoding, or with bytes that no text has."""
    text = data.decode("utf-8", "replace")
    if chance.random() < 0.3:
        at = chance.randrange(len(data) + 1)
        return data[:at] + chance.choice((b"\0", b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\x85", b"\x1b[2J",
                                          b"\xe2\x80\xa8", b"\r", b"\x07")) + data[at:]
    place = chance.randrange(len(text) + 1)
    return (text[:place] + "é" + text[place:]).encode(chance.choice(ENCODINGS), "replace")


def other_document(data: bytes, chance: random.Random) -> bytes:
    """Turn the whole into something else: nothing, a list, a word, two documents, JSON, a table."""
    return chance.choice((b"", b"\n\n", b"---\n", b"- a\n- b\n", b"word", b"5", b"null", data + b"---\n" + data,
                          b"{" + data + b"}", b"- " + data.replace(b"\n", b"\n  "), b"a,b\n1,2\n",
                          b"%YAML 9.9\n---\n" + data, b"<html></html>", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"))


def other_file(data: bytes, chance: random.Random) -> bytes:
    """Name files that are missing, are folders, lead back here or out of the folder."""
    name = chance.choice((b"missing.yaml", b".", b"..", b"/", b"../broken.yaml", b"broken.yaml", b"./broken.yaml",
                          b"other.yaml", b"/dev/null", b"/proc/self/mem", b"broken.yaml/x", b"x" * 300, b"~/x.yaml"))
    key = chance.choice((b"extends", b"city", b"base", b"scenario", b"extends", b"points", b"deflator", b"sites",
                         b"geojson"))
    kept = re.sub(rb"^%s:.*\n" % key, b"", data, flags=re.MULTILINE)
    return key + b": " + name + b"\n" + kept


WAYS: tuple[Way, ...] = (flip_bytes, flip_signs, cut, odd_value, odd_value, odd_value, odd_value, odd_key, odd_key,
                         shuffle_lines, shuffle_lines, nest, aliases, encode, other_document, other_file)


def broken(data: bytes, chance: random.Random) -> bytes:
    """Return a text changed in one to three ways."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        data = chance.choice(WAYS)(data, chance)
    return data
