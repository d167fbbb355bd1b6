"""Records: raw rows become typed values, versions and places."""
