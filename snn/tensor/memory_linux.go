package tensor

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// physicalMemory is the machine's memory in bytes, or what a container has been given of it; 0 if it is not known.
func physicalMemory() uint64 {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return 0
	}
	n := uint64(info.Totalram) * uint64(info.Unit)
	// In a container this is the limit of its control group. Without one the file is absent or says "max".
	text, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return n
	}
	if limit, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil {
		n = min(n, limit)
	}
	return n
}
