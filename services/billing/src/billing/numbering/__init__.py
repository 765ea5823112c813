"""Legal numbers of documents, gapless per series."""
