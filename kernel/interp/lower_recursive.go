package interp

import "go/types"

// endless reports whether a defined type contains itself without a defined struct or function type on the way, which are
// the ones that recursive.go can tie.
func endless(t *types.Named) bool {
	seen := map[types.Type]bool{}
	var within func(types.Type) bool
	some := func(tuple *types.Tuple) bool {
		for v := range tuple.Variables() {
			if within(v.Type()) {
				return true
			}
		}
		return false
	}
	within = func(u types.Type) bool {
		u = types.Unalias(u)
		if named, ok := u.(*types.Named); ok {
			if named == t && len(seen) > 0 {
				return true
			}
			switch u.Underlying().(type) {
			case *types.Struct, *types.Signature:
				return false
			}
		}
		if seen[u] {
			return false
		}
		seen[u] = true
		switch u := u.Underlying().(type) {
		case *types.Map:
			return within(u.Key()) || within(u.Elem())
		case *types.Signature:
			return some(u.Params()) || some(u.Results())
		case *types.Struct:
			for f := range u.Fields() {
				if within(f.Type()) {
					return true
				}
			}
		case interface{ Elem() types.Type }: // pointer, slice, array, channel
			return within(u.Elem())
		}
		return false
	}
	return within(t)
}
