"""What holds in every life: random lives of the calculator's room, told to the real services."""
