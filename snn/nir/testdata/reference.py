"""Reads every file of a folder with the reference package: pip install nir; python reference.py FOLDER."""

import pathlib
import sys

import nir

for path in sorted(pathlib.Path(sys.argv[1]).glob("*.nir")):
    try:
        graph = nir.read(path)
    except ValueError as error:
        print(f"{path.name}: refused: {error}")
        continue
    kinds = " ".join(type(n).__name__ for n in graph.nodes.values())
    print(f"{path.name}: {kinds}; {len(graph.edges)} edges; {'typed' if graph.check_types() else 'not typed'}")
