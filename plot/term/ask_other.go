//go:build !unix

package term

import "os"

// asksixel does not ask: reading a console without taking key strokes from others needs Unix. LIVESPIKE_GRAPHICS names
// the protocol there.
func asksixel(_, _ *os.File) bool { return false }

// CellSize is the size of a character in pixels, which is not known without Unix.
func CellSize(uintptr) (w, h int) { return 0, 0 }
