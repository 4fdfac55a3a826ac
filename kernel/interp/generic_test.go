package interp_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	ourcmp "github.com/livespike/livespike/kernel/interp/generic/cmp"
	ourmaps "github.com/livespike/livespike/kernel/interp/generic/maps"
	ourslices "github.com/livespike/livespike/kernel/interp/generic/slices"
)

// outcomeOf is the text of what f returns, or that it panicked.
func outcomeOf(f func() any) (text string) {
	defer func() {
		if recover() != nil {
			text = "panic"
		}
	}()
	return fmt.Sprintf("%#v", f())
}

// same compares a function with the standard one, which is the oracle.
func same(t *testing.T, name string, got, want func() any) {
	t.Helper()
	if got, want := outcomeOf(got), outcomeOf(want); got != want {
		t.Errorf("%s: %s, the standard package says %s", name, got, want)
	}
}

func TestGenericSlices(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	numbers := func() []int {
		s := make([]int, r.IntN(9))
		for i := range s {
			s[i] = r.IntN(5)
		}
		if len(s) == 0 && r.IntN(2) == 0 {
			return nil
		}
		return s
	}
	odd := func(n int) bool { return n%2 == 1 }
	near := func(a, b int) bool { return a/2 == b/2 }
	down := func(a, b int) int { return cmp.Compare(b/2, a/2) }
	for range 3000 {
		a, b, i, j, v := numbers(), numbers(), r.IntN(7)-1, r.IntN(7)-1, r.IntN(5)
		c := func() []int { return slices.Clone(a) }
		whole := func(s, rest []int) any { return fmt.Sprintf("%#v %#v", s, rest) } // what is left over counts
		sorted := slices.Sorted(slices.Values(a))
		args := fmt.Sprintf("(%v, %v, %d, %d, %d)", a, b, i, j, v)
		same(t, "Equal"+args, func() any { return ourslices.Equal(a, b) }, func() any { return slices.Equal(a, b) })
		same(t, "EqualFunc"+args, func() any { return ourslices.EqualFunc(a, b, near) }, func() any { return slices.EqualFunc(a, b, near) })
		same(t, "Compare"+args, func() any { return ourslices.Compare(a, b) }, func() any { return slices.Compare(a, b) })
		same(t, "CompareFunc"+args, func() any { return ourslices.CompareFunc(a, b, down) }, func() any { return slices.CompareFunc(a, b, down) })
		same(t, "Index"+args, func() any { return ourslices.Index(a, v) }, func() any { return slices.Index(a, v) })
		same(t, "IndexFunc"+args, func() any { return ourslices.IndexFunc(a, odd) }, func() any { return slices.IndexFunc(a, odd) })
		same(t, "Contains"+args, func() any { return ourslices.Contains(a, v) }, func() any { return slices.Contains(a, v) })
		same(t, "ContainsFunc"+args, func() any { return ourslices.ContainsFunc(a, odd) }, func() any { return slices.ContainsFunc(a, odd) })
		same(t, "Insert"+args, func() any { return ourslices.Insert(c(), i, b...) }, func() any { return slices.Insert(c(), i, b...) })
		same(t, "Delete"+args, func() any { s := c(); return whole(ourslices.Delete(s, i, j), s) }, func() any { s := c(); return whole(slices.Delete(s, i, j), s) })
		same(t, "DeleteFunc"+args, func() any { s := c(); return whole(ourslices.DeleteFunc(s, odd), s) }, func() any { s := c(); return whole(slices.DeleteFunc(s, odd), s) })
		same(t, "Replace"+args, func() any { return ourslices.Replace(c(), i, j, b...) }, func() any { return slices.Replace(c(), i, j, b...) })
		same(t, "Clone"+args, func() any { return ourslices.Clone(a) }, func() any { return slices.Clone(a) })
		same(t, "Compact"+args, func() any { s := c(); return whole(ourslices.Compact(s), s) }, func() any { s := c(); return whole(slices.Compact(s), s) })
		same(t, "CompactFunc"+args, func() any { s := c(); return whole(ourslices.CompactFunc(s, near), s) }, func() any { s := c(); return whole(slices.CompactFunc(s, near), s) })
		same(t, "Grow"+args, func() any { s := ourslices.Grow(c(), i); return cap(s)-len(s) >= i }, func() any { s := slices.Grow(c(), i); return cap(s)-len(s) >= i })
		same(t, "Clip"+args, func() any { return cap(ourslices.Clip(a)) }, func() any { return cap(slices.Clip(a)) })
		same(t, "Concat"+args, func() any { return ourslices.Concat(a, b) }, func() any { return slices.Concat(a, b) })
		same(t, "Repeat"+args, func() any { return ourslices.Repeat(a, i) }, func() any { return slices.Repeat(a, i) })
		same(t, "Reverse"+args, func() any { s := c(); ourslices.Reverse(s); return s }, func() any { s := c(); slices.Reverse(s); return s })
		same(t, "Sort"+args, func() any { s := c(); ourslices.Sort(s); return s }, func() any { s := c(); slices.Sort(s); return s })
		same(t, "SortStableFunc"+args, func() any { s := c(); ourslices.SortStableFunc(s, down); return s }, func() any { s := c(); slices.SortStableFunc(s, down); return s })
		same(t, "IsSorted"+args, func() any { return ourslices.IsSorted(a) }, func() any { return slices.IsSorted(a) })
		same(t, "IsSortedFunc"+args, func() any { return ourslices.IsSortedFunc(a, down) }, func() any { return slices.IsSortedFunc(a, down) })
		same(t, "Min"+args, func() any { return ourslices.Min(a) }, func() any { return slices.Min(a) })
		same(t, "MinFunc"+args, func() any { return ourslices.MinFunc(a, down) }, func() any { return slices.MinFunc(a, down) })
		same(t, "Max"+args, func() any { return ourslices.Max(a) }, func() any { return slices.Max(a) })
		same(t, "MaxFunc"+args, func() any { return ourslices.MaxFunc(a, down) }, func() any { return slices.MaxFunc(a, down) })
		pair := func(n int, ok bool) any { return fmt.Sprint(n, ok) }
		same(t, "BinarySearch"+args, func() any { return pair(ourslices.BinarySearch(sorted, v)) }, func() any { return pair(slices.BinarySearch(sorted, v)) })
		same(t, "BinarySearchFunc"+args, func() any { return pair(ourslices.BinarySearchFunc(sorted, v, cmp.Compare[int])) }, func() any { return pair(slices.BinarySearchFunc(sorted, v, cmp.Compare[int])) })
		same(t, "All"+args, func() any { return maps.Collect(ourslices.All(a)) }, func() any { return maps.Collect(slices.All(a)) })
		same(t, "Backward"+args, func() any { return maps.Collect(ourslices.Backward(a)) }, func() any { return maps.Collect(slices.Backward(a)) })
		same(t, "AppendSeq"+args, func() any { return ourslices.AppendSeq(c(), ourslices.Values(b)) }, func() any { return slices.AppendSeq(c(), slices.Values(b)) })
		same(t, "Collect"+args, func() any { return ourslices.Collect(slices.Values(a)) }, func() any { return slices.Collect(slices.Values(a)) })
		same(t, "Sorted"+args, func() any { return ourslices.Sorted(slices.Values(a)) }, func() any { return slices.Sorted(slices.Values(a)) })
		same(t, "SortedStableFunc"+args, func() any { return ourslices.SortedStableFunc(slices.Values(a), down) }, func() any { return slices.SortedStableFunc(slices.Values(a), down) })
		same(t, "Chunk"+args, func() any { return slices.Collect(ourslices.Chunk(a, i)) }, func() any { return slices.Collect(slices.Chunk(a, i)) })
	}
}

