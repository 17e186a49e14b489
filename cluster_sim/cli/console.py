"""Words for every console: what its encoding cannot write (m² in GBK, é in ASCII) is written in plainer letters.

Runs that took hours must not be lost to a print, so no text output raises UnicodeEncodeError.
"""

from __future__ import annotations

import codecs
import sys
import unicodedata

PLAIN = {"–": "-", "—": "-", "−": "-", "×": "x", "±": "+-", "‘": "'", "’": "'", "“": '"', "”": '"', "·": "-"}
"""Signs that Unicode does not break down into ASCII by itself."""


def plainer(error: UnicodeError) -> tuple[str, int]:
    """Replace what cannot be encoded by the nearest ASCII, else by a question mark (an encoding error handler)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    words = "".join(PLAIN.get(sign) or unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?"
                    for sign in error.object[error.start:error.end])
    return words, error.end


def escaped(error: UnicodeError) -> tuple[str, int]:
    """Replace what cannot be encoded by JSON's own escapes, so that a program reads the same text."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    pairs = error.object[error.start:error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pairs[k]:02x}{pairs[k + 1]:02x}" for k in range(0, len(pairs), 2)), error.end


def never_fail(as_json: bool) -> None:
    """Let standard output and standard error write any text; `as_json` keeps standard output readable as JSON."""
    answers = "json_escapes" if as_json else "plain_letters"
    for stream, name in ((sys.stdout, answers), (sys.stderr, "plain_letters")):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=name)


codecs.register_error("plain_letters", plainer)
codecs.register_error("json_escapes", escaped)
