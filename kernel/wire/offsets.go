package wire

import "unicode/utf8"

// byteOffset converts an offset in code points, the protocol's unit, to bytes; beyond the end it is the end.
func byteOffset(s string, points int) int {
	if points < 0 {
		return len(s)
	}
	for at := range s {
		if points == 0 {
			return at
		}
		points--
	}
	return len(s)
}

// pointOffset converts an offset in bytes to code points.
func pointOffset(s string, bytes int) int {
	return utf8.RuneCountInString(s[:min(max(bytes, 0), len(s))])
}
