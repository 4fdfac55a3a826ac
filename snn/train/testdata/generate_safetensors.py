"""Writes python.safetensors with the reference implementation.

Run with the versions named in README.md:  python3 generate_safetensors.py
"""

import numpy as np
from safetensors.numpy import save_file

save_file(
    {
        "0.weight": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
        "scalar": np.array(-1.5, np.float32),
        "empty": np.zeros((0, 3), np.float32),
        "umlaut \u00e4 \"quoted\"": np.array([np.nan, np.inf, -0.0], np.float32),
    },
    "python.safetensors",
    metadata={"format": "np", "text": "two\nlines"},
)
