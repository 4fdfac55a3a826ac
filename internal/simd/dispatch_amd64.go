//go:build !purego

package simd

import (
	"os"

	"golang.org/x/sys/cpu"
)

func init() {
	on = cpu.X86.HasAVX2 && cpu.X86.HasPOPCNT && os.Getenv("LIVESPIKE_SIMD") != "off"
	if on {
		LIF, LIFRefrac, LI, LIBox, LIFBox, IAF = lifAVX2, lifRefracAVX2, liAVX2, liBoxAVX2, lifBoxAVX2, iafAVX2
		LIFBack = lifBackAVX2
	}
}
