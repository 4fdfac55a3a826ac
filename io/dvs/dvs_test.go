package dvs

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/io/event"
)

// An encoder writes a stream as a camera of its family does, after its maker's description, and says which events are in
// it. Each is a second implementation of what its decoder reads.
var encoders = map[string]func(rnd *rand.Rand) (stream []byte, want []event.Event, stats event.Stats){
	"dvxplorer": encodeDVX,
	"davis346":  encodeDAVIS,
	"dvs128":    encodeDVS128,
	"evk4":      encodeEVK,
}

func u16(b []byte, w int) []byte { return binary.LittleEndian.AppendUint16(b, uint16(w)) }

// tick moves the clock of 15 bits on and writes its words: turns, which may be several in one word, then the time.
func tick(b []byte, rnd *rand.Rand, t int64) ([]byte, int64) {
	next := t + rnd.Int64N(400)
	if rnd.IntN(100) == 0 {
		next += rnd.Int64N(5 * 0x8000)
	}
	if turns := next>>15 - t>>15; turns > 0 {
		b = u16(b, 7<<12|int(turns))
	}
	return u16(b, 0x8000|int(next&0x7fff)), next
}

func encodeDVX(rnd *rand.Rand) (b []byte, want []event.Event, st event.Stats) {
	t, x := int64(0), 0
	for range 3000 {
		switch rnd.IntN(30) {
		case 0:
			b = u16(b, 2+rnd.IntN(3)) // the external input
			st.Triggers++
		case 1:
			b = u16(u16(u16(b, 5), 5<<12|0x0ab), 7) // the inertial sensor
			st.Skipped += 3
		case 2:
			b = u16(b, 4<<12|60) // rows 480 on, which do not exist
			st.Errors++
		}
		b, t = tick(b, rnd, t)
		if rnd.IntN(3) > 0 {
			x = rnd.IntN(640)
			b = u16(b, 1<<12|rnd.IntN(2)<<11|x)
		}
		first := rnd.IntN(60)
		second := max(0, min(59, first+rnd.IntN(61)-30))
		step, minus := second-first, 0
		if step < 0 {
			step, minus = -step, 1
		}
		b = u16(b, 4<<12|minus<<11|step<<6|first)
		for code, group := range map[int]int{3: first, 2: second} {
			mask, off := rnd.IntN(256), rnd.IntN(2)
			b = u16(b, code<<12|off<<8|mask)
			for i := range 8 {
				if mask>>i&1 == 1 {
					want = append(want, event.Of(t, uint16(x), uint16(8*group+i), uint8(1-off)))
				}
			}
		}
	}
	return b, want, st
}

func encodeDAVIS(rnd *rand.Rand) (b []byte, want []event.Event, st event.Stats) {
	b = u16(b, 3<<12|17) // a column before any row
	st.Dropped++
	t := int64(0)
	for range 4000 {
		switch rnd.IntN(30) {
		case 0:
			b = u16(b, 2+rnd.IntN(3))
			st.Triggers++
		case 1:
			b = u16(u16(u16(b, 8), 4<<12|0x3ff), 6<<12|1) // an image begins, a sample, its exposure
			st.Skipped += 3
		case 2:
			b = u16(b, 2<<12|346)
			st.Errors++
		}
		b, t = tick(b, rnd, t)
		y := rnd.IntN(260)
		b = u16(b, 1<<12|y)
		for range rnd.IntN(5) {
			x, on := rnd.IntN(346), rnd.IntN(2)
			b = u16(b, (2+on)<<12|x)
			want = append(want, event.Of(t, uint16(x), uint16(y), uint8(on)))
		}
	}
	return b, want, st
}

func encodeDVS128(rnd *rand.Rand) (b []byte, want []event.Event, st event.Stats) {
	t := int64(0)
	for range 8000 {
		next := t + rnd.Int64N(900)
		for range next>>14 - t>>14 {
			b = append(b, 0, 0, 0, 0x80)
		}
		t = next
		if rnd.IntN(50) == 0 {
			b = u16(u16(b, 0x8000), int(t&0x3fff))
			st.Triggers++
			continue
		}
		x, y, on := rnd.IntN(128), rnd.IntN(128), rnd.IntN(2)
		b = u16(u16(b, y<<8|x<<1|on), int(t&0x3fff))
		want = append(want, event.Of(t, uint16(x), uint16(y), uint8(on)))
	}
	return b, want, st
}

