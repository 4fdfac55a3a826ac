"""The notebooks that run under both kernels, executed by nbclient with one of them.

usage: python both_kernels.py KERNEL NOTEBOOK…     KERNEL: livespike or gonb
Each cell must run; each display must have text; a figure, and a live view with its last picture, must have arrived.
"""
import base64
import pathlib
import struct
import sys
import time

import nbclient
import nbformat


def check(nb, name):
    figures = 0
    for i, cell in enumerate(nb.cells):
        if cell.cell_type != "code":
            continue
        shown = [o for o in cell.outputs if o.output_type in ("display_data", "execute_result")]
        for output in shown:
            if "text/plain" not in output.data:
                sys.exit(f"{name}: cell {i + 1}: a display without text: {sorted(output.data)}")
            if "image/png" in output.data:
                png = base64.b64decode(output.data["image/png"])
                width, height = struct.unpack(">II", png[16:24])
                if png[:8] != b"\x89PNG\r\n\x1a\n" or width * height == 0:
                    sys.exit(f"{name}: cell {i + 1}: no picture in image/png")
                figures += 1
        asked, live = cell.source.count("display.Show("), cell.source.count("plot.Live()")
        if len(shown) != asked + live:
            sys.exit(f"{name}: cell {i + 1}: {len(shown)} displays of {asked} and {live} live views")
    if not figures:
        sys.exit(f"{name}: no figure")
    return figures


def main(kernel, *names):
    for name in names:
        nb = nbformat.read(name, as_version=4)
        began = time.time()
        nbclient.NotebookClient(nb, timeout=600, startup_timeout=300, kernel_name=kernel).execute()
        print(f"{kernel}: {pathlib.Path(name).name}: {check(nb, name)} pictures, {time.time() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
