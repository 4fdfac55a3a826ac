package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTutorials runs the tutorials from the first cell to the last.
func TestTutorials(t *testing.T) {
	defer func(args []string) { os.Args = args }(os.Args)
	files, err := filepath.Glob("../../tutorials/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tutorials: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".go")
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name == "talk_neurons" {
				t.Skip("short: its timing loops take seconds")
			}
			dir := t.TempDir()
			status, out, errs := snnrepl("", "run", "--figures", dir, file)
			if status != fine || errs != "" {
				t.Fatalf("status %d\n%s", status, errs)
			}
			for _, line := range strings.Split(out, "\n") {
				if file, ok := strings.CutPrefix(line, "figure: "); ok {
					if data, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(data), "\x89PNG") {
						t.Errorf("%s: %v", file, err)
					}
				}
			}
			if name == "talk_neurons" {
				spikes(t, out)
			}
		})
	}
}

// spikes finds the three runs of a hundred steps in the talk's output and holds their spikes against neurons.md: step by
// step and at once at 5, 8, 11 … 98, and one later with the delayed input of the slides.
func spikes(t *testing.T, out string) {
	var series [][]int
	step := 0
	for _, line := range strings.Split(out, "\n") {
		value := strings.Trim(line, "tensor()[], ")
		if value != "0." && value != "1." || !strings.HasPrefix(line, "tensor([") && !strings.HasPrefix(line, "        [") {
			step = 0
			continue
		}
		if step == 0 || strings.HasPrefix(line, "tensor([[") {
			step = 0
			series = append(series, []int{})
		}
		if value == "1." {
			series[len(series)-1] = append(series[len(series)-1], step)
		}
		step++
	}
	series = slices.DeleteFunc(series, func(s []int) bool { return len(s) == 0 })
	var immediate, delayed []int
	for at := 5; at < 99; at += 3 {
		immediate, delayed = append(immediate, at), append(delayed, at+1)
	}
	want := [][]int{immediate, immediate, delayed}
	if !slices.EqualFunc(series, want, slices.Equal[[]int]) {
		t.Errorf("spikes at %v, want %v", series, want)
	}
}
