package udp

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/io/event"
)

// madeUp is n events with rising times from t on.
func madeUp(n int, t int64, w, h int) []event.Event {
	rnd := rand.New(rand.NewPCG(7, 7))
	events := make([]event.Event, n)
	for i := range events {
		t += rnd.Int64N(50)
		events[i] = event.Of(t, uint16(rnd.IntN(w)), uint16(rnd.IntN(h)), uint8(rnd.IntN(2)))
	}
	return events
}

// listen opens a source on a free port and returns its port.
func listen(t testing.TB, query string) (*event.Stream, string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := conn.LocalAddr().String()
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := event.Open("udp://"+address+query, event.Block())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, address
}

// TestLoopback: what is sent is received, event for event, in every layout; the times of those that have none are of the
// arrival.
func TestLoopback(t *testing.T) {
	for name, l := range layouts {
		for _, packet := range []int{l.maxBytes, 256, 512, 1400, 9000} {
			t.Run(fmt.Sprintf("%s/%d", name, packet), func(t *testing.T) {
				src, address := listen(t, "?timeout=300ms&layout="+name)
				want := madeUp(5000, 1<<32-60_000, int(l.maxX)+1, int(l.maxY)+1) // 32-bit times turn over
				out, err := event.Create(fmt.Sprintf("udp://%s?layout=%s&packet=%d", address, name, packet))
				if err != nil {
					t.Fatal(err)
				}
				for batch := range slices.Chunk(want, 700) {
					if err := out.Write(batch); err != nil {
						t.Fatal(err)
					}
				}
				if err := out.Close(); err != nil {
					t.Fatal(err)
				}
				var got []event.Event
				for {
					events, err := src.Next()
					if err != nil {
						if !errors.Is(err, io.EOF) {
							t.Error(err)
						}
						break
					}
					got = append(got, events...)
				}
				if name == "spif-untimed" {
					last := int64(0)
					for i := range got {
						if got[i].T < last || got[i].T > 60e6 {
							t.Fatalf("event %d arrived at %d µs, the one before at %d", i, got[i].T, last)
						}
						last, got[i].T = got[i].T, want[i].T
					}
				}
				if st := src.Stats(); st.LostPackets > 0 && len(got) < len(want) {
					t.Skipf("the system lost %d datagrams and counted them: %d of %d events arrived", st.LostPackets, len(got), len(want))
				}
				if !slices.Equal(got, want) {
					t.Errorf("%d events, want %d, or others", len(got), len(want))
				}
				if st := src.Stats(); st.Errors > 0 || st.Bytes != out.Stats().Bytes {
					t.Errorf("received %v, sent %v", st, out.Stats())
				}
			})
		}
	}
}

// TestSPIFBytes holds the words against those that AEStream's tests have, and what AEStream and spiffer send.
func TestSPIFBytes(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		want []event.Event
		bad  int
	}{
		"AEStream's test vector, its time missing": {"\x0f\x00\xda\x00", []event.Event{event.Of(77, 218, 15, 0)}, 0},
		"without a time": {"\x0f\x80\xda\x80\x0f\x00\xda\x80", []event.Event{event.Of(77, 218, 15, 1), event.Of(77, 218, 15, 0)}, 0},
		"with a time":    {"\x0f\x80\xda\x00\x05\x01\x00\x00", []event.Event{event.Of(261, 218, 15, 1)}, 0},
		"mixed":          {"\x0f\x80\xda\x00\x05\x01\x00\x00\x0f\x80\xda\x80\x0f\x80\xda\x00", []event.Event{event.Of(261, 218, 15, 1), event.Of(77, 218, 15, 1), event.Of(77, 218, 15, 1)}, 0},
		"cut":            {"\x0f\x80\xda\x80\x0f\x00", []event.Event{event.Of(77, 218, 15, 1)}, 2},
		"empty":          {"", nil, 0},
	} {
		got, bad := (&spif{}).decode(nil, []byte(c.data), 77)
		if !slices.Equal(got, c.want) || bad != c.bad {
			t.Errorf("%s: %v and %d bytes, want %v and %d", name, got, bad, c.want, c.bad)
		}
	}
	bytes, n := (&spif{}).encode(nil, madeUp(1000, 0, 640, 480), 512)
	if n != 128 || len(bytes) != 512 {
		t.Errorf("%d events in %d bytes, AEStream has 128 in 512", n, len(bytes))
	}
}

