package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A notebook that is broken, or of another language, is refused with its name and the reason, whatever is asked of it; its file,
// and the folder, stay as they are.
func TestForeignNotebooks(t *testing.T) {
	for reason, text := range map[string]string{
		"its language is python, not go": `{"cells": [{"cell_type": "code", "source": "print(1)", "metadata": {}, "outputs": [], "execution_count": null}],` +
			`"metadata": {"kernelspec": {"name": "python3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5}`,
		"its language is julia, not go":                  `{"cells": [], "metadata": {"language_info": {"name": "julia"}}, "nbformat": 4, "nbformat_minor": 2}`,
		"its kernel is ir, not livespike or gonb":        `{"cells": [], "metadata": {"kernelspec": {"name": "ir"}}, "nbformat": 4, "nbformat_minor": 2}`,
		"nbformat is 3; 4 is read":                       `{"worksheets": [], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}`,
		"no notebook: line 2: the file is cut short":     "{\"cells\": [\n{\"cell_type\": \"code\", \"sour",
		"no notebook: line 1: invalid character '\\x00'": "\x00\x01\x02",
		"no notebook: the file is empty":                 "",
	} {
		file := filepath.Join(t.TempDir(), "n.ipynb")
		if err := os.WriteFile(file, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		before, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"run", file},
			{"run", "--check", file},
			{"run", "--html", file + ".html", file},
			{"run", "-o", file + ".out", file},
			{"convert", file, file + ".go"},
			{"convert", file, file + ".html"},
		} {
			status, out, errs := snnrepl("", append([]string{"notebook"}, args...)...)
			if status != failed || out != "" || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, file+": "+reason) {
				t.Errorf("%v: status %d, %q, %q, want %q", args, status, out, errs, reason)
			}
		}
		after, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(file); err != nil || string(data) != text || !os.SameFile(before, after) || before.ModTime() != after.ModTime() {
			t.Errorf("%s: the file was written: %q, %v", reason, data, err)
		}
		if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
			t.Errorf("%s: left behind %v, %v", reason, left, err)
		}
	}
}
