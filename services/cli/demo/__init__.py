"""`clas demo`: a campaign of Seine-Maritime played through the real system, and its summary.

It owns the sample campaign and its generator, the playing and the telling. It refuses to know
what the services decide: the summary is drawn from what they publish, as a partner sees it.
"""
