"""Configuration of MongoDB before services use it."""
