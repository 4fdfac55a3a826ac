package tensor_test

import "testing"

// The oracle is PyTorch: testdata/print.json.
func TestStringIsPyTorchs(t *testing.T) {
	var golden struct {
		Cases []struct {
			array
			Name, Text   string
			RequiresGrad bool `json:"requires_grad"`
		}
	}
	readGolden(t, "print.json", &golden)
	for _, c := range golden.Cases {
		x := c.tensor(t)
		x.SetRequiresGrad(c.RequiresGrad)
		if got := x.String(); got != c.Text {
			t.Errorf("%s: got\n%s\nwant\n%s", c.Name, got, c.Text)
		}
	}
	if len(golden.Cases) < 150 {
		t.Errorf("only %d cases", len(golden.Cases))
	}
}
