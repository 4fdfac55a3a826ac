"""Writes the files of this folder with h5py 3.16: python generate.py."""

import h5py
import numpy as np


def fill(root):
    f = root.create_group("numbers")  # newer libraries hide more than eight links where nobody else looks
    n = np.arange(35, dtype="f4").reshape(5, 7) / 4
    f["contiguous"] = n
    f.create_dataset("deflate", data=n, chunks=(5, 7), compression="gzip")
    f["big"] = n.astype(">f8")
    f["half"] = n.astype("f2")
    f["int8"] = np.array([-128, 0, 127], "i1")
    f["uint16"] = np.array([0, 65535], ">u2")
    f["bool"] = np.array([True, False])
    f = root.create_group("more")
    f["scalar"] = -2.5
    f["empty"] = np.zeros((0, 3), "f4")
    f["fixed"] = np.array([b"abc", b"de"], "S3")
    f["text"] = "ä \n text"
    f["texts"] = np.array([["a", "bc"], ["", "def"]], dtype=h5py.string_dtype())
    g = f.create_group("a").create_group("b")
    g["x"] = np.int64(7)


with h5py.File("oldest.h5", "w", libver="earliest") as f:
    fill(f)
    n = np.arange(35, dtype="f4").reshape(5, 7) / 4
    f.create_dataset("pieces", data=n, chunks=(2, 3), compression="gzip", shuffle=True, fletcher32=True)
    f.create_dataset("sparse", shape=(4, 4), chunks=(2, 2), dtype="f4")[1, 1] = 3
    many = f.create_group("many")
    for k in range(60):
        many[f"n{k}"] = k

with h5py.File("newest.h5", "w", libver="latest") as f:
    fill(f)

with h5py.File("links.h5", "w", libver="latest") as f:
    for k in range(20):
        f[f"n{k}"] = k
