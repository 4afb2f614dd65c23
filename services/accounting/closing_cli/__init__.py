"""`clas close`: the checklist before a closing, the request, and the progress to its end."""
