package tensor_test

import (
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

func TestHotPathsDoNotAllocate(t *testing.T) {
	x, y, row, cube := hashed(8, 9), hashed(8, 9), hashed(9), hashed(2, 3, 4)
	dst := tensor.Zeros(8, 9)
	number, whole := 1.5, 7
	var sum float32
	single := tensor.Of(3)
	for name, f := range map[string]func(){
		"AddInto": func() { x.AddInto(dst, y) }, "AddInto, broadcast": func() { x.AddInto(dst, row) },
		"SubInto": func() { x.SubInto(dst, y) }, "SubInto, number": func() { x.SubInto(dst, number) },
		"MulInto": func() { x.MulInto(dst, y) }, "MulInto, row first": func() { row.MulInto(dst, x) },
		"DivInto": func() { x.DivInto(dst, y) }, "DivInto, int": func() { x.DivInto(dst, whole) },
		"AddInPlace": func() { x.AddInPlace(y) }, "AddInPlace, number": func() { x.AddInPlace(number) },
		"SubInPlace": func() { x.SubInPlace(row) }, "MulInPlace": func() { x.MulInPlace(number) },
		"DivInPlace": func() { x.DivInPlace(number) }, "FillInPlace": func() { dst.FillInPlace(number) },
		"CopyFrom": func() { dst.CopyFrom(x) },
		"At1":      func() { sum += row.At1(-1) }, "At2": func() { sum += x.At2(1, -2) },
		"At3": func() { sum += cube.At3(1, 2, 3) }, "At": func() { sum += cube.At(0, -1, whole-5) },
		"Set": func() { x.Set(sum, whole, 1) }, "Item": func() { sum += single.Item() }, "Equal": func() { x.Equal(y) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

// The result of an operation in place is that of the operation, also where both sides share elements.
func TestInPlaceWithSharedElements(t *testing.T) {
	for name, f := range map[string]func(x *tensor.Tensor) (into, want *tensor.Tensor){
		"minus its first row": func(x *tensor.Tensor) (into, want *tensor.Tensor) {
			want = x.Clone().Sub(x.Index(0).Clone())
			return x.SubInPlace(x.Index(0)), want
		},
		"plus itself": func(x *tensor.Tensor) (into, want *tensor.Tensor) {
			want = x.Add(x)
			return x.AddInPlace(x), want
		},
		"rows plus the rows before": func(x *tensor.Tensor) (into, want *tensor.Tensor) {
			later, earlier := x.Slice(0, 1, 5), x.Slice(0, 0, 4)
			want = later.Add(earlier)
			return later.AddInPlace(earlier), want
		},
		"into the rows after": func(x *tensor.Tensor) (into, want *tensor.Tensor) {
			earlier := x.Slice(0, 0, 4)
			want = earlier.Mul(2)
			return earlier.MulInto(x.Slice(0, 1, 5), 2), want
		},
	} {
		if into, want := f(hashed(5, 3)); !into.Equal(want) {
			t.Errorf("%s: got %v, want %v", name, into, want)
		}
	}
}
