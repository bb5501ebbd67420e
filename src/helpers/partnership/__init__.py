"""A partnership with a commune: its convention, the workbooks that go back and forth, what may be said of them."""
