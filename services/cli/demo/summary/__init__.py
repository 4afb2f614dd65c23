"""What a campaign came to, drawn from the published events alone: what any partner sees."""
