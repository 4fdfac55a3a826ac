package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestBench runs quick cases and holds the lines against DESIGN.md: one JSON object a line with these keys.
func TestBench(t *testing.T) {
	status, out, errs := snnrepl("", "bench", "a1", "b1-into", "--json", "--seconds", "0.001")
	if status != fine || errs != "" {
		t.Fatalf("status %d, %s", status, errs)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines for two cases:\n%s", len(lines), out)
	}
	for k, name := range []string{"a1", "b1-into"} {
		var got map[string]any
		if err := json.Unmarshal([]byte(lines[k]), &got); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"case", "threads", "seconds_min", "seconds_median", "unit_rate", "unit", "roofline_fraction"} {
			if _, ok := got[key]; !ok {
				t.Errorf("no %s in %s", key, lines[k])
			}
		}
		least, median, rate := got["seconds_min"].(float64), got["seconds_median"].(float64), got["unit_rate"].(float64)
		if got["case"] != name || got["threads"] != 1.0 || least <= 0 || median < least || rate <= 0 {
			t.Errorf("case %s: %s", name, lines[k])
		}
	}
}

// TestBenchNames: no case has another's name, and a name that no case begins with is wrong usage.
func TestBenchNames(t *testing.T) {
	_, out, _ := snnrepl("", "bench", "--list")
	names := strings.Fields(out)
	slices.Sort(names)
	if len(names) < 20 || len(slices.Compact(names)) != len(strings.Fields(out)) {
		t.Errorf("names %v", names)
	}
	if status, _, errs := snnrepl("", "bench", "nonsense"); status != misuse || !strings.Contains(errs, "no case nonsense") {
		t.Errorf("status %d: %s", status, errs)
	}
}
