package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/livespike/livespike/docs"
	"github.com/livespike/livespike/kernel"
	"github.com/livespike/livespike/kernel/wire"
)

// command line → exit status, standard output and standard error
func snnrepl(in string, args ...string) (status int, out, err string) {
	var stdout, stderr bytes.Buffer
	status = dispatch(streams{strings.NewReader(in), &stdout, &stderr}, args)
	return status, stdout.String(), stderr.String()
}

func script(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "script.go")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestCommands holds exit status, output and errors against DESIGN.md: 0 fine, 1 the script or the data failed, 2 wrong
// usage; an error is one line on standard error, followed by the place.
func TestCommands(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	for _, c := range []struct {
		name, in string
		args     []string
		status   int
		out, err string // err is a pattern for all of standard error
	}{
		{"one cell", "", []string{"-e", "fmt.Println(1)\n1 + 2"}, 0, "1\n3\n", ``},
		{"a neuron", "", []string{"-e", "snn.LICell(snn.DT(0.5)).Forward(tensor.Ones(1), nil)"}, 0, "tensor([50.])\nLIState(v=tensor([50.]), i=tensor([-99.]))\n", ``},
		{"no newline at the end", "", []string{"-e", "fmt.Print(1)\n2"}, 0, "1\n2\n", ``},
		{"compile error", "", []string{"-e", "x := 1\n  y"}, 1, "", `^In\[1\]:2:3: undefined: y\n    2 \|   y\n          \^\n$`},
		{"panic", "", []string{"-e", "panic(\"so\")"}, 1, "", `^In\[1\]:1.*so\n    1 \| panic\("so"\)\n`},
		{"exit", "", []string{"-e", "os.Exit(3)"}, 3, "", ``},
		{"cells", "// %% [markdown]\n// # Title\n\n// %%\nx := 2\n\n// %%\nx\n", []string{"-"}, 0, "2\n", ``},
		{"quit ends", "1\n// %%\n%quit\n// %%\n2", []string{"-"}, 0, "1\n", ``},
		{"pipe", "x := 1\nfunc f() int {\n\treturn x\n}\nf()\n", nil, 0, "1\n", ``},
		{"pipe goes on", "nosuch\n2\n", nil, 1, "2\n", `^In\[1\]:1:1: undefined: nosuch\n`},
		{"pipe is read by cells", "var w string\nfmt.Scan(&w);\nhello\nw\n", nil, 0, "\"hello\"\n", ``},
		{"magic", "", []string{"-e", "%timeit -n 10 -r 2 1 + 1"}, 0, "", ``},
		{"no file", "", []string{"run", "nosuch.go"}, 1, "", `^snnrepl: open nosuch.go: .*\n$`},
		{"no script", "", []string{"run"}, 2, "", `^snnrepl: run which script\?; see snnrepl help run\n$`},
		{"no command", "", []string{"nosuch"}, 2, "", `^snnrepl: no command nosuch; see snnrepl help\n$`},
		{"forgotten run", "", []string{"x.go"}, 2, "", `did you mean snnrepl run x.go\?`},
		{"no flag", "", []string{"run", "--nosuch"}, 2, "", `^snnrepl: flag provided but not defined: -nosuch; see snnrepl help run\n$`},
		{"-e without code", "", []string{"-e"}, 2, "", `^snnrepl: flag needs an argument: -e; see`},
		{"- with arguments", "", []string{"-", "x"}, 2, "", `^snnrepl: .*\n$`},
		{"events verb", "", []string{"events", "nosuch"}, 2, "", `^snnrepl: .*; see snnrepl help events\n$`},
		{"events without file", "", []string{"events", "info", "--json"}, 2, "", `^snnrepl: info on which file\?`},
		{"events, no file", "", []string{"events", "info", "nosuch.raw"}, 1, "", `^snnrepl: event: .*nosuch.raw.*\n$`},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, out, err := snnrepl(c.in, c.args...)
			if status != c.status || c.out != "" && out != c.out || !regexp.MustCompile(c.err).MatchString(err) || c.err == "" && err != "" {
				t.Errorf("status %d, output %q, error %q; want %d, %q, %q", status, out, err, c.status, c.out, c.err)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"--help"}, {"-h"}} {
		status, out, _ := snnrepl("", args...)
		for _, c := range commands() {
			if status != fine || !strings.Contains(out, fmt.Sprintf("  %-16s  %s\n", c.name, c.summary)) {
				t.Errorf("%v: status %d, and %s is missing in\n%s", args, status, c.name, out)
			}
		}
	}
	for _, c := range commands() {
		status, out, _ := snnrepl("", "help", c.name)
		if status != fine || !strings.HasPrefix(out, "usage: snnrepl "+c.usage+"\n") {
			t.Errorf("help %s: %d\n%s", c.name, status, out)
		}
		if again, same, _ := snnrepl("", c.name, "--help"); again != fine || same != out {
			t.Errorf("%s --help differs from help %s", c.name, c.name)
		}
	}
}