// TestClock: turns of the clock, and disorder across one.
func TestClock(t *testing.T) {
	var c clock
	for i, s := range []struct {
		t    uint32
		want int64
	}{{1<<32 - 5, 1<<32 - 5}, {3, 1<<32 + 3}, {1<<32 - 2, 1<<32 - 2}, {10, 1<<32 + 10}, {4, 1<<32 + 4}} {
		if got := c.at(s.t); got != s.want {
			t.Errorf("step %d: %d, want %d", i, got, s.want)
		}
	}
}

// TestAddresses: what is wrong with an address is said.
func TestAddresses(t *testing.T) {
	for uri, want := range map[string]string{
		"udp://localhost":                "the address has no port",
		"udp://:70000":                   "invalid port",
		"udp://:0?layout=nosuch":         "no layout is called nosuch; known are spif, spif-untimed, t32_x16_y15_on1, t64_x16_y16_on8",
		"udp://:0?size=big":              "want WIDTHxHEIGHT",
		"udp://:0?timeout=-1s":           "want a time such as",
		"udp://:0?packet=100":            "no parameter is called packet",
		"udp://nosuch.host.invalid:3333": "nosuch.host.invalid",
	} {
		if s, err := event.Open(uri); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q (%v)", uri, err, want, s)
		}
	}
	for uri, want := range map[string]string{
		"udp://localhost:3333?packet=7":     "want 8 to 65507 bytes",
		"udp://localhost:3333?packet=70000": "want 8 to 65507 bytes",
		"udp://localhost:3333?timeout=1s":   "no parameter is called timeout",
	} {
		if w, err := event.Create(uri); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q (%v)", uri, err, want, w)
		}
	}
	w := event.MustCreate("udp://127.0.0.1:9")
	if err := w.Write([]event.Event{event.Of(0, 1<<15, 0, 0)}); err == nil || !strings.Contains(err.Error(), "pixel (32768, 0) does not fit") {
		t.Errorf("a pixel outside: %v", err)
	}
}

