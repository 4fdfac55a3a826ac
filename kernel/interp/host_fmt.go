package interp

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// fmt answers %T by the type that it sees, which for a value in a box is the box. So the format functions that scripts
// get change the directive to one that the box understands.
const typeVerb = '\u02b9'

func sprintf(format string, args ...any) string { return fmt.Sprintf(typeVerbs(format, args), args...) }

func errorf(format string, args ...any) error { return fmt.Errorf(typeVerbs(format, args), args...) }

func fprintf(w io.Writer, format string, args ...any) (int, error) {
	return fmt.Fprintf(w, typeVerbs(format, args), args...)
}

func appendf(b []byte, format string, args ...any) []byte {
	return fmt.Appendf(b, typeVerbs(format, args), args...)
}

func logf(f func(string, ...any)) func(string, ...any) {
	return func(format string, args ...any) { f(typeVerbs(format, args), args...) }
}

// typeVerbs changes %T where its argument is in a box.
func typeVerbs(format string, args []any) string {
	if !strings.Contains(format, "T") {
		return format
	}
	out := []byte(nil)
	next := 0
	for i := 0; i < len(format); i++ {
		out = append(out, format[i])
		if format[i] != '%' {
			continue
		}
		for i++; i < len(format) && strings.IndexByte("+-# 0123456789.*[]", format[i]) >= 0; i++ {
			switch format[i] {
			case '*':
				next++
			case '[':
				if end := strings.IndexByte(format[i:], ']'); end > 0 {
					if n, err := strconv.Atoi(format[i+1 : i+end]); err == nil {
						next = n - 1
					}
				}
			}
			out = append(out, format[i])
		}
		switch {
		case i >= len(format):
		case format[i] == 'T' && isBox(args, next):
			out = append(out, string(typeVerb)...)
			next++
		default:
			out = append(out, format[i])
			if format[i] != '%' {
				next++
			}
		}
	}
	return string(out)
}

func isBox(args []any, i int) bool {
	if i < 0 || i >= len(args) {
		return false
	}
	_, ok := boxed(args[i])
	return ok
}