// TestHelpTopics prints the pages of the documentation as they are.
func TestHelpTopics(t *testing.T) {
	_, list, _ := snnrepl("", "help")
	for _, page := range docs.Topics() {
		if status, out, _ := snnrepl("", "help", page.File); status != fine || out != page.Text {
			t.Errorf("help %s: status %d, %d bytes", page.File, status, len(out))
		}
		if !strings.Contains(list, "  "+page.Name) {
			t.Errorf("the list lacks %s", page.Name)
		}
	}
	if status, _, errs := snnrepl("", "help", "nothing"); status != misuse || !strings.Contains(errs, "no name nothing") {
		t.Errorf("status %d, %q", status, errs)
	}
}

// TestHelpNames shows the text of ?NAME in a session, and of %help for a magic.
func TestHelpNames(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	for name, cell := range map[string]string{"snn.LIF": "?snn.LIF", "tensor.Tensor": "?tensor.Tensor", "%timeit": "%help timeit"} {
		_, want, _ := snnrepl("", "-e", cell)
		if status, out, errs := snnrepl("", "help", name); status != fine || strings.TrimSpace(out) != strings.TrimSpace(want) || want == "" {
			t.Errorf("help %s: status %d\n%s%s\nwant\n%s", name, status, out, errs, want)
		}
	}
}

// TestDoctor examines this machine: nothing that has to be there is missing, and a history that cannot be written is wrong.
func TestDoctor(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	t.Setenv("JUPYTER_DATA_DIR", t.TempDir())
	status, out, errs := snnrepl("", "doctor")
	if status != fine || errs != "" || !strings.Contains(out, "ok  interpreter  the first spike came after") || !strings.Contains(out, "--  Jupyter      the kernel is not installed") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
	t.Setenv("XDG_STATE_HOME", script(t, "a file where a folder should be"))
	if status, out, _ := snnrepl("", "doctor"); status != failed || !strings.Contains(out, "!!  history      the history cannot be kept: ") {
		t.Errorf("status %d\n%s", status, out)
	}
}

// TestRun runs a script with all kinds of cells, its arguments and a file it writes.
func TestRun(t *testing.T) {
	defer func(args []string) { os.Args = args }(os.Args)
	file := script(t, "#!/usr/bin/env -S snnrepl run\n// %% [markdown]\n// # A script\n\n// %% one\nimport str \"strings\"\n\nfunc double(s string) string { return str.Repeat(s, 2) }\n\n// %%\ndouble(os.Args[1])\n\n// %%\n%time 1\n")
	status, out, errs := snnrepl("", "run", file, "ab", "--flag")
	if status != fine || errs != "" || !strings.HasPrefix(out, "\"abab\"\nCPU times: ") || !strings.HasSuffix(out, "\n1\n") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
}

// TestRunStops is a script with a type error in its fifth cell: nothing of that cell runs, nor anything after it.
func TestRunStops(t *testing.T) {
	defer func(args []string) { os.Args = args }(os.Args)
	file := script(t, "// %%\nn := 1\n\n// %%\nn\n\n// %%\nn++\n\n// %%\nn\n\n// %%\nfmt.Println(\"ran\")\nvar s string = n\n\n// %%\nfmt.Println(\"later\")\n")
	status, out, errs := snnrepl("", "run", file)
	if status != failed || out != "1\n2\n" {
		t.Errorf("status %d, output %q", status, out)
	}
	want := "In[5]:2:16: cannot use n (variable of type int) as string value in variable declaration\n" +
		"    2 | var s string = n\n                       ^\n    " + file + ":15\n"
	if errs != want {
		t.Errorf("got\n%swant\n%s", errs, want)
	}
}

