//go:build !unix

package term

import "os"

// asksixel does not ask: reading a console without taking key strokes from others needs Unix. LIVESPIKE_GRAPHICS names
// the protocol there.
func asksixel(_, _ *os.File) bool { return false }

func cellSize(*os.File) (w, h int) { return 0, 0 }