func encodeEVK(rnd *rand.Rand) (b []byte, want []event.Event, st event.Stats) {
	t := int64(0)
	high := int64(-1)
	for range 5000 {
		t += rnd.Int64N(700)
		if h := t >> 12; h != high {
			high = h
			b = u16(b, 8<<12|int(h&0xfff))
		}
		y, x, on := rnd.IntN(720), rnd.IntN(1280-32), rnd.IntN(2)
		b = u16(u16(b, 6<<12|int(t&0xfff)), y)
		if rnd.IntN(2) == 0 {
			b = u16(b, 2<<12|on<<11|x)
			want = append(want, event.Of(t, uint16(x), uint16(y), uint8(on)))
			continue
		}
		mask := rnd.Uint32()
		b = u16(u16(u16(u16(b, 3<<12|on<<11|x), 4<<12|int(mask&0xfff)), 4<<12|int(mask>>12&0xfff)), 5<<12|int(mask>>24))
		for i := range 32 {
			if mask>>i&1 == 1 {
				want = append(want, event.Of(t, uint16(x+i), uint16(y), uint8(on)))
			}
		}
		if rnd.IntN(40) == 0 {
			b = u16(b, 0xA<<12|1)
			st.Triggers++
		}
	}
	return b, want, st
}

// pieces cuts a stream into transfers, anywhere, also inside a word, with silences between them.
func pieces(rnd *rand.Rand, b []byte) (transfers [][]byte) {
	for len(b) > 0 {
		n := min(len(b), 1+rnd.IntN(2000))
		transfers = append(transfers, b[:n])
		if b = b[n:]; rnd.IntN(10) == 0 {
			transfers = append(transfers, nil)
		}
	}
	return transfers
}

// drain reads a replayed device to its end.
func drain(t *testing.T, s event.Source, r *Replay) (all []event.Event) {
	t.Helper()
	for r.at < len(r.Transfers) {
		events, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, events...)
	}
	return all
}

// TestFamilies decodes what the encoders write, cut into transfers of any length.
func TestFamilies(t *testing.T) {
	for name := range models {
		if encoders[name] == nil {
			t.Errorf("%s has no encoder", name)
		}
	}
	for name, encode := range encoders {
		for seed := range uint64(5) {
			rnd := rand.New(rand.NewPCG(seed, 3))
			stream, want, stats := encode(rnd)
			r := &Replay{Transfers: pieces(rnd, stream)}
			s, err := Start(r, name, true)
			if err != nil {
				t.Fatal(err)
			}
			if got := drain(t, s, r); !slices.Equal(got, want) {
				t.Errorf("%s: %d events, want %d, or others", name, len(got), len(want))
			}
			stats.Bytes = int64(len(stream))
			if got := s.(*source).Stats(); got != stats {
				t.Errorf("%s: %v, want %v", name, got, stats)
			}
			if err := errors.Join(s.Close(), s.Close()); err != nil {
				t.Error(err)
			}
			if _, err := s.Next(); !errors.Is(err, event.ErrClosed) {
				t.Errorf("%s: after Close %v", name, err)
			}
			for _, e := range want {
				if i := s.Info(); int(e.X) >= i.Width || int(e.Y) >= i.Height {
					t.Fatalf("%s: the event %v is outside %v", name, e, i)
				}
			}
		}
	}
}

// TestFaults: a stall and a transfer that is too long are counted and survived; what comes afterwards is whole. A camera
// that is unplugged is an error that says which one.
func TestFaults(t *testing.T) {
	record := func(y byte) []byte { return []byte{1, y, 9, 0} }
	r := &Replay{
		Transfers: [][]byte{record(1), {3, 2}, {9}, record(3), make([]byte, transferBytes+1), record(4), {}, record(5)},
		Fail:      map[int]error{2: ErrStall, 7: ErrGone},
	}
	s, err := Start(r, "dvs128", true)
	if err != nil {
		t.Fatal(err)
	}
	var rows []uint16
	for {
		events, err := s.Next()
		if err != nil {
			if !errors.Is(err, ErrGone) || !strings.Contains(err.Error(), "dvs: dvs128: ") {
				t.Errorf("unplugged: %v", err)
			}
			break
		}
		for _, e := range events {
			rows = append(rows, e.Y)
		}
	}
	if st := s.(*source).Stats(); !slices.Equal(rows, []uint16{1, 3, 4}) || st.LostPackets != 2 {
		t.Errorf("rows %v, %v", rows, st)
	}
}

