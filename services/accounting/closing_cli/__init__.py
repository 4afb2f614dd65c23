"""`clas close`: what stands before a closing, the request, and its way to the end."""
