package durin

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/sim"
)

// TestNobodyThere: one line that says who was dialled and what to do, within the timeout.
func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	mute := newFakeRobot(t, true)
	for _, c := range []struct{ address, want string }{
		{free, "nothing listens there"},
		{mute.addr(), "another program is connected"},
		{"durin5.invalid", "Wi-Fi"},
		{"nobody-has-this-name.local", "Wi-Fi"},
		{"sim:nowhere", `no world "nowhere"; there are arena, `},
		{"sim:arena?sed=1", "unknown option sed; there are seed, "},
		{"sim:arena?seed=x", "seed: "},
		{"127.0.0.1?wheels=square", "wheels=square is not understood"},
		{"127.0.0.1?telemetry=65536", "telemetry=65536 is not understood"},
		{"127.0.0.1?telemetry=0", "telemetry=0 is not understood"},
	} {
		r, err := Dial(c.address, Timeout(100*time.Millisecond))
		if err == nil {
			t.Errorf("%s: no error", c.address)
			_ = r.Close()
			continue
		}
		text := err.Error()
		t.Log(text)
		name, _, _ := strings.Cut(c.address, "?")
		if !strings.HasPrefix(text, "durin: dial "+name) || !strings.Contains(text, c.want) || strings.Contains(text, "\n") {
			t.Errorf("%s: error %q", c.address, text)
		}
	}
	first := MustDial("sim:arena")
	defer first.Close()
	if _, err := Dial(first.server.Addr(), Timeout(50*time.Millisecond)); !IsBusy(err) {
		t.Errorf("not busy: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := DialContext(ctx, free); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("interrupted: %v", err)
	}
}

// TestMustDialPanicsWithTheError: the session prints it as one line.
func TestMustDialPanicsWithTheError(t *testing.T) {
	defer func() {
		if err, ok := recover().(error); !ok || !strings.HasPrefix(err.Error(), "durin: dial sim:nowhere: ") {
			t.Errorf("panicked with %v", err)
		}
	}()
	MustDial("sim:nowhere")
}

// TestGone: Next says so when the robot falls silent, and when it leaves.
func TestGone(t *testing.T) {
	r := MustDial("sim:arena?seed=1&speed=1", Timeout(200*time.Millisecond))
	defer r.Close()
	r.Next()
	r.Send(drive)
	r.server.Do(func(robot *sim.Robot) { robot.Stall(time.Hour) })
	_, err := r.NextContext(context.Background())
	for err == nil { // what was on its way
		_, err = r.NextContext(context.Background())
	}
	if !IsGone(err) || !strings.HasPrefix(err.Error(), "durin: sim:arena?seed=1&speed=1: ") {
		t.Errorf("silent: %v", err)
	}
	if r.Err() == nil || r.Last() != (MoveWheels{}) {
		t.Errorf("Err is %v, last motion %v", r.Err(), r.Last())
	}
}

// TestReconnect: after a break the client comes back by itself, with zeros first and its streams on.
func TestReconnect(t *testing.T) {
	r := MustDial("sim:arena?seed=1&speed=1")
	defer r.Close()
	r.Next()
	r.Send(drive)
	r.server.Disconnect()
	limit := time.Now().Add(20 * time.Second)
	for r.Stats().Reconnects == 0 && time.Now().Before(limit) {
		time.Sleep(time.Millisecond)
	}
	r.Next()
	r.Next()
	if err := r.Err(); err != nil || r.Stats().Reconnects != 1 {
		t.Errorf("Err is %v; %v", err, r.Stats())
	}
	r.server.Do(func(robot *sim.Robot) {
		if v := robot.Commanded(); v != [4]float64{} {
			t.Errorf("drives at %v after the break", v)
		}
	})
}

// TestTelemetryPort: the robot sends to the port that was asked for, also after a reconnect; one that is taken is an error.
func TestTelemetryPort(t *testing.T) {
	config, err := sim.ParseConfig("room?speed=1&robots=2")
	if err != nil {
		t.Fatal(err)
	}
	servers, err := sim.ListenAll("127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range servers {
		defer s.Close()
	}
	free, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	port := free.LocalAddr().(*net.UDPAddr).Port
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	query := fmt.Sprintf("?telemetry=%d", port)
	r := MustDial(servers[0].Addr() + query)
	defer r.Close()
	there := func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.link != nil && r.link.udp.LocalAddr().(*net.UDPAddr).Port == port && r.link.received > 0
	}
	wait(t, "telemetry at the port", there)
	servers[0].Disconnect()
	wait(t, "a new connection", func() bool { return r.Stats().Reconnects == 1 })
	wait(t, "telemetry at the port again", there)
	if _, err := Dial(servers[1].Addr() + query); err == nil || !strings.Contains(err.Error(), fmt.Sprint(port)) {
		t.Errorf("a port that is taken: %v", err)
	}
}

// TestNothingIsLeft: Close ends every goroutine.
func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, address := range []string{"sim:arena?seed=1", "sim:arena?seed=1&speed=1"} {
		r := MustDial(address)
		r.Next()
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	for limit := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(limit) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

// TestFrontRightLatch: on a robot with the firmware's hole no wheel moves after a stop, whatever is sent then: after a
// silence the first frame is zeros (durin.md section 14, rule 4). The simulator's own test shows that it would.
func TestFrontRightLatch(t *testing.T) {
	r := MustDial("sim:empty?latch=1")
	defer r.Close()
	still := func(when string) {
		t.Helper()
		r.server.Do(func(robot *sim.Robot) {
			if robot.Moving() {
				t.Errorf("%s: %v", when, robot.Wheels())
			}
		})
	}
	for range 10 {
		r.Next()
		r.Send(Move{Y: 200})
	}
	// A silence that the client has no part in: the robot's time passes, nothing is sent.
	r.server.Do(func(robot *sim.Robot) {
		if !robot.Moving() {
			t.Error("does not drive")
		}
		robot.Step(3 * time.Second)
	})
	r.mu.Lock()
	r.moment.Time += 3 * time.Second
	r.mu.Unlock()
	still("after the watchdog")
	r.Send(SetLED{G: 1})
	for range 45 {
		r.Next()
		still("after the light")
	}
	if n := r.Stats().DeadMan; n != 1 {
		t.Errorf("%d dead man stops", n)
	}
}

// TestStreamsComeBack: durin.md section 7: after 30 s without a message the firmware ends its streams, and a client that
// was held up that long has to ask for them again.
func TestStreamsComeBack(t *testing.T) {
	r := MustDial("sim:empty?seed=1")
	defer r.Close()
	r.Next()
	r.server.Do(func(robot *sim.Robot) { robot.Step(40 * time.Second) }) // in which nothing was sent
	r.mu.Lock()
	r.moment.Time += 40 * time.Second
	r.mu.Unlock()
	seq := r.Next().Seq
	if r.Next().Seq != seq+1 || r.Stats().AskedAgain != 1 {
		t.Errorf("%v", r.Stats())
	}
}
