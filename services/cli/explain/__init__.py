"""`clas explain`: the decisions about one dossier in French, for three audiences.

It lays out sentences only: decisions are read from their receipts, and each proposed change was
tried on the production decision (`shared.counterfactual` and the services' candidate changes).
"""
