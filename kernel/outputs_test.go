package kernel

import (
	"strings"
	"testing"

	"github.com/livespike/livespike/kernel/wire"
)

// A name Out of the user's own stays, and _n works beside it; what a front end asks silently is nobody's output.
func TestOwnOut(t *testing.T) {
	s := newSession(t)
	for _, c := range []struct{ src, want string }{
		{"42", "42"},
		{`Out := map[int]any{1: "mine"}`, ""},
		{"Out[1]", `"mine"`},
		{"_1 + 1", "43"},
		{"Out := 3", ""},
		{"_4 + Out", "46"},
		{"%reset", ""},
		{"9", "9"},
		{"Out[8]", "9"},
		{"Out[8]", "9"},
		{"Out[9].(int) + _8", "18"},
	} {
		if got := s.must(t, c.src); got != c.want {
			t.Errorf("%s echoes %q, want %q", c.src, got, c.want)
		}
	}
	if _, outcome := s.run(t, "%save x.go 9"); outcome.Err == nil || !strings.Contains(outcome.Err.Value, "cell 9 uses Out") {
		t.Errorf("%%save of a cell with Out: %+v", outcome.Err)
	}
	s.must(t, "7")
	s.Execute(t.Context(), wire.Cell{N: s.n, Src: `"asked"`, Silent: true}, &recorder{})
	if got := s.must(t, "_13 + 1"); got != "8" {
		t.Errorf("after a silent cell _13 + 1 is %s", got)
	}
	list := s.History(wire.HistoryQuery{Access: "tail", Output: true})
	if e := list[len(list)-2]; e.Output != "7" {
		t.Errorf("the history has %+v", e)
	}
}
