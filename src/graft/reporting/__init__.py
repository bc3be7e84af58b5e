"""The page people look at: one self-contained HTML file a run, a model card in Markdown, and the same as JSON."""
