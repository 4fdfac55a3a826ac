package event_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/io/event"
)

// TestColumns: lines that do not say what their columns are are refused, unless somebody says it; one that can only be an
// event in one way is that.
func TestColumns(t *testing.T) {
	for _, c := range []struct {
		text string
		opts []event.Option
		want []event.Event
		err  string
	}{
		{"1,2,3,1\n", nil, nil, "offset 0: the order of the columns is not clear, t,x,y,p and x,y,t,p are as likely; name them in a first line, or give Order"},
		{"1,2,3,1\n", []event.Option{event.Order("t,x,y,p")}, []event.Event{event.Of(1, 2, 3, 1)}, ""},
		{"1,2,3,1\n", []event.Option{event.Order("x,y,t,p")}, []event.Event{event.Of(3, 1, 2, 1)}, ""},
		{"1,2,3,1", []event.Option{event.Order("p,t,y,x")}, []event.Event{event.Of(2, 1, 3, 1)}, ""},
		{"9,1,77,2,3,1\n", []event.Option{event.Order("-,p,t,y,x,-")}, []event.Event{event.Of(77, 3, 2, 1)}, ""},
		{"t,x,y,p\n1,2,3,1\n", nil, []event.Event{event.Of(1, 2, 3, 1)}, ""},
		{"t,x,y,p\n1,2,3,1\n", []event.Option{event.Order("x,y,t,p")}, []event.Event{event.Of(3, 1, 2, 1)}, ""},
		{"0,0,0,0\n1,1,1,0\n2,2,2,0\n", nil, []event.Event{event.Of(0, 0, 0, 0), event.Of(1, 1, 1, 0), event.Of(2, 2, 2, 0)}, ""}, // whichever it is
		{"100000,2,3,1\n", nil, []event.Event{event.Of(100000, 2, 3, 1)}, ""},
		{"200,300,1,100000\n", nil, []event.Event{event.Of(100000, 200, 300, 1)}, ""},
		{"5,9,8,0\n6,3,2,1\n7,1,0,0\n", nil, []event.Event{event.Of(5, 9, 8, 0), event.Of(6, 3, 2, 1), event.Of(7, 1, 0, 0)}, ""},
		{"1,2,3,7\n", []event.Option{event.Order("t,x,y,p")}, nil, `no order of columns makes events of lines such as "1,2,3,7"`},
	} {
		s, err := event.FromReader(strings.NewReader(c.text), "a.csv", c.opts...)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%q %v: %v, want %q", c.text, c.opts, err, c.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q %v: %v", c.text, c.opts, err)
			continue
		}
		if got, err := rest(s); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q %v: %v, want %v (%v)", c.text, c.opts, got, c.want, err)
		}
	}
	for _, bad := range []string{"", "t,x,y", "t,x,y,z"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Order(%q) is allowed", bad)
				}
			}()
			event.Order(bad)
		}()
	}
}

// TestCarriageReturns: lines may end as they did on the first Macintoshes. Oracle: the same file with the ends of Unix.
func TestCarriageReturns(t *testing.T) {
	defer event.SetPieceBytes(1 << 12)()
	for _, name := range []string{"csv_txyp.csv", "csv_header_xypt_crlf.csv", "txt_uzh_seconds.txt"} {
		data, err := os.ReadFile(synthetic + name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := event.Open(synthetic + name)
		want := digest(t, s, err)
		text := strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n", "\r")
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{1, 3} {
			s, err = event.Open(file, event.Parallel(n))
			if got := digest(t, s, err); got != want {
				t.Errorf("%s on %d goroutines: digest %s, want %s", name, n, got, want)
			}
		}
	}
}

// TestOrderHeading: a line of names that nobody knows is no event, and no error, when Order says what they are.
func TestOrderHeading(t *testing.T) {
	for _, text := range []string{"a,b,c,d\n1,2,3,1\n2,3,4,0\n", "stamp;xx;yy;on\n1;2;3;1\n2;3;4;0\n"} {
		file := filepath.Join(t.TempDir(), "a.csv")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := event.Open(file, event.Order("t,x,y,p"))
		if err != nil {
			t.Error(err)
			continue
		}
		got, err := rest(s)
		if want := []event.Event{event.Of(1, 2, 3, 1), event.Of(2, 3, 4, 0)}; err != nil || !slices.Equal(got, want) || s.Stats().Errors != 0 {
			t.Errorf("%q: %v, %v, %v", text, got, s.Stats(), err)
		}
	}
}