// TestSetUp: the orders that cameras get, and those that are refused.
func TestSetUp(t *testing.T) {
	r := &Replay{}
	s, err := Start(r, "dvxplorer", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	orders := strings.Join(r.Controls, "\n")
	for _, want := range []string{ // libcaer's: power, streaming, and off
		"40 bf 0000 0003 00000001\n40 bf 0005 000d 00000024", "40 bf 0005 3000 00000002", "40 bf 0005 3000 00000000", "40 bf 0000 0003 00000000",
	} {
		if !strings.Contains(orders, want) {
			t.Errorf("no %q in\n%s", want, orders)
		}
	}
	r = &Replay{}
	if s, err = Start(r, "dvs128", false); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil || len(r.Controls) != 4 || !strings.HasPrefix(r.Controls[0], "40 b8 0000 0000 0007c810e98cffffff") {
		t.Errorf("%v: %q", err, r.Controls)
	}
	for _, name := range []string{"davis346", "evk4"} {
		if _, err := Start(&Replay{}, name, false); err == nil || !strings.Contains(err.Error(), "?started=1") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Start(&Replay{}, "webcam", false); err == nil {
		t.Error("a webcam is an event camera")
	}
}

// TestStream reads a replayed camera as a script does.
func TestStream(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	bytes, want, _ := encodeDAVIS(rnd)
	r := &Replay{Transfers: append(pieces(rnd, bytes), []byte{}), Fail: map[int]error{}}
	r.Fail[len(r.Transfers)-1] = ErrGone
	src, err := Start(r, "davis346", true)
	if err != nil {
		t.Fatal(err)
	}
	s, err := event.From(src, event.Block())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for err == nil {
		var events []event.Event
		events, err = s.Next()
		n += len(events)
	}
	if n != len(want) || !errors.Is(err, ErrGone) {
		t.Errorf("%d events, want %d; %v", n, len(want), err)
	}
}

func TestAllocations(t *testing.T) {
	for name, encode := range encoders {
		stream, _, _ := encode(rand.New(rand.NewPCG(1, 2)))
		r := &Replay{Transfers: [][]byte{stream[:len(stream)/4*4]}}
		s, err := Start(r, name, true)
		if err != nil {
			t.Fatal(err)
		}
		read := func() {
			r.at = 0
			if _, err := s.Next(); err != nil {
				t.Fatal(err)
			}
		}
		read()
		read()
		if n := testing.AllocsPerRun(10, read); n != 0 {
			t.Errorf("%s: Next allocates %v times", name, n)
		}
	}
}

// FuzzFamilies: anything on the wire decodes without a panic, to the same events however it is cut into transfers.
func FuzzFamilies(f *testing.F) {
	for name, encode := range encoders {
		stream, _, _ := encode(rand.New(rand.NewPCG(1, 2)))
		f.Add(name, stream[:2000], uint64(1))
	}
	f.Fuzz(func(t *testing.T, name string, stream []byte, seed uint64) {
		if _, ok := models[name]; !ok || len(stream) > transferBytes {
			return
		}
		read := func(transfers [][]byte) ([]event.Event, event.Stats) {
			r := &Replay{Transfers: transfers}
			s, err := Start(r, name, true)
			if err != nil {
				t.Fatal(err)
			}
			return drain(t, s, r), s.(*source).Stats()
		}
		once, stats := read([][]byte{stream})
		cut, cutStats := read(pieces(rand.New(rand.NewPCG(seed, 1)), stream))
		if !slices.Equal(once, cut) || stats != cutStats {
			t.Errorf("%d events and %v at once, %d and %v in pieces", len(once), stats, len(cut), cutStats)
		}
	})
}
