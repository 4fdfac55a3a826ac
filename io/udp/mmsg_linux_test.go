package udp

import (
	"net/url"
	"slices"
	"testing"

	"github.com/livespike/livespike/io/event"
)

// TestMessages: datagrams of one length that follow each other are one message, the last of which may be shorter.
func TestMessages(t *testing.T) {
	for _, c := range []struct {
		lengths []int
		want    []int // datagrams in each message
	}{
		{[]int{8}, []int{1}},
		{[]int{8, 8, 8}, []int{3}},
		{[]int{8, 8, 3, 8}, []int{3, 1}},
		{[]int{3, 8, 8}, []int{1, 2}},
		{slices.Repeat([]int{1000}, 70), []int{segments, 6}},
		{slices.Repeat([]int{30_000}, 3), []int{2, 1}},
	} {
		var ends, got []int
		end := 0
		for _, n := range c.lengths {
			end += n
			ends = append(ends, end)
		}
		for at, start := 0, 0; at < len(ends); {
			n := alike(ends[at:], start)
			got = append(got, n)
			at += n
			start = ends[at-1]
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: messages of %v, want %v", c.lengths, got, c.want)
		}
	}
}

// TestSingle: where the kernel cuts no messages, the same datagrams are sent one by one.
func TestSingle(t *testing.T) {
	src, address := listen(t, "?timeout=300ms")
	u, err := url.Parse("udp://" + address + "?packet=512")
	if err != nil {
		t.Fatal(err)
	}
	out, err := openSink(u, event.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	out.(*sink).sender.single = true
	want := madeUp(20_000, 0, 640, 480)
	if err := out.Write(want); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	var got []event.Event
	for {
		events, err := src.Next()
		if err != nil {
			break
		}
		got = append(got, events...)
	}
	if st := src.Stats(); st.LostPackets > 0 && len(got) < len(want) {
		t.Skipf("the system lost %d datagrams and counted them: %d of %d events arrived", st.LostPackets, len(got), len(want))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d events, want %d, or others", len(got), len(want))
	}
}
