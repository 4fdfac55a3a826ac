package kernel

import (
	"fmt"
	"strings"
	"testing"
)

// TestCapture writes what is hard to cut: a long line, no newline at the end, text that begins like a mark.
func TestCapture(t *testing.T) {
	c, err := newCapture()
	if err != nil {
		t.Fatal(err)
	}
	out := &recorder{}
	c.attach(out)
	long := strings.Repeat("0123456789", 1<<20) // 10 MB
	texts := []string{"one\n", long, "\x00", "\x00flush", string(c.marker[:len(c.marker)-1]), "no newline"}
	want := ""
	for _, text := range texts {
		fmt.Fprint(c.stdout, text)
		fmt.Fprint(c.stderr, "e")
		want += text
		c.flush()
		if got := out.streams["stdout"]; got != want {
			t.Fatalf("after a text of %d bytes %d of %d bytes arrived", len(text), len(got), len(want))
		}
	}
	if got := out.streams["stderr"]; got != strings.Repeat("e", len(texts)) {
		t.Errorf("standard error has %q", got)
	}
	late := &recorder{}
	c.attach(late)
	fmt.Fprint(c.stdout, "late")
	c.close()
	if late.streams["stdout"] != "late" {
		t.Errorf("late output: %q", late.streams["stdout"])
	}
	c.flush() // after the end, returns
}