// TestNobodyListens: the answers of the other machine are counted and stop nothing.
func TestNobodyListens(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := conn.LocalAddr().String()
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	w := event.MustCreate("udp://" + address)
	for range 5 {
		if err := w.Write(madeUp(10, 0, 10, 10)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
	if w.Stats().LostPackets == 0 || w.Count() != 50 {
		t.Errorf("stats %v", w.Stats())
	}
}

// TestCloseWakes: Close ends a Next that waits.
func TestCloseWakes(t *testing.T) {
	s := event.MustOpen("udp://127.0.0.1:0?size=4x4")
	time.AfterFunc(10*time.Millisecond, func() { _ = s.Close() })
	if _, err := s.Next(); !errors.Is(err, event.ErrClosed) {
		t.Errorf("Next: %v, want ErrClosed", err)
	}
}

// TestTimes: a sink refuses the times that a receiver would get wrong, and only those. Oracle: the receiver.
func TestTimes(t *testing.T) {
	for _, times := range [][]int64{
		{0},
		{1<<32 - 1},
		{1 << 32},
		{-1},
		{1700000000000000},
		{0, 1 << 31},
		{0, 1<<31 + 1},
		{0, 1<<32 - 1},
		{5, 1<<31 + 5, 1<<32 + 4},
		{5, 1<<31 + 5, 1<<32 + 5},
		{1<<32 - 9, 1<<32 + 9, 1<<32 - 8},
		{1<<32 - 9, 1<<32 + 9, 1<<32 - 9 + 1<<31},
		{1<<32 - 9, 1<<32 + 9, 1<<32 + 10 + 1<<31},
		{9, 3, 1 << 40},
		{1<<32 - 1, 1<<33 - 1<<31 - 1, 1<<33 - 1, 1<<33 + 1<<31 - 2, 1 << 34},
	} {
		var events, got []event.Event
		var sent []byte
		for i, at := range times {
			events = append(events, event.Of(at, uint16(i), 0, 1))
		}
		sent, _ = (&spif{timed: true}).encode(nil, events, 1400)
		got, _ = (&spif{}).decode(nil, sent, 0)
		w := event.MustCreate("udp://127.0.0.1:9")
		err := w.Write(events)
		if right := slices.Equal(got, events); right != (err == nil) || err != nil && !strings.Contains(err.Error(), "does not fit: spif has 32 bits of µs") {
			t.Errorf("%v: received right: %v, sent: %v", times, right, err)
		}
	}
	for advice, opts := range map[string][]event.Option{"; give FromZero, or the address ?": nil, "; give the address ?": {event.FromZero()}} {
		w := event.MustCreate("udp://127.0.0.1:9", opts...)
		if err := w.Write([]event.Event{event.Of(0, 0, 0, 1), event.Of(1<<40, 0, 0, 1)}); err == nil || !strings.Contains(err.Error(), advice) {
			t.Errorf("%v, want %q", err, advice)
		}
	}
	for _, address := range []string{"udp://127.0.0.1:9?layout=t64_x16_y16_on8", "udp://127.0.0.1:9?layout=spif-untimed"} {
		if err := event.MustCreate(address).Write([]event.Event{event.Of(1700000000000000, 1, 2, 1)}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestLossIsCounted: every datagram that was sent is either received or in the kernel's count.
func TestLossIsCounted(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skipf("%s does not count what it loses", runtime.GOOS)
	}
	conn, err := (&net.ListenConfig{Control: prepare}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r, err := newReceiver(conn.(*net.UDPConn))
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.UDPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	w := event.MustCreate("udp://" + conn.LocalAddr().String())
	const sent = 500
	for range sent - 1 {
		if err := w.Write(madeUp(100, 0, 10, 10)); err != nil {
			t.Fatal(err)
		}
	}
	received := 0
	drain := func() {
		for {
			if err := conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			packets, err := r.receive()
			if err != nil {
				return
			}
			received += len(packets)
		}
	}
	drain()
	if err := w.Write(madeUp(100, 0, 10, 10)); err != nil { // the next datagram brings the count
		t.Fatal(err)
	}
	drain()
	if r.lost == 0 || int64(received)+r.lost != sent {
		t.Errorf("%d received and %d lost of %d", received, r.lost, sent)
	}
}

// TestAllocations: a datagram costs none.
func TestAllocations(t *testing.T) {
	conn, err := (&net.ListenConfig{Control: prepare}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r, err := newReceiver(conn.(*net.UDPConn))
	if err != nil {
		t.Fatal(err)
	}
	w := event.MustCreate("udp://" + conn.LocalAddr().String())
	events := madeUp(1000, 0, 640, 480)
	dec, batch := &spif{}, make([]event.Event, 0, 4000)
	n := testing.AllocsPerRun(100, func() {
		if err := w.Write(events); err != nil {
			t.Fatal(err)
		}
		packets, err := r.receive()
		if err != nil {
			t.Fatal(err)
		}
		batch = batch[:0]
		for _, p := range packets {
			batch, _ = dec.decode(batch, p, 0)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzLayouts: no datagram makes a decoder panic, or yields more events than it has bytes for.
func FuzzLayouts(f *testing.F) {
	for _, l := range layouts {
		b, _ := l.encoder().encode(nil, madeUp(9, 0, 99, 99), 100)
		f.Add(l.name, b)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		l, ok := layouts[name]
		if !ok {
			return
		}
		events, bad := l.decoder().decode(nil, data, 5)
		if 4*len(events)+bad > len(data) {
			t.Errorf("%d events and %d bad bytes of %d", len(events), bad, len(data))
		}
		for _, e := range events {
			if e.On > 1 || e.X > l.maxX || e.Y > l.maxY {
				t.Errorf("event %v", e)
			}
		}
	})
}

// BenchmarkLoopback sends to this machine and receives; both ends run at the same time.
func BenchmarkLoopback(b *testing.B) {
	for _, c := range []string{"spif-untimed&packet=512", "spif-untimed&packet=1400", "spif&packet=1400", "spif&packet=9000"} {
		b.Run(c, func(b *testing.B) {
			layout, _, _ := strings.Cut(c, "&")
			src, address := listen(b, "?timeout=200ms&layout="+layout)
			out := event.MustCreate("udp://" + address + "?layout=" + c)
			events := madeUp(8192, 0, 640, 480)
			received, last := 0, time.Now()
			done := make(chan struct{})
			go func() {
				defer close(done)
				for {
					batch, err := src.Next()
					if err != nil {
						return
					}
					received += len(batch)
					last = time.Now()
				}
			}()
			start := time.Now()
			sent := 0
			for b.Loop() {
				for range 100 {
					if err := out.Write(events); err != nil {
						b.Fatal(err)
					}
					sent += len(events)
				}
			}
			elapsed := time.Since(start)
			<-done
			b.ReportMetric(float64(sent)/elapsed.Seconds()/1e6, "sent-Mev/s")
			b.ReportMetric(float64(received)/last.Sub(start).Seconds()/1e6, "received-Mev/s")
			b.ReportMetric(100*float64(received)/float64(sent), "%received")
			b.ReportMetric(float64(src.Stats().LostPackets), "datagrams-lost")
		})
	}
}
