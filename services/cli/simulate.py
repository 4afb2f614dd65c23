"""`clas simulate`: the command of funding, with the services that decide before it."""

from services.cli.services import UPSTREAM
from services.funding.commands.simulate import simulate_command

simulate = simulate_command(UPSTREAM)
