package tensor_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// cells parses the markup, which must be well formed, and returns the text of every td and th.
func cells(t *testing.T, text string) (td, th []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	where := ""
	for {
		token, err := d.Token()
		if err == io.EOF {
			return td, th
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			where = token.Name.Local
		case xml.EndElement:
			where = ""
		case xml.CharData:
			switch where {
			case "td":
				td = append(td, string(token))
			case "th":
				th = append(th, string(token))
			}
		}
	}
}

func TestHTML(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		x      *tensor.Tensor
		td, th string
	}{
		{tensor.Of(1, -2, 0), "1. -2. 0.", "0 1 2"},
		{tensor.Of(0.5, nan, inf), "0.5000 nan inf", "0 1 2"},
		{tensor.FromSlice([]float32{1, 2, 3, 4}, 2, 2), "1. 2. 3. 4.", "0 1 0 1"},
		{tensor.Ones(13), "1. 1. 1. 1. 1. 1. … 1. 1. 1. 1. 1. 1.", "0 1 2 3 4 5 … 7 8 9 10 11 12"},
		{tensor.Ones(2, 1, 1), "1. 1.", "0 0 0 0"},
	} {
		text, err := c.x.HTML()
		if err != nil {
			t.Fatal(err)
		}
		td, th := cells(t, text)
		if got := strings.Join(td, " "); got != c.td {
			t.Errorf("%v: cells %q, want %q", c.x, got, c.td)
		}
		if got := strings.Join(th, " "); got != c.th {
			t.Errorf("%v: headings %q, want %q", c.x, got, c.th)
		}
	}
}

// The shade is the part of the largest size that is shown.
func TestHTMLShades(t *testing.T) {
	text, _ := tensor.Of(1, -2, 0, float32(math.Inf(1)), float32(math.NaN())).HTML()
	for _, want := range []string{
		"rgba(66,133,244,0.30)\">1.<", "rgba(245,124,0,0.60)\">-2.<", "rgba(66,133,244,0.00)\">0.<", "rgba(66,133,244,0.60)\">inf<",
		"rgba(128,128,128,0.60)\">nan<",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}

func TestHTMLStaysSmall(t *testing.T) {
	for _, shape := range [][]int{{480, 640}, {100000}, {20, 2, 48, 64}, {7, 7, 7, 7, 7}} {
		text, _ := tensor.Ones(shape...).HTML()
		if td, _ := cells(t, text); len(td) == 0 || len(text) > 400000 {
			t.Errorf("%v: %d cells in %d bytes", shape, len(td), len(text))
		}
		if !strings.Contains(text, "tensor ("+strings.Trim(strings.Join(strings.Fields(fmt.Sprint(shape)), ", "), "[]")) {
			t.Errorf("%v: no shape in %.100s", shape, text)
		}
	}
	for _, x := range []*tensor.Tensor{tensor.Zeros(0, 3), tensor.Scalar(2.5)} {
		if text, _ := x.HTML(); text != "<code>"+x.String()+"</code>" {
			t.Errorf("%v: %s", x, text)
		}
	}
}

// The text keeps the page's colour and the shades let the page's background through, so both themes stay readable.
func TestHTMLSuitsDarkPages(t *testing.T) {
	text, _ := hashed(20, 20).HTML()
	if !strings.Contains(text, ";color:inherit;") { // a table without it is black in old-style pages
		t.Errorf("no inherited colour in %.300s", text)
	}
	text = strings.ReplaceAll(text, ";color:inherit;", ";")
	for _, opaque := range []string{";color:", `"color:`, "#", "rgb("} {
		if strings.Contains(text, opaque) {
			t.Errorf("%q in %.300s", opaque, text)
		}
	}
	if !strings.Contains(text, "rgba(66,133,244,") || !strings.Contains(text, "rgba(245,124,0,") {
		t.Errorf("no shades in %.300s", text)
	}
}
