package nb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
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
		"":                                  "no notebook",
		"{\"cells\": [], \"nbformat\": 3}":  "nbformat is 3",
		"{\"nbformat\": 4}":                 "no list of cells",
		"{\"nbformat\": 4, \"cells\": [7]}": "cell 1 is no object",
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
	if d := run("print took 3.1 ms", "value 1").Differences(run("print took 12 µs", "value 1")); len(d) != 0 {
		t.Errorf("durations count: %q", d)
	}
	if d := run("print 3.1", "value 1").Differences(run("print 3.2", "value 1")); len(d) != 1 || d[0] != `cell 1: line 1 was "3.1", is "3.2"` {
		t.Errorf("%q", d)
	}
	if d := run("value 1").Differences(run("print 1")); len(d) != 1 {
		t.Errorf("%q", d)
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
		if d := n.Differences(other); len(d) > 0 {
			t.Fatalf("a copy differs: %q", d)
		}
		if _, err := n.encode(); err != nil {
			t.Fatal(err)
		}
	})
}
