"""Reads what TestRoundTrip writes, with h5py:

LIVESPIKE_HDF5_OUT=/tmp/a.h5 go test ./internal/hdf5 -run RoundTrip && python check.py /tmp/a.h5
"""

import sys

import h5py
import numpy as np

with h5py.File(sys.argv[1]) as f:
    assert len(f) == 46
    for k in range(40):
        assert f[f"group {k} ä"]["value"][()] == k
    assert np.array_equal(f["f"][()], np.array([[1, -0.5, np.inf], [1e-45, 5, 6]], "f4"))
    assert f["d"].dtype == "f8" and f["d"][0] == np.pi and f["d"][1] == -1e300
    assert f["none"].shape == (0, 3) and len(f["nothing"]) == 0
    assert [s.decode() for s in f["s"][()]] == ["a", "", "a"]
    assert f["one"][()].decode() == "long " * 2000
print("read by HDF5", h5py.version.hdf5_version)
