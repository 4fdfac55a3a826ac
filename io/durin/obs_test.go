package durin

import (
	"math"
	"sync"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/sim"
	"github.com/livespike/livespike/io/durin/wire"
)

func TestNear(t *testing.T) {
	got := Near(0, -5, 500, 1000, 4000)
	for i, want := range []float64{0, 0, 1 - math.Tanh(0.5), 1 - math.Tanh(1), 1 - math.Tanh(4)} {
		if math.Abs(float64(got.At1(i))-want) > 1e-7 {
			t.Errorf("element %d is %v, want %v", i, got.At1(i), want)
		}
	}
}

// TestZones: 8x8 zones go where they are, 4x4 zones fill 2x2, 0 mm is nothing seen, other counts are refused.
func TestZones(t *testing.T) {
	o := emptyObs()
	if o.ToF[3][0][0] != Far || o.Valid(3, 0, 0) || o.Fresh(3, time.Hour) {
		t.Errorf("before the first frame: %v, status %d", o.ToF[3][0][0], o.Status[3][0][0])
	}
	fine, coarse := make([]uint16, 64), make([]uint16, 16)
	for i := range fine {
		fine[i] = wire.PackRange(100+i, wire.StatusHalf)
	}
	for i := range coarse {
		coarse[i] = wire.PackRange(200+i, wire.StatusValid)
	}
	fine[0] = wire.PackRange(0, wire.StatusValid)
	if !o.setTof(3, fine) || o.Res != 8 || o.ToF[3][2][5] != 100+2*8+5 || o.Status[3][2][5] != StatusHalf {
		t.Errorf("8x8: %v", o.ToF[3])
	}
	if o.ToF[3][0][0] != Far || o.Valid(3, 0, 0) {
		t.Errorf("0 mm is %v, status %d", o.ToF[3][0][0], o.Status[3][0][0])
	}
	if !o.setTof(3, coarse) || o.Res != 4 {
		t.Error("4x4 is refused")
	}
	for row := range 8 {
		for col := range 8 {
			if want := float32(200 + row/2*4 + col/2); o.ToF[3][row][col] != want {
				t.Errorf("4x4: zone %d, %d is %v, want %v", row, col, o.ToF[3][row][col], want)
			}
		}
	}
	if o.setTof(3, fine[:63]) {
		t.Error("63 zones are accepted")
	}
}

// frame is the four datagrams of one time-of-flight frame.
func frame() (datagrams [][]byte) {
	var encoder wire.Encoder
	for pair := range 4 {
		m := new(wire.TofObservations)
		for id := 2 * pair; id < 2*pair+2; id++ {
			ranges := make([]uint16, 64)
			for i := range ranges {
				ranges[i] = wire.PackRange(1000+100*id+i, wire.StatusValid)
			}
			m.Observations = append(m.Observations, wire.TofObservation{ID: uint8(id), Ranges: ranges})
		}
		datagrams = append(datagrams, encoder.AppendFrame(nil, m, wire.Telemetry))
	}
	return datagrams
}

// deaf is a robot without sockets, of which only the receiving side works.
func deaf() *Robot {
	r := &Robot{epoch: time.Now(), obs: emptyObs(), track: newTracker(nil)}
	r.changed = sync.NewCond(&r.mu)
	r.track.samples = make([]sim.Sample, 0, 1<<16) // the path grows, which is not the decoder's doing
	return r
}

// TestReceivingDoesNotAllocate: from the bytes of a frame to the observation.
func TestReceivingDoesNotAllocate(t *testing.T) {
	r, datagrams := deaf(), frame()
	var decoder wire.Decoder
	receive := func() {
		for _, d := range datagrams {
			r.takeDatagram(d, &decoder)
		}
	}
	receive()
	seq := r.obs.Seq
	if n := testing.AllocsPerRun(100, receive); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
	if r.obs.Seq != seq+101 || r.obs.ToF[5][3][3] != 1000+500+27 {
		t.Errorf("%d frames; a zone is %v", r.obs.Seq-seq, r.obs.ToF[5][3][3])
	}
}

// TestDamage: what is not a frame is counted and changes nothing.
func TestDamage(t *testing.T) {
	r := deaf()
	var decoder wire.Decoder
	good := frame()[0]
	flipped := append([]byte(nil), good...)
	flipped[20] ^= 4
	for _, d := range [][]byte{nil, {'*'}, good[:40], flipped} {
		r.takeDatagram(d, &decoder)
	}
	if s := r.stats; s.Received != 4 || s.BadChecksum != 1 || s.Undecodable != 3 || r.obs.ToF[0][0][1] != Far {
		t.Errorf("%v, %v", s, r.obs.ToF[0][0])
	}
	r.takeDatagram(good, &decoder)
	if r.obs.ToF[0][0][1] != 1001 {
		t.Errorf("after damage a zone is %v", r.obs.ToF[0][0][1])
	}
}

// BenchmarkReceive is a time-of-flight frame of four datagrams, from bytes to the observation.
func BenchmarkReceive(b *testing.B) {
	r, datagrams := deaf(), frame()
	var decoder wire.Decoder
	b.ReportAllocs()
	for b.Loop() {
		r.track.samples = r.track.samples[:0]
		for _, d := range datagrams {
			r.takeDatagram(d, &decoder)
		}
	}
}

// BenchmarkLockstep is one turn of a script's loop with a simulated robot: a frame over the sockets, and a command.
func BenchmarkLockstep(b *testing.B) {
	r := MustDial("sim:arena?seed=1")
	defer r.Close()
	for b.Loop() {
		r.Next()
		r.Send(drive)
	}
}

// TestBatteryString: a robot that has not told yet has no empty battery. Oracle: the comment of MilliVolt.
func TestBatteryString(t *testing.T) {
	for want, b := range map[string]Battery{"unknown": {}, "7.40 V, 63 %": {7400, 63}} {
		if b.String() != want {
			t.Errorf("%q, want %q", b.String(), want)
		}
	}
}
