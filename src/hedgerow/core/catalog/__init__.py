"""What things cost: graduated prices and the order of an invoice."""
