package interp

import "go/types"

// endless reports whether a defined type contains itself with neither a struct nor an interface between: reflection, on
// which the engine builds, cannot make such a type.
func endless(t *types.Named) bool {
	seen := map[types.Type]bool{}
	var within func(types.Type) bool
	within = func(u types.Type) bool {
		u = types.Unalias(u)
		if named, ok := u.(*types.Named); ok && named == t && len(seen) > 0 {
			return true
		}
		if seen[u] {
			return false
		}
		seen[u] = true
		switch u := u.Underlying().(type) {
		case *types.Map:
			return within(u.Key()) || within(u.Elem())
		case *types.Signature:
			for _, tuple := range []*types.Tuple{u.Params(), u.Results()} {
				for v := range tuple.Variables() {
					if within(v.Type()) {
						return true
					}
				}
			}
		case interface{ Elem() types.Type }: // pointer, slice, array, channel
			return within(u.Elem())
		}
		return false
	}
	return within(t)
}
