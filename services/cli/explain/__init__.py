"""`clas explain`: one dossier's decisions in French, from their receipts, for three readers.

It owns the sentences and the search for the smallest change that would alter an outcome. It
refuses to judge: what is told was kept with the decision, and a change that is proposed was tried
on the production decision itself.
"""
