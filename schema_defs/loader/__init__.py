"""Reads documents safely: YAML or JSON in, one release and every problem with its place out."""

from schema_defs.loader.folder import load_file, load_folder, load_path
from schema_defs.loader.loaded import Loaded, Place
from schema_defs.loader.reading import load_text

__all__ = ["Loaded", "Place", "load_file", "load_folder", "load_path", "load_text"]
