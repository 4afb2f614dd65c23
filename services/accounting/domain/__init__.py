"""Pure decisions of accounting, from where an event is booked to the hash chain of a closing."""
