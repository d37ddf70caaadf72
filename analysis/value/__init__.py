"""What finding out would be worth, and how small a change would flip the advice."""
