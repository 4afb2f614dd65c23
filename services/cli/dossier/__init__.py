"""The timeline of a dossier: its events in order, with French sentences for each."""