func TestGenericFloats(t *testing.T) {
	values := []float64{math.NaN(), math.Inf(-1), -1, math.Copysign(0, -1), 0, 1, math.Inf(1)}
	r := rand.New(rand.NewPCG(3, 4))
	for _, x := range values {
		for _, y := range values {
			args := fmt.Sprintf("(%v, %v)", x, y)
			same(t, "cmp.Compare"+args, func() any { return ourcmp.Compare(x, y) }, func() any { return cmp.Compare(x, y) })
			same(t, "cmp.Less"+args, func() any { return ourcmp.Less(x, y) }, func() any { return cmp.Less(x, y) })
			same(t, "cmp.Or"+args, func() any { return ourcmp.Or(x, y) }, func() any { return cmp.Or(x, y) })
		}
	}
	for range 500 {
		s := make([]float64, 1+r.IntN(6))
		for i := range s {
			s[i] = values[r.IntN(len(values))]
		}
		same(t, fmt.Sprint("Min", s), func() any { return ourslices.Min(s) }, func() any { return slices.Min(s) })
		same(t, fmt.Sprint("Max", s), func() any { return ourslices.Max(s) }, func() any { return slices.Max(s) })
		same(t, fmt.Sprint("IsSorted", s), func() any { return ourslices.IsSorted(s) }, func() any { return slices.IsSorted(s) })
		same(t, fmt.Sprint("Compare", s), func() any { return ourslices.Compare(s, values[:3]) }, func() any { return slices.Compare(s, values[:3]) })
		same(t, fmt.Sprint("Sort", s), func() any {
			c := slices.Clone(s)
			ourslices.Sort(c)
			return fmt.Sprint(c[0], len(c), slices.IsSorted(c))
		}, func() any { c := slices.Clone(s); slices.Sort(c); return fmt.Sprint(c[0], len(c), slices.IsSorted(c)) })
	}
}

