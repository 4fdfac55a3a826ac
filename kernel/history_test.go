package kernel

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/livespike/livespike/kernel/wire"
)

func TestHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "history.jsonl")
	first := history{file: file}
	for i, src := range []string{"x := 1", "x", "x"} {
		if err := first.add(i+1, src); err != nil {
			t.Fatal(err)
		}
	}
	// A line that a full disk cut off must not hide the others.
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("{\"session\":1,\"li\n"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	second := history{file: file}
	if err := second.add(1, "y\nz"); err != nil {
		t.Fatal(err)
	}
	second.echoed("7")
	for _, c := range []struct {
		q    wire.HistoryQuery
		want string
	}{
		{wire.HistoryQuery{Access: "tail"}, "1/1 x := 1; 1/2 x; 1/3 x; 2/1 y\nz 7"},
		{wire.HistoryQuery{Access: "tail", N: 2}, "1/3 x; 2/1 y\nz 7"},
		{wire.HistoryQuery{Access: "tail", Unique: true}, "1/1 x := 1; 1/3 x; 2/1 y\nz 7"},
		{wire.HistoryQuery{Access: "range", Stop: 5}, "2/1 y\nz 7"},
		{wire.HistoryQuery{Access: "range", Session: -1, Start: 2, Stop: 3}, "1/2 x"},
		{wire.HistoryQuery{Access: "range", Session: 1}, "1/1 x := 1; 1/2 x; 1/3 x"},
		{wire.HistoryQuery{Access: "search", Pattern: "y*z"}, "2/1 y\nz 7"},
		{wire.HistoryQuery{Access: "search", Pattern: "x*", N: 1}, "1/3 x"},
		{wire.HistoryQuery{Access: "search", Pattern: "?"}, "1/2 x; 1/3 x"},
		{wire.HistoryQuery{Access: "search", Pattern: "*:=*"}, "1/1 x := 1"},
	} {
		var got []string
		for _, e := range second.query(c.q) {
			got = append(got, strings.TrimSpace(fmt.Sprintf("%d/%d %s %s", e.Session, e.Line, e.Source, e.Output)))
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%+v gives %q, want %q", c.q, s, c.want)
		}
	}
}

// TestHistoryShortens writes more cells than are kept and looks at the file that the next session leaves.
func TestHistoryShortens(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history.jsonl")
	var b strings.Builder
	total := historyLimit*3/2 + 10
	for i := range total {
		b.Write(entry{Session: 1, Line: i + 1, Src: "x"}.line())
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	h := history{file: file}
	if got := len(h.entries(true)); got != historyLimit {
		t.Errorf("%d cells are known", got)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(text), "\n"); got != historyLimit || !strings.HasSuffix(string(text), fmt.Sprintf("\"line\":%d,\"src\":\"x\"}\n", total)) {
		t.Errorf("the file has %d lines", got)
	}
}
