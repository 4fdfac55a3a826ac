//go:build !linux

package kernel

// physicalMemory is not known here.
func physicalMemory() uint64 { return 0 }
