"""Pure: values in, values out, time passed in."""
