// Package errors holds the generic function of the standard package of that name, for scripts.
package errors

// AsType finds the first error in the tree of err that is an E.
func AsType[E error](err error) (E, bool) {
	var zero E
	for err != nil {
		if e, ok := err.(E); ok {
			return e, true
		}
		if x, ok := err.(interface{ As(target any) bool }); ok {
			var target E
			if x.As(&target) {
				return target, true
			}
		}
		if x, ok := err.(interface{ Unwrap() []error }); ok {
			for _, inner := range x.Unwrap() {
				if e, ok := AsType[E](inner); ok {
					return e, true
				}
			}
			return zero, false
		}
		x, ok := err.(interface{ Unwrap() error })
		if !ok {
			return zero, false
		}
		err = x.Unwrap()
	}
	return zero, false
}
