package nb

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/livespike/livespike/kernel/wire"
)

// scripted is an executor whose cells are commands to it.
type scripted struct{ wire.Executor }

func (scripted) Execute(_ context.Context, c wire.Cell, out wire.Output) wire.Outcome {
	plain := func(s string) wire.Bundle { return wire.Bundle{Data: map[string]any{"text/plain": s}} }
	for command := range strings.SplitSeq(c.Src, "\n") {
		word, rest, _ := strings.Cut(command, " ")
		switch word {
		case "print":
			out.Stream("stdout", []byte(rest+"\n"))
		case "show":
			out.Display("id", plain(rest))
		case "update":
			out.Update("id", plain(rest))
		case "clear":
			out.Clear(rest == "wait")
		case "value":
			out.Result(wire.Bundle{Data: map[string]any{"text/plain": rest, "image/png": []byte{1, 2}}})
		case "ask":
			if _, err := out.Input(context.Background(), "?", false); errors.Is(err, wire.ErrNoStdin) {
				out.Stream("stdout", []byte("nobody\n"))
			}
		case "fail":
			return wire.Outcome{Err: &wire.CellError{Name: "Panic", Value: rest, Traceback: []string{rest}}}
		}
	}
	return wire.Outcome{}
}

func notebook(cells ...string) *Notebook {
	n := New()
	for _, src := range cells {
		n.Add(false, "", src)
	}
	return n
}

// outputsOf describes a cell's outputs on one line. What they must be is the notebook format's and the protocol's word.
func outputsOf(t *testing.T, n *Notebook, cell int) string {
	t.Helper()
	var parts []string
	for _, o := range outputs(n.cells[cell]) {
		switch o["output_type"] {
		case "stream":
			s, err := text(o["text"])
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, s)
		case "error":
			parts = append(parts, "error "+o["evalue"].(string))
		default:
			s, err := text(o["data"].(map[string]any)["text/plain"])
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, o["output_type"].(string)+" "+s)
		}
	}
	return strings.Join(parts, "|")
}

func TestRun(t *testing.T) {
	n := notebook("print a\nprint b\nshow 1\nprint c", "update 2\nvalue x", "print gone\nclear wait\nprint new\nask", "clear", "")
	if err := n.Run(context.Background(), scripted{}, Options{}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"a\nb\n|display_data 2|c\n", "execute_result x", "new\nnobody\n", "", ""} {
		if got := outputsOf(t, n, i); got != want {
			t.Errorf("cell %d shows %q, want %q", i+1, got, want)
		}
	}
	if got := n.cells[1]["outputs"].([]any)[0].(map[string]any)["data"].(map[string]any)["image/png"]; got != "AQI=" {
		t.Errorf("the picture is %v", got)
	}
	if n.cells[1]["execution_count"] != 2 || n.cells[4]["execution_count"] != nil {
		t.Errorf("counts %v and %v", n.cells[1]["execution_count"], n.cells[4]["execution_count"])
	}
}

func TestRunStops(t *testing.T) {
	n := notebook("print a", "fail no", "print b")
	err := n.Run(context.Background(), scripted{}, Options{})
	var failed *Error
	if !errors.As(err, &failed) || failed.Cell != 2 || outputsOf(t, n, 1) != "error no" || outputsOf(t, n, 2) != "" {
		t.Errorf("%v; %q, %q", err, outputsOf(t, n, 1), outputsOf(t, n, 2))
	}
	tag := func(cell int, name string) {
		n.cells[cell]["metadata"] = map[string]any{"tags": []any{name}}
	}
	tag(0, "skip-execution")
	tag(1, "raises-exception")
	if err := n.Run(context.Background(), scripted{}, Options{}); err != nil || outputsOf(t, n, 0) != "" || outputsOf(t, n, 2) != "b\n" {
		t.Errorf("%v; %q, %q", err, outputsOf(t, n, 0), outputsOf(t, n, 2))
	}
}

