package interp_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/stdlib"
)

// A cell that takes memory without end is stopped with a sentence, and the session goes on.
func TestMemoryLimit(t *testing.T) {
	if racing {
		t.Skip("the engine's ExecuteWithContext writes its results twice when cancelled")
	}
	in := interp.New(interp.Options{Symbols: stdlib.Symbols, Stdout: io.Discard, Stderr: io.Discard, MemoryLimit: 1 << 30})
	r := in.Eval(context.Background(), interp.Cell{N: 1, Src: "var all [][]byte\nfor {\n\tall = append(all, make([]byte, 16<<20))\n}"})
	if r.Err == nil || r.Err.Stage != interp.Run || !strings.HasPrefix(r.Err.Msg, "out of memory: the session holds more than 1.0 GiB") {
		t.Errorf("%v", r.Err)
	}
	if r := in.Eval(context.Background(), interp.Cell{N: 2, Src: "1 + 1"}); r.Err != nil || len(r.Values) != 1 {
		t.Errorf("afterwards: %v", r.Err)
	}
}

// What no machine has room for is an error before it is asked for: Go itself would end the process.
func TestRoom(t *testing.T) {
	in := interp.New(interp.Options{
		Symbols: stdlib.Symbols, Stdout: io.Discard, Stderr: io.Discard, MemoryLimit: 4 << 30,
		Imports: map[string]string{"strings": "strings", "bytes": "bytes", "slices": "slices"},
	})
	eval(t, in, 1, "n := 1 << 40")
	for i, src := range []string{
		"make([]float64, 1 << 40)", "make([]int, 0, n)", "make(map[string]int, n)", "make(chan int, n)", "make([]struct{ a, b int }, n >> 11)",
		`strings.Repeat("ab", n)`, `bytes.Repeat([]byte("x"), n)`, "slices.Repeat([]int{1}, n)", "var b strings.Builder\nb.Grow(n)",
		"var a [1 << 40]int", "type T struct{ a [1 << 20][1 << 20]byte }",
		"func f() (err error) {\n\tdefer func() { err = recover().(error) }()\n\treturn errors.New(string(make([]byte, n)))\n}\npanic(f())",
	} {
		r := in.Eval(context.Background(), interp.Cell{N: i + 2, Src: "import \"errors\"\n_ = errors.New\n" + src})
		if r.Err == nil || !strings.Contains(r.Err.Msg, "and the session may hold 4.0 GiB") {
			t.Errorf("%s: %v", src, r.Err)
		}
	}
	if r := in.Eval(context.Background(), interp.Cell{N: 20, Src: `len(make([]float64, 200_000)) + cap(make([]int8, 3, 70)) + len(strings.Repeat("ab", 3))`}); r.Err != nil || r.Values[0].Text != "200076" {
		t.Errorf("what there is room for: %v", r.Err)
	}
}

// All errors of a cell are reported, one a line of source, as the compiler does.
func TestAllErrors(t *testing.T) {
	in := session()
	r := in.Eval(context.Background(), interp.Cell{N: 1, Src: "a := nosuch\nb := alsoNot + stillNot\nfmt.Println(\"x\")\nvar n int = \"s\""})
	if r.Err == nil || len(r.Err.More) != 2 {
		t.Fatalf("%v and %d more, want 3 errors", r.Err, len(r.Err.More))
	}
	for i, want := range []string{"In[1]:1:6: undefined: nosuch", "In[1]:2:6: undefined: alsoNot", "In[1]:4:13: cannot use \"s\""} {
		e := r.Err
		if i > 0 {
			e = r.Err.More[i-1]
		}
		if !strings.HasPrefix(e.Error(), want) {
			t.Errorf("error %d is %q, want %q", i, e, want)
		}
	}
}