func TestGenericMaps(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	table := func() map[string]int {
		var m map[string]int
		for range r.IntN(5) {
			if m == nil {
				m = map[string]int{}
			}
			m[string(rune('a'+r.IntN(4)))] = r.IntN(3)
		}
		return m
	}
	odd := func(_ string, n int) bool { return n%2 == 1 }
	for range 1000 {
		a, b := table(), table()
		c := func() map[string]int { return maps.Clone(a) }
		args := fmt.Sprint(a, b)
		same(t, "Equal"+args, func() any { return ourmaps.Equal(a, b) }, func() any { return maps.Equal(a, b) })
		same(t, "EqualFunc"+args, func() any { return ourmaps.EqualFunc(a, b, func(x, y int) bool { return x <= y }) }, func() any { return maps.EqualFunc(a, b, func(x, y int) bool { return x <= y }) })
		same(t, "Clone"+args, func() any { return ourmaps.Clone(a) }, func() any { return maps.Clone(a) })
		same(t, "Copy"+args, func() any { m := c(); ourmaps.Copy(m, b); return m }, func() any { m := c(); maps.Copy(m, b); return m })
		same(t, "DeleteFunc"+args, func() any { m := c(); ourmaps.DeleteFunc(m, odd); return m }, func() any { m := c(); maps.DeleteFunc(m, odd); return m })
		same(t, "Keys"+args, func() any { return slices.Sorted(ourmaps.Keys(a)) }, func() any { return slices.Sorted(maps.Keys(a)) })
		same(t, "Values"+args, func() any { return slices.Sorted(ourmaps.Values(a)) }, func() any { return slices.Sorted(maps.Values(a)) })
		same(t, "Collect"+args, func() any { return ourmaps.Collect(ourmaps.All(a)) }, func() any { return maps.Collect(maps.All(a)) })
		same(t, "Insert"+args, func() any { m := c(); ourmaps.Insert(m, maps.All(b)); return m }, func() any { m := c(); maps.Insert(m, maps.All(b)); return m })
	}
	same(t, "cmp.Or", func() any { return ourcmp.Or("", "b", strings.Repeat("c", 2)) }, func() any { return cmp.Or("", "b", "cc") })
}
