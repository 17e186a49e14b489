"""A hook of MkDocs: links that leave the folder of the documentation lead to the repository's own pages.

In the repository a page links to ../README.md, ../results/README.md or ../tests; the site has only the pages of docs,
so such links lose their target there and keep their words.
"""

from __future__ import annotations

import re
from typing import Any

OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./[^)\s]+\)")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return a page's text with links out of docs as plain words."""
    return OUTSIDE.sub(r"\1", markdown)
