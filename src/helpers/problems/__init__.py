"""What facts together call for debate."""
