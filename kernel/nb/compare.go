package nb

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	_ "image/png" // the pictures that are compared
	"regexp"
	"strings"
)

// Differences compares the outputs of two notebooks of the same cells, one line for each cell that differs. Text is
// compared after durations, addresses and temporary paths are taken out; pictures by their pixels; numbers exactly. Cells
// tagged volatile are not compared.
func (n *Notebook) Differences(other *Notebook) []string {
	var list []string
	if len(n.cells) != len(other.cells) {
		return []string{fmt.Sprintf("%d cells and %d", len(n.cells), len(other.cells))}
	}
	for i, cell := range n.cells {
		if cell["cell_type"] != "code" || tagged(cell, "volatile") {
			continue
		}
		if what := compare(outputs(cell), outputs(other.cells[i])); what != "" {
			list = append(list, fmt.Sprintf("cell %d: %s", i+1, what))
		}
	}
	return list
}

func outputs(cell map[string]any) []map[string]any {
	var list []map[string]any
	entries, _ := cell["outputs"].([]any)
	for _, e := range entries {
		if output, ok := e.(map[string]any); ok {
			list = append(list, output)
		}
	}
	return list
}

// compare says what differs first between stored and new outputs, or nothing.
func compare(stored, fresh []map[string]any) string {
	if len(stored) != len(fresh) {
		return fmt.Sprintf("%d outputs are stored, now there are %d", len(stored), len(fresh))
	}
	for i, a := range stored {
		b := fresh[i]
		if a["output_type"] != b["output_type"] {
			return fmt.Sprintf("output %d is stored as %v, now it is %v", i+1, a["output_type"], b["output_type"])
		}
		for _, field := range []string{"text", "evalue"} {
			if what := compareText(a[field], b[field]); what != "" {
				return what
			}
		}
		if what := compareData(a["data"], b["data"]); what != "" {
			return what
		}
	}
	return ""
}

func compareText(a, b any) string {
	x, errX := text(a)
	y, errY := text(b)
	if errX != nil || errY != nil {
		return "its text cannot be read"
	}
	if x, y = normal(x), normal(y); x != y {
		return difference(x, y)
	}
	return ""
}

// difference shows the first line that differs.
func difference(x, y string) string {
	a, b := strings.Split(x, "\n"), strings.Split(y, "\n")
	for i := range max(len(a), len(b)) {
		line := func(list []string) string {
			if i < len(list) {
				return list[i]
			}
			return "(nothing)"
		}
		if line(a) != line(b) {
			return fmt.Sprintf("line %d was %q, is %q", i+1, line(a), line(b))
		}
	}
	return ""
}

func compareData(a, b any) string {
	x, _ := a.(map[string]any)
	y, _ := b.(map[string]any)
	for mime := range x {
		if _, ok := y[mime]; !ok {
			return mime + " is no longer shown"
		}
	}
	for mime, v := range y {
		stored, ok := x[mime]
		switch {
		case !ok:
			return mime + " is new"
		case mime == "image/png":
			if what := comparePicture(stored, v); what != "" {
				return what
			}
		case mime == "text/html" || mime == "image/svg+xml": // their text twin is compared
		case strings.HasPrefix(mime, "text/"):
			if what := compareText(stored, v); what != "" {
				return what
			}
		}
	}
	return ""
}

func comparePicture(a, b any) string {
	if s, err := text(a); err == nil && s == b {
		return ""
	}
	x, errX := picture(a)
	y, errY := picture(b)
	switch {
	case errX != nil || errY != nil:
		return "its picture cannot be read"
	case x.Bounds() != y.Bounds():
		return fmt.Sprintf("the picture was %v, is %v", x.Bounds().Size(), y.Bounds().Size())
	}
	differ := 0
	for py := x.Bounds().Min.Y; py < x.Bounds().Max.Y; py++ {
		for px := x.Bounds().Min.X; px < x.Bounds().Max.X; px++ {
			if rgba(x, px, py) != rgba(y, px, py) {
				differ++
			}
		}
	}
	if differ > 0 {
		return fmt.Sprintf("%d pixels of the picture differ", differ)
	}
	return ""
}

func rgba(m image.Image, x, y int) [4]uint32 {
	r, g, b, a := m.At(x, y).RGBA()
	return [4]uint32{r, g, b, a}
}

func picture(v any) (image.Image, error) {
	s, err := text(v)
	if err != nil {
		return nil, err
	}
	data, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(s, "\n", ""))
	if err != nil {
		return nil, err
	}
	m, _, err := image.Decode(bytes.NewReader(data))
	return m, err
}

// What changes from run to run.
var volatile = []struct {
	pattern *regexp.Regexp
	stands  string
}{
	{regexp.MustCompile(`\b\d+(\.\d+)?\s?(ns|µs|ms|s|m)\b`), "⟨time⟩"},
	{regexp.MustCompile(`0x[0-9a-f]{6,}`), "⟨address⟩"},
	{regexp.MustCompile(`/tmp/[^\s"]*`), "⟨file⟩"},
	{regexp.MustCompile(`\b\d+ loops each`), "⟨loops⟩"},
	{regexp.MustCompile(`[\d,.]+ (frames/s|Mev/s|events/s|bytes per loop|allocations)`), "⟨rate⟩"},
}

func normal(text string) string {
	for _, v := range volatile {
		text = v.pattern.ReplaceAllString(text, v.stands)
	}
	return text
}

// Copy is a notebook of its own with the same content.
func (n *Notebook) Copy() (*Notebook, error) {
	data, err := json.Marshal(n.raw)
	if err != nil {
		return nil, fmt.Errorf("nb: %s: %w", n.name, err)
	}
	c, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("nb: %s: %w", n.name, err)
	}
	c.name = n.name
	return c, nil
}
