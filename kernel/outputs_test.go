package kernel

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/kernel/wire"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// A name Out of the user's own stays, and _n works beside it; what a front end asks silently is nobody's output.
func TestOwnOut(t *testing.T) {
	s := newSession(t)
	for _, c := range []struct{ src, want string }{
		{"42", "42"},
		{`Out := map[int]any{1: "mine"}`, ""},
		{"Out[1]", `"mine"`},
		{"_1 + 1", "43"},
		{"Out := 3", ""},
		{"_4 + Out", "46"},
		{"%reset", ""},
		{"9", "9"},
		{"Out[8]", "9"},
		{"Out[8]", "9"},
		{"Out[9].(int) + _8", "18"},
	} {
		if got := s.must(t, c.src); got != c.want {
			t.Errorf("%s echoes %q, want %q", c.src, got, c.want)
		}
	}
	if _, outcome := s.run(t, "%save x.go 9"); outcome.Err == nil || !strings.Contains(outcome.Err.Value, "cell 9 uses Out") {
		t.Errorf("%%save of a cell with Out: %+v", outcome.Err)
	}
	s.must(t, "7")
	s.Execute(t.Context(), wire.Cell{N: s.n, Src: `"asked"`, Silent: true}, &recorder{})
	if got := s.must(t, "_13 + 1"); got != "8" {
		t.Errorf("after a silent cell _13 + 1 is %s", got)
	}
	list := s.History(wire.HistoryQuery{Access: "tail", Output: true})
	if e := list[len(list)-2]; e.Output != "7" {
		t.Errorf("the history has %+v", e)
	}
}

// Values that are large together go before there are a hundred, the oldest first, also from an Out that a cell has asked for;
// the last one stays, whatever its size.
func TestLargeOutputs(t *testing.T) {
	s := newSession(t)
	s.must(t, "1")
	s.must(t, "len(Out)")
	for range 5 {
		s.must(t, "tensor.Zeros(16<<20)") // 64 MiB
	}
	if got := s.must(t, "fmt.Sprint(Out[1], Out[3], Out[4].(*tensor.Tensor).Numel())"); got != `"<nil> <nil> 16777216"` {
		t.Errorf("after five of 64 MiB: %q", got)
	}
	s.must(t, "Out[7]") // it is in Out twice now
	if o := &s.outputs; len(o.cells) != 4 || o.held < 3*64<<20 || o.held > outputBytes {
		t.Errorf("cells %v of %d bytes", o.cells, o.held)
	}
	s.must(t, "tensor.Zeros(80<<20)")
	if o := &s.outputs; len(o.cells) != 1 || len(o.out) != 0 || o.held != 320<<20 {
		t.Errorf("after 320 MiB: cells %v of %d bytes, Out has %d", o.cells, o.held, len(o.out))
	}
	if got := s.must(t, "len(Out)"); got != "1" {
		t.Errorf("Out has %s", got)
	}
}

func TestSizes(t *testing.T) {
	x := tensor.Zeros(10, 25) // 1000 bytes
	var none *tensor.Tensor
	type pair struct {
		A, B any
		c    *tensor.Tensor
	}
	for name, c := range map[string]struct {
		v    any
		want int
	}{
		"nil":           {nil, 0},
		"nil tensor":    {none, 0},
		"tensor":        {x, 1000},
		"sparse":        {tensor.NewSparse([]int32{3, 5}, []float32{1, 2}, 1000), 16},
		"state":         {snn.NewState("S").With("a", x).With("b", x), 2000},
		"neuron":        {second(snn.LIFCell().Forward(x, nil)), 2000},
		"numbers":       {make([]float64, 100), 800},
		"structs":       {make([]struct{ a, b int32 }, 100), 800},
		"tensors":       {[]*tensor.Tensor{x, x, nil}, 2001},
		"many tensors":  {slices.Repeat([]*tensor.Tensor{x}, 1_000_000), 1_008_000_000},
		"many in lists": {slices.Repeat([][]*tensor.Tensor{slices.Repeat([]*tensor.Tensor{x}, 1000)}, 1000), 1_008_024_000},
		"map":           {map[string]any{"a": x, "b": "text"}, 1004},
		"struct":        {pair{x, []float32{1}, x}, 1004},
		"array":         {[2]float32{}, 8},
	} {
		left := sizeLimit
		if got := size(reflect.ValueOf(c.v), &left); got < c.want-c.want/100 || got > c.want+c.want/10 && got > c.want+50 {
			t.Errorf("%s: %d bytes, want about %d", name, got, c.want)
		}
	}
}

func second[A, B any](_ A, b B) B { return b }
