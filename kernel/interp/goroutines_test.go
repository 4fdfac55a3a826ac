package interp_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestGoInALoop: a goroutine that ends while the loop starts the next one does not make it start the one before again. The
// oracle is what Go says of the program.
func TestGoInALoop(t *testing.T) {
	for _, start := range []string{
		"go func() { defer wg.Done(); mu.Lock(); seen[i]++; mu.Unlock() }()",
		"go func(i int) { defer wg.Done(); mu.Lock(); seen[i]++; mu.Unlock() }(i)",
		"go note(i, &wg, &mu, seen)",
	} {
		if racing && strings.HasPrefix(start, "go note") {
			t.Log("left out: functions that several goroutines run store the line that they reached in one variable, on purpose")
			continue
		}
		in := session()
		eval(t, in, 1, "import \"sync\"\nfunc note(i int, wg *sync.WaitGroup, mu *sync.Mutex, seen map[int]int) { defer wg.Done(); mu.Lock(); seen[i]++; mu.Unlock() }")
		got := eval(t, in, 2, `bad := 0
for range 4000 {
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[int]int{}
	for i := range 5 {
		wg.Add(1)
		`+start+`
	}
	wg.Wait()
	for i := range 5 {
		if seen[i] != 1 { bad++ }
	}
}
bad`)
		if got.Err != nil || len(got.Values) != 1 || fmt.Sprint(got.Values[0].V) != "0" {
			t.Errorf("%s: %v, %v", start, got.Values, got.Err)
		}
	}
}
