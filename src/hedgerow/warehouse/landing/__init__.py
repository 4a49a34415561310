"""Landing: the data contract, the check of raw rows, and the store of good ones."""