// What is written reads back as it was, unknown fields included; running again changes no byte of the file.
func TestWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.ipynb")
	n := notebook("print é <b>&", "value 2")
	n.raw["metadata"].(map[string]any)["mine"] = map[string]any{"kept": true}
	write := func(n *Notebook) string {
		if err := n.Run(context.Background(), scripted{}, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := n.Write(file); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	first := write(n)
	again, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if second := write(again); second != first {
		t.Errorf("the second run writes\n%s\nthe first wrote\n%s", second, first)
	}
	for _, want := range []string{"\"print é <b>&\"", "\"kept\": true", "\"nbformat_minor\": 5", "\"id\": \""} {
		if !strings.Contains(first, want) {
			t.Errorf("%s is not in the file\n%s", want, first)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestReadBad(t *testing.T) {
	for content, want := range map[string]string{
		"":                                    "no notebook: the file is empty",
		"[1]":                                 "no notebook: a JSON array, need an object",
		"{\n\"cells\": [\n":                   "no notebook: line 3: the file is cut short",
		"{\n\"cells\": 'x'}":                  "no notebook: line 2: invalid character",
		"{\"cells\": [], \"nbformat\": 3}":    "nbformat is 3",
		"{\"nbformat\": 4}":                   "no list of cells",
		"{\"nbformat\": 4, \"cells\": []} {}": "more behind its end, at byte 30",
		"{\"nbformat\": 4, \"cells\": [], \"metadata\": {\"kernelspec\": {\"name\": \"python3\"}}}": "its kernel is python3",
		"{\"nbformat\": 4, \"cells\": [7]}":                                                            "cell 1 is no object",
		"{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\", \"source\": [3]}]}":                   "cell 1: its text holds",
		"{\"nbformat\": 4, \"cells\": [], \"metadata\": {\"kernelspec\": {\"language\": \"python\"}}}": "its language is python",
	} {
		file := filepath.Join(t.TempDir(), "b.ipynb")
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(file); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v, want %q and the file's name", content, err, want)
		}
	}
}

func TestDifferences(t *testing.T) {
	run := func(cells ...string) *Notebook {
		n := notebook(cells...)
		if err := n.Run(context.Background(), scripted{}, Options{}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if d := run("print took 3.1 ms", "value 1").Differences(run("print took 12 µs", "value 1"), 0); len(d) != 0 {
		t.Errorf("durations count: %q", d)
	}
	if d := run("print 3.1", "value 1").Differences(run("print 3.2", "value 1"), 0); len(d) != 1 || d[0] != `cell 1: line 1 was "3.1", is "3.2"` {
		t.Errorf("%q", d)
	}
	if d := run("value 1").Differences(run("print 1"), 0); len(d) != 1 {
		t.Errorf("%q", d)
	}
}

// Numbers within the tolerance are the same, words never. The bound is a part of the larger number.
func TestTolerance(t *testing.T) {
	for _, c := range []struct {
		a, b      string
		tolerance float64
		same      bool
	}{
		{"v = 1.00 s", "v = 1.01 s", 0.02, true},
		{"v = 1.00 of", "v = 1.01 of", 0.001, false},
		{"tensor([ 9.99, 1e-3])", "tensor([10.00, 1.001e-3])", 0.01, true},
		{"100 spikes", "101 spikes", 0.005, false},
		{"a 1", "b 1", 1, false},
		{"1 2", "1", 1, false},
		{"-1", "1", 0.5, false},
	} {
		x := comparison{c.tolerance}
		if got := x.same(c.a, c.b); got != c.same {
			t.Errorf("%q and %q within %v: %v", c.a, c.b, c.tolerance, got)
		}
	}
}

// Of a page or a drawing the elements and their text count, not ids and coordinates.
func TestStructure(t *testing.T) {
	svg := `<svg width="10"><g id="a"><path d="M0 0"/><text x="1">time 2.0</text></g></svg>`
	x := comparison{0.1}
	for fresh, same := range map[string]bool{
		svg: true,
		`<svg width="20"><g id="b"><path d="M1 7"/><text x="2">time 2.1</text></g></svg>`: true,
		`<svg width="10"><g id="a"><text x="1">time 2.0</text></g></svg>`:                 false,
		`<svg width="10"><g id="a"><path d="M0 0"/><text x="1">rate 2.0</text></g></svg>`: false,
	} {
		if what := x.structure(svg, fresh); (what == "") != same {
			t.Errorf("%s: %q", fresh, what)
		}
	}
}

// Pictures: the mean difference of the four channels, all alpha equal, is 3/4 of a grey step.
func TestPicture(t *testing.T) {
	grey := func(v uint8) string {
		m := image.NewGray(image.Rect(0, 0, 4, 4))
		for i := range m.Pix {
			m.Pix[i] = v
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(b.Bytes())
	}
	if what := (comparison{}).picture(grey(100), grey(101)); !strings.HasPrefix(what, "16 pixels") {
		t.Errorf("%q", what)
	}
	mean := 0.75 / 255
	if what := (comparison{mean * 1.01}).picture(grey(100), grey(101)); what != "" {
		t.Errorf("%q", what)
	}
	if what := (comparison{mean * 0.99}).picture(grey(100), grey(101)); what == "" {
		t.Error("a difference above the tolerance passes")
	}
}

// The page holds each kind of cell and output, escaped where it is text.
func TestHTML(t *testing.T) {
	n := New()
	n.Add(true, "", "# Title\n\n| a | b |\n|---|---|\n| 1 | <script>x</script> |\n\n<details><summary>Hint</summary>\n\nfolded\n\n</details>\n\n<div><script>y</script></div>\n")
	n.Add(false, "", "print <b>\nvalue 7 // if \"x\" < 1")
	n.Add(false, "", "fail \x1b[31mno\x1b[0m")
	_ = n.Run(context.Background(), scripted{}, Options{})
	page, err := n.HTML("a & b")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<title>a &amp; b</title>", "<h1>Title</h1>", "<td>1</td>", "<span class=\"count\">[1]</span>",
		"<pre class=\"output stdout\">&lt;b&gt;\n</pre>", "src=\"data:image/png;base64,AQI=\"", "<span class=\"number\">7</span>",
		"<span class=\"comment\">// if &#34;x&#34; &lt; 1</span>", "<pre class=\"output error\">no</pre>",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("%s is not in the page:\n%s", want, page)
		}
	}
	if !strings.Contains(string(page), "<details><summary>Hint</summary>\n<p>folded</p>\n</details>") {
		t.Error("what is folded in the text is not folded on the page")
	}
	if strings.Contains(string(page), "<script>") {
		t.Error("Markdown's HTML is in the page")
	}
}

// A cell put before others leaves them their ids.
func TestIDs(t *testing.T) {
	ids := func(n *Notebook) (list []any) {
		if _, err := n.encode(); err != nil {
			t.Fatal(err)
		}
		for _, cell := range n.cells {
			list = append(list, cell["id"])
		}
		return list
	}
	a, b := ids(notebook("x", "y", "y")), ids(notebook("new", "x", "y", "y"))
	if !reflect.DeepEqual(a, b[1:]) || a[1] == a[2] {
		t.Errorf("%v, then %v", a, b)
	}
}

// A script becomes a notebook and the same script again.
func TestScript(t *testing.T) {
	n := New()
	n.Add(true, "", "# Title\n\ntext")
	n.Add(false, "A neuron", "x := 1\nx")
	n.Add(false, "", "y")
	n.Add(false, `Times tags=["volatile"]`, "z")
	if !tagged(n.cells[3], "volatile") {
		t.Error("the tag behind a title is not the cell's")
	}
	want := "// %% [markdown]\n// # Title\n//\n// text\n\n// %% A neuron\nx := 1\nx\n\n// %%\ny\n\n// %% Times tags=[\"volatile\"]\nz\n"
	if got := n.Script(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// FuzzRead: no file makes it panic, and what it reads it can write.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x", "outputs": [{"output_type": "stream", "text": ["a"]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := parse(data)
		if err != nil {
			return
		}
		_ = n.Script()
		other, err := n.Copy()
		if err != nil {
			t.Fatal(err)
		}
		if d := n.Differences(other, 0); len(d) > 0 {
			t.Fatalf("a copy differs: %q", d)
		}
		_, _ = n.HTML("") // what it says of a cell whose output is malformed is for the caller
		if _, err := n.encode(); err != nil {
			t.Fatal(err)
		}
	})
}
