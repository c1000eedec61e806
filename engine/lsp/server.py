"""``casemix lsp``: completion, hover, definition, references, rename, outline, folding, fixes, layout and problems."""

from __future__ import annotations

from engine.lsp import changing, following, looking
from engine.lsp.serving import Server

server = Server()
for features in (following.features, looking.features, changing.features):
    features.put_into(server)