// TestFigures writes the pictures a script shows, and looks at what a full disk leaves.
func TestFigures(t *testing.T) {
	defer func(args []string) { os.Args = args }(os.Args)
	const text = "// %%\nimg := image.NewGray(image.Rect(0, 0, 2, 1))\nimg\n// %%\nh := display.Show(img)\nh.Update(image.NewGray(image.Rect(0, 0, 9, 9)))\n"
	file := script(t, text)
	dir := filepath.Join(t.TempDir(), "new", "figures")
	status, out, errs := snnrepl("", "run", "--figures", dir, file)
	if status != fine || errs != "" || strings.Count(out, "figure: ") != 2 {
		t.Fatalf("status %d\n%s%s", status, out, errs)
	}
	for i, want := range []string{"\x00\x00\x00\x02\x00\x00\x00\x01", "\x00\x00\x00\x09\x00\x00\x00\x09"} { // width and height in PNG's header
		data, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("script-%02d.png", i+1)))
		if err != nil || len(data) < 24 || string(data[16:24]) != want {
			t.Errorf("figure %d: %v, %q", i+1, err, data[:min(24, len(data))])
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 2 {
		t.Errorf("%d files are left: %v, %v", len(files), files, err)
	}
}

// TestFullOutput prints to a standard output that is full.
// The folder is made before the first cell: a script does not run for figures that cannot be written. A flag behind the
// script's name is the script's, and the user is told.
func TestFiguresFolder(t *testing.T) {
	defer func(args []string) { os.Args = args }(os.Args)
	file := script(t, "fmt.Println(\"ran\", len(os.Args))")
	status, out, errs := snnrepl("", "run", "--figures", file, file) // a file is no folder
	if status != failed || out != "" || !strings.Contains(errs, file) {
		t.Errorf("status %d, printed %q, error %q", status, out, errs)
	}
	status, out, errs = snnrepl("", "run", file, "--figures=x")
	if status != fine || out != "ran 2\n" || !strings.Contains(errs, "--figures=x goes to the script") {
		t.Errorf("status %d, printed %q, error %q", status, out, errs)
	}
}

func TestFullOutput(t *testing.T) {
	var errs bytes.Buffer
	out := &full{writer{io.Discard}, 1}
	status := dispatch(streams{nil, out, &errs}, []string{"-e", "\"too long\""})
	if want := "snnrepl: standard output: no space left on device\n"; status != failed || errs.String() != want {
		t.Errorf("status %d, error %q, want %q", status, errs.String(), want)
	}
}

type writer struct{ io.Writer }

func (writer) Close() error { return nil }

// full is a file on a disk that holds a few bytes more.
type full struct {
	io.WriteCloser
	left int
}

func (f *full) Write(p []byte) (int, error) {
	n, err := f.WriteCloser.Write(p[:min(f.left, len(p))])
	f.left -= n
	if err == nil && n < len(p) {
		err = &os.PathError{Op: "write", Path: "temporary", Err: syscall.ENOSPC}
	}
	return n, err
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	figures := newFigures(dir, "plot")
	create := figures.create
	figures.create = func(name string) (io.WriteCloser, error) {
		f, err := create(name)
		return &full{f, 10}, err
	}
	var out, errs bytes.Buffer
	list := kernel.ParseScript("// %%\nimage.NewGray(image.Rect(0, 0, 2, 1))\n// %%\nfmt.Println(\"later\")\n")
	status := runCells(streams{nil, &out, &errs}, cells{list: list, figures: figures})
	want := "snnrepl: " + filepath.Join(dir, "plot-01.png") + ": no space left on device\n"
	if status != failed || errs.String() != want || strings.Contains(out.String(), "later") {
		t.Errorf("status %d, output %q, error %q, want %q", status, out.String(), errs.String(), want)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Log("no /dev/full here: the operating system's own error is not tried")
		return
	}
	figures.create = func(string) (io.WriteCloser, error) { return os.OpenFile("/dev/full", os.O_WRONLY, 0) }
	_, err := figures.add("", wire.Bundle{Data: map[string]any{"image/png": []byte("x")}})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("/dev/full gives %v", err)
	}
}
