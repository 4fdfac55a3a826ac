package interp_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/plot/display"
	"github.com/livespike/livespike/stdlib"
)

// What a script's type says of itself is what the front end shows; the oracle is the text in its method.
func TestRichScriptType(t *testing.T) {
	var stdout bytes.Buffer
	in := interp.New(interp.Options{Symbols: stdlib.Symbols, Imports: automatic, Stdout: &stdout, Stderr: &stdout})
	for n, c := range []struct{ src, html string }{
		{"type pic struct{ n int }\nfunc (p pic) HTML() (string, error) { return fmt.Sprint(\"<b>\", p.n, \"</b>\"), nil }\npic{3}", "<b>3</b>"},
		{"var x any = pic{4}\nx", "<b>4</b>"},
		{"&pic{5}", "<b>5</b>"},
		{"(*pic)(nil)", ""},
		{"type plain struct{ n int }\nplain{6}", ""},
	} {
		r := in.Eval(context.Background(), interp.Cell{N: n + 1, Src: c.src})
		if r.Err != nil || len(r.Values) != 1 {
			t.Fatalf("%q: %v, %d values", c.src, r.Err, len(r.Values))
		}
		b, rich := display.BundleOf(r.Values[0].V)
		html, _ := b.Data["text/html"].(string)
		if html != c.html || rich != (c.html != "") {
			t.Errorf("%q shows %q, rich %v; want %q", c.src, html, rich, c.html)
		}
	}
}
