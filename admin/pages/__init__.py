"""The pages, one module per menu entry: read the request, call the runtime once, answer."""
