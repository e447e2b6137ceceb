"""What a query file says: pure functions over text, no input or output."""
