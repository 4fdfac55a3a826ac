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
