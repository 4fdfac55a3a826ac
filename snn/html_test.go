package snn

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// The pages are well-formed, whatever is nested, and hold each module and tensor by its name once.
func TestHTML(t *testing.T) {
	inner := Sequential(Lift(Conv2d(1, 2, 3)), LIF())
	model := Sequential(inner, Flatten(1), Linear(8, 2))
	_, state := Sequential(LIF(), LI()).Forward(tensor.Ones(3, 4), nil)
	for _, c := range []struct {
		value interface{ HTML() (string, error) }
		want  string
	}{
		{model, "SequentialState|(0): SequentialState|(0): Lift|(lifted_module): Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1))|" +
			"(1): LIF|(1): Flatten(start_dim=1, end_dim=-1)|(2): Linear(in_features=8, out_features=2, bias=True)"},
		{Sequential(), "SequentialState()"},
		{state, state.title() + "|0.v [4]|0.i [4]|1.v [4]|1.i [4]"},
	} {
		page, err := c.value.HTML()
		if err != nil {
			t.Fatal(err)
		}
		var labels []string
		decoder := xml.NewDecoder(strings.NewReader(page))
		folded := 0
		for {
			token, err := decoder.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%v in %s", err, page)
			}
			switch token := token.(type) {
			case xml.StartElement:
				if token.Name.Local == "table" {
					folded++
				}
			case xml.CharData:
				labels = append(labels, string(token))
			}
		}
		got := strings.Join(labels, "|")
		for label := range strings.SplitSeq(c.want, "|") {
			if !strings.Contains("|"+got+"|", "|"+label+"|") {
				t.Errorf("%q is not in %q", label, got)
			}
		}
		if strings.Contains(c.want, "[4]") && folded != 4 {
			t.Errorf("%d tables of values, want 4", folded)
		}
	}
}
