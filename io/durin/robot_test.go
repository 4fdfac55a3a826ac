package durin

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/durin/sim"
	"github.com/livespike/livespike/io/durin/wire"
)

// TestCells: cells that end one after the other stop the wheels between them, at the same moment in every run.
func TestCells(t *testing.T) {
	run := func() []sim.Sample {
		r := MustDial("sim:arena?seed=3")
		for range 20 {
			ctx, end := context.WithCancel(context.Background())
			restore := interrupt.Set(ctx)
			for range 5 {
				r.Next()
				r.Send(drive)
			}
			end()
			restore()
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		return r.Track().Samples
	}
	if one, two := run(), run(); !slices.Equal(one, two) {
		t.Errorf("one run ends at %v, the other at %v", one[len(one)-1], two[len(two)-1])
	}
}

// TestAsk: typed replies, in order, also while motion is sent.
func TestAsk(t *testing.T) {
	r := MustDial("sim:room?start=1&quiet=1&garbage=1")
	defer r.Close()
	r.Send(drive)
	info, err := r.Info()
	if err != nil || info.Hostname != "durin255" {
		t.Errorf("%v, %v", info, err)
	}
	reply, err := r.Ask(context.Background(), new(wire.GetTofObservations))
	if tof, ok := reply.(*wire.TofObservations); err != nil || !ok || len(tof.Observations) != 8 {
		t.Errorf("%v, %v", reply, err)
	}
	if _, err := r.Ask(context.Background(), &wire.Empty{Which: wire.TagGetUwbNodes}); err == nil {
		t.Error("a rejected request has no error")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Ask(ctx, &wire.EnableTofStatus{On: true}); err == nil {
		t.Error("an interrupted request has no error")
	}
	if info, err := r.Info(); err != nil || info.ID != 255 {
		t.Errorf("after the odd one: %v, %v", info, err)
	}
}

// TestSensors: what the simulated robot measures arrives in units that a script uses. Start 1 of the room is at
// (600, 600) mm; a robot at rest feels the earth.
func TestSensors(t *testing.T) {
	r := MustDial("sim:room?start=1&quiet=1")
	defer r.Close()
	var obs Obs
	for range 20 {
		obs = r.Next()
	}
	if obs.Position == nil || *obs.Position != (Vec{600, 600, 0}) {
		t.Errorf("position %v", obs.Position)
	}
	if g := obs.IMU.Acc()[2]; g > -9.5 || g < -9.9 {
		t.Errorf("acceleration %v", obs.IMU)
	}
	if obs.Battery.MilliVolt != 7319 || len(obs.UWB) != 4 || obs.Res != 8 {
		t.Errorf("battery %v, beacons %v, %v", obs.Battery, obs.UWB, obs)
	}
	for sensor, period := range map[Sensor]time.Duration{ // as Dial asks for them
		SensorToF: 0, SensorIMU: 20 * time.Millisecond, SensorStatus: time.Second, SensorPosition: 50 * time.Millisecond, SensorUWB: 50 * time.Millisecond,
	} {
		// A frame is stamped when it is complete, what came since the one before with the time of that.
		if age := obs.AgeOf(sensor); age < 0 || age > period+67*time.Millisecond {
			t.Errorf("%v is %v old", sensor, age)
		}
		if age := new(Obs).AgeOf(sensor); age < time.Hour {
			t.Errorf("%v, never heard of, is %v old", sensor, age)
		}
	}
	for sensor, want := range map[Sensor]float32{SensorToF: 15, SensorIMU: 50, SensorPosition: 20, SensorUWB: 20} {
		// Of few frames: each message has the time of the frame before it.
		if rate := obs.Rate(sensor); rate < 0.85*want || rate > 1.15*want {
			t.Errorf("%v came %v times a second, want %v", sensor, rate, want)
		}
	}
	if rate := obs.Rate(SensorStatus); new(Obs).Rate(SensorToF) != 0 || rate > 1.5 {
		t.Errorf("never heard of: %v; the battery: %v times a second", new(Obs).Rate(SensorToF), rate)
	}
	for id := range 8 {
		if !obs.Fresh(id, 0) {
			t.Errorf("sensor %d is %v old", id, obs.Age(id))
		}
	}
}

// TestCoarse: 4x4 zones come at 60 Hz.
func TestCoarse(t *testing.T) {
	r := MustDial("sim:room?seed=1", At60Hz())
	defer r.Close()
	r.Next()
	from := r.Time()
	var obs Obs
	for range 60 {
		obs = r.Next()
	}
	if d := (r.Time() - from).Round(10 * time.Millisecond); obs.Res != 4 || d != time.Second {
		t.Errorf("60 frames of %dx%d in %v", obs.Res, obs.Res, d)
	}
}

// TestOrders: which way each id looks in the two orders, against the walls of the corridor: start 1 is at (400, 400)
// and looks along it, 10 degrees to the left.
func TestOrders(t *testing.T) {
	for _, c := range []struct {
		address    string
		front, top int // ids that look ahead and to the left
	}{{"sim:corridor?start=1&quiet=1", 0, 2}, {"sim:corridor?start=1&quiet=1&order=2022", 2, 7}} {
		r := MustDial(c.address)
		obs := r.Next()
		if front, left := obs.ToF[c.front][3][4], obs.Nearest(c.top); front < 1000 || left > 310 || left < 290 {
			t.Errorf("%s: %v mm ahead, %v mm to the left", c.address, front, left)
		}
		if want := map[int]sim.Order{0: sim.Order2023, 2: sim.Order2022}[c.front]; r.Order() != want {
			t.Errorf("%s: order %v", c.address, r.Order())
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestLimits: speeds are clamped and what is no number is 0, both counted.
func TestLimits(t *testing.T) {
	nan := float32(0)
	nan /= nan
	for _, c := range []struct {
		opts []Option
		send Command
		want Command
	}{
		{nil, MoveWheels{NE: 900, NW: -900, SW: 1.9, SE: -1.9}, MoveWheels{NE: 500, NW: -500, SW: 1, SE: -1}},
		{nil, MoveWheels{NE: nan, NW: 5}, MoveWheels{NW: 5}},
		{[]Option{MaxSpeed(100)}, Move{X: 300, Y: -300, Rot: 5}, Move{X: 100, Y: -100, Rot: 5}},
		{[]Option{WithProfile(Profile{Wheels: WheelsRaw})}, MoveWheels{1, 2, 3, 4}, MoveWheels{1, 2, 3, 4}},
		{[]Option{WithProfile(Profile{Wheels: WheelsViaMove})}, MoveWheels{100, 100, 100, 100}, Move{Y: 100}},
		{[]Option{WithProfile(Profile{InvertX: true, InvertRot: true})}, Move{1, 2, 3}, Move{-1, 2, -3}},
		{nil, Twist{Forward: 0.1, Left: 0.2}, Move{X: -200, Y: 100}},
		{[]Option{MaxAccel(0.001)}, MoveWheels{NE: 100}, MoveWheels{}},
	} {
		r := MustDial("sim:empty", append(c.opts, Blind())...)
		r.Send(c.send)
		if got := r.Last(); got != c.want {
			t.Errorf("%v %v became %v, want %v", c.opts, c.send, got, c.want)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestCloseUnderLoad: everything at once, for the race detector.
func TestCloseUnderLoad(t *testing.T) {
	r := MustDial("sim:arena?seed=1&speed=5", Blind())
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var all sync.WaitGroup
	for _, f := range []func() bool{
		func() bool { _, err := r.NextContext(ctx); return err == nil },
		func() bool { obs, _ := r.Read(); return obs.Seq < 40 },
		func() bool { _, err := r.Info(); return err == nil },
		func() bool { return r.Track() != nil && r.String() != "" && r.Stats().Frames < 40 && r.Err() == nil },
		func() bool { r.Send(drive); return r.Stats().Frames < 20 },
	} {
		all.Go(func() {
			for f() {
			}
		})
	}
	for r.Stats().Frames < 60 {
		time.Sleep(time.Millisecond)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	all.Wait()
}
