"""`clas redrive`: events that were published and that a consumer has no record of, sent again.

`deliveries` and `plan` say what is missing and in which order it may be sent, without input or
output; `scan` reads outboxes, inboxes and the stream; `send` sends and waits for what follows.
"""
