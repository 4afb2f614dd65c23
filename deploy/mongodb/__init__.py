"""What MongoDB is told before services use it."""
