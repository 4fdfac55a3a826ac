package golden

import (
	"maps"
	"slices"
)

// meaning is how near the values of a tolerance class are.
var meaning = map[string]string{
	"exact": "0 ulp, no spike differs", "ulp": "1e-5 absolute and relative, no spike differs",
	"rel": "1e-5 absolute and relative, no spike differs", "grad": "1e-4 of the largest", "3sigma": "statistics",
}

// Tally counts the cases that passed by their tolerance class.
type Tally map[string]int

// Add counts a case.
func (t Tally) Add(c Case) { t[c.Text("tol")]++ }

// Log writes a line for each class.
func (t Tally) Log(logf func(format string, args ...any)) {
	for _, class := range slices.Sorted(maps.Keys(t)) {
		logf("passed: %d cases of tolerance class %s (%s)", t[class], class, meaning[class])
	}
}
