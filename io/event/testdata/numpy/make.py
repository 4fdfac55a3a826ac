"""Writes the arrays beside it with NumPy: 500 events, i-th t = 1000 + 37 i, x = 7 i mod 640, y = 13 i mod 480, p = i mod 2."""

import numpy as np

i = np.arange(500)
t, x, y, p = 1000 + 37 * i, 7 * i % 640, 13 * i % 480, i % 2

packed = np.zeros(500, [("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "|u1")])
psee = np.zeros(500, {"names": ["x", "y", "p", "t"], "formats": ["<u2", "<u2", "<i2", "<i8"], "offsets": [0, 2, 4, 8]})
wide = np.zeros(500, [("timestamp", ">u8"), ("x", ">u4"), ("y", ">u4"), ("polarity", "?")])
for a, (tn, pn) in ((packed, ("t", "p")), (psee, ("t", "p")), (wide, ("timestamp", "polarity"))):
    a[tn], a["x"], a["y"], a[pn] = t, x, y, p

np.save("packed.npy", packed)
np.save("psee.npy", psee)
np.save("wide.npy", wide)
np.save("rows.npy", np.stack([x, y, t, p], 1))
np.save("seconds.npy", np.stack([t / 1e6, x, y, np.where(p, 1, -1)], 1))
np.savez("packed.npz", labels=np.zeros(3), events=packed)
np.savez("columns.npz", p=p.astype("u1"), t=t, x=x.astype("u2"), y=y.astype("u2"))
np.savez_compressed("columns_compressed.npz", x=x.astype("u2"), y=y.astype("u2"), timestamps=t / 1e6, polarity=p > 0)
np.savez_compressed("psee_compressed.npz", psee)
