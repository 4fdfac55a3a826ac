package nb

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	_ "image/png" // the pictures that are compared
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Differences compares the outputs of two notebooks of the same cells, one line for each cell that differs.
//
// Text is compared after durations, addresses and temporary paths are taken out. Its numbers may differ by the tolerance, a
// part of the larger of the two; so may the pixels of a picture, on average and as a part of full brightness. The default, 0,
// wants both exactly. A cell's metadata may say more: {"livespike": {"tolerance": 0.01}}. HTML and SVG are compared by their
// structure, the elements in their order and the text in them. Cells tagged volatile are not compared.
func (n *Notebook) Differences(other *Notebook, tolerance float64) []string {
	var list []string
	if len(n.cells) != len(other.cells) {
		return []string{fmt.Sprintf("%d cells and %d", len(n.cells), len(other.cells))}
	}
	for i, cell := range n.cells {
		if cell["cell_type"] != "code" || tagged(cell, "volatile") {
			continue
		}
		c := comparison{max(tolerance, ownTolerance(cell))}
		if what := c.outputs(outputs(cell), outputs(other.cells[i])); what != "" {
			list = append(list, fmt.Sprintf("cell %d: %s", i+1, what))
		}
	}
	return list
}

// ownTolerance is what a cell's metadata say, or 0.
func ownTolerance(cell map[string]any) float64 {
	metadata, _ := cell["metadata"].(map[string]any)
	own, _ := metadata["livespike"].(map[string]any)
	number, _ := strconv.ParseFloat(fmt.Sprint(own["tolerance"]), 64)
	return number
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

// comparison compares what is stored with what is new. Its methods say what differs first, or nothing.
type comparison struct{ tolerance float64 }

func (c comparison) outputs(stored, fresh []map[string]any) string {
	if len(stored) != len(fresh) {
		return fmt.Sprintf("%d outputs are stored, now there are %d", len(stored), len(fresh))
	}
	for i, a := range stored {
		b := fresh[i]
		if fmt.Sprint(a["output_type"]) != fmt.Sprint(b["output_type"]) { // a broken file may hold a list
			return fmt.Sprintf("output %d is stored as %v, now it is %v", i+1, a["output_type"], b["output_type"])
		}
		for _, field := range []string{"text", "evalue"} {
			if what := c.text(a[field], b[field]); what != "" {
				return what
			}
		}
		if what := c.data(a["data"], b["data"]); what != "" {
			return what
		}
	}
	return ""
}

func (c comparison) text(a, b any) string {
	x, errX := text(a)
	y, errY := text(b)
	if errX != nil || errY != nil {
		return "its text cannot be read"
	}
	return c.lines(normal(x), normal(y))
}

// lines shows the first line that differs.
func (c comparison) lines(x, y string) string {
	a, b := strings.Split(x, "\n"), strings.Split(y, "\n")
	for i := range max(len(a), len(b)) {
		line := func(list []string) string {
			if i < len(list) {
				return list[i]
			}
			return "(nothing)"
		}
		if !c.same(line(a), line(b)) {
			return fmt.Sprintf("line %d was %q, is %q", i+1, line(a), line(b))
		}
	}
	return ""
}

// number is one as programs print it; padded, with the gap that aligns it.
var (
	number = regexp.MustCompile(`[-+]?\d+(\.\d*)?([eE][-+]?\d+)?`)
	padded = regexp.MustCompile(` *` + number.String())
)

// same compares two lines: their numbers within the tolerance, the rest exactly but for the gaps before numbers.
func (c comparison) same(x, y string) bool {
	if x == y {
		return true
	}
	if c.tolerance <= 0 {
		return false
	}
	rest := func(s string) string { return padded.ReplaceAllString(s, "⟨number⟩") }
	a, b := number.FindAllString(x, -1), number.FindAllString(y, -1)
	if rest(x) != rest(y) || len(a) != len(b) {
		return false
	}
	for i := range a {
		p, errP := strconv.ParseFloat(a[i], 64)
		q, errQ := strconv.ParseFloat(b[i], 64)
		if errP != nil || errQ != nil || math.Abs(p-q) > c.tolerance*max(math.Abs(p), math.Abs(q)) {
			return false
		}
	}
	return true
}

func (c comparison) data(a, b any) string {
	x, _ := a.(map[string]any)
	y, _ := b.(map[string]any)
	for mime := range x {
		if _, ok := y[mime]; !ok {
			return mime + " is no longer shown"
		}
	}
	for _, mime := range slices.Sorted(maps.Keys(y)) {
		v := y[mime]
		stored, ok := x[mime]
		what := ""
		switch {
		case !ok:
			return mime + " is new"
		case mime == "image/png":
			what = c.picture(stored, v)
		case mime == "text/html" || mime == "image/svg+xml":
			if what = c.structure(stored, v); what != "" {
				what = "the structure of " + mime + ": " + what
			}
		case strings.HasPrefix(mime, "text/"):
			what = c.text(stored, v)
		}
		if what != "" {
			return what
		}
	}
	return ""
}

// element is a tag, of which only the name counts; ids and styles come and go.
var element = regexp.MustCompile(`(?s)<!--.*?-->|<(/?[a-zA-Z][\w:-]*)[^>]*>`)

// structure compares the elements of a page or drawing, one a line, and the text between them.
func (c comparison) structure(a, b any) string {
	x, errX := text(a)
	y, errY := text(b)
	if errX != nil || errY != nil {
		return "it cannot be read"
	}
	outline := func(s string) string { return normal(element.ReplaceAllString(s, "\n<$1>\n")) }
	return c.lines(outline(x), outline(y))
}

func (c comparison) picture(a, b any) string {
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
	differ, sum := 0, 0.0
	for py := x.Bounds().Min.Y; py < x.Bounds().Max.Y; py++ {
		for px := x.Bounds().Min.X; px < x.Bounds().Max.X; px++ {
			if p, q := rgba(x, px, py), rgba(y, px, py); p != q {
				differ++
				for i := range p {
					sum += math.Abs(float64(p[i])-float64(q[i])) / (0xffff * float64(len(p)))
				}
			}
		}
	}
	if mean := sum / float64(x.Bounds().Dx()*x.Bounds().Dy()); differ > 0 && mean >= c.tolerance {
		return fmt.Sprintf("%d pixels of the picture differ, by %.2g of full brightness on average over all", differ, mean)
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
