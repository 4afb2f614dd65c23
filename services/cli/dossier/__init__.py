"""The story of a dossier in French: its facts in order, and a sentence for each."""
