package tensor

import "golang.org/x/sys/unix"

// physicalMemory is the machine's memory in bytes; 0 if it is not known.
func physicalMemory() uint64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return n
}
