"""A film as a page for a browser, in which the reader turns the landscape: data and a script, without frames."""
