//go:build unix

package main

import (
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// BenchmarkStart is the time and the memory from the start of the process to the end of its first cell.
func BenchmarkStart(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "snnrepl")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, code := range []string{"snn.LICell()", "snn.LIFCell().Forward(tensor.Ones(1), nil)"} {
		b.Run(code, func(b *testing.B) {
			var most int64
			for b.Loop() {
				c := exec.Command(binary, "-e", code)
				if out, err := c.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
				if usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
					most = max(most, usage.Maxrss)
				}
			}
			b.ReportMetric(float64(most)/1024, "MB") // Linux counts in KiB
		})
	}
}
