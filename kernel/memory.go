package kernel

import (
	"os"
	"strconv"
)

// MemoryLimit is how many bytes a session may hold before the running cell is stopped: LIVESPIKE_MEMORY in GiB, 0 for no
// limit; without it, four fifths of the machine's memory where that is known.
func MemoryLimit() uint64 {
	if text := os.Getenv("LIVESPIKE_MEMORY"); text != "" {
		if gib, err := strconv.ParseFloat(text, 64); err == nil && gib >= 0 {
			return uint64(gib * (1 << 30))
		}
	}
	return physicalMemory() / 5 * 4
}
