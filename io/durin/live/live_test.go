package live

import (
	"bufio"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin"
	"github.com/livespike/livespike/io/durin/sim"
	"github.com/livespike/livespike/snn/tensor"
)

// pictures reads a page's events as a browser does; next is the next of them.
func pictures(t *testing.T, url string) (next func() scene) {
	t.Helper()
	reply, err := http.Get(url + "/events")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reply.Body.Close() })
	lines := bufio.NewReaderSize(reply.Body, 1<<20)
	return func() (s scene) {
		t.Helper()
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				if err := json.Unmarshal([]byte(data), &s); err != nil {
					t.Fatalf("%s: %v", data, err)
				}
				return s
			}
		}
	}
}

func listen(t *testing.T) *Page {
	t.Helper()
	p := MustListen("127.0.0.1:0")
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// TestRobot: the page shows what the robot has, and leaves its clock alone.
func TestRobot(t *testing.T) {
	r := durin.MustDial("sim:room?start=1&quiet=1")
	defer r.Close()
	obs, at := r.Next(), r.Time()
	p := listen(t)
	p.Robot(r)
	p.Network(tensor.Of(0.5, float32(math.NaN())), tensor.Of(1))
	next := pictures(t, p.URL())
	s := next()
	if s.World == nil || s.World.Name != "room" || len(s.World.Walls) != 8 || len(s.Robots) != 1 || s.Robots[0].X != 600 {
		t.Errorf("%+v", s)
	}
	if got := s.ToF[1][3*8+3]; got != int(obs.ToF[1][3][3]) || s.Bearings[2] != math.Pi/2 {
		t.Errorf("sensor 1 shows %d, has %v", got, obs.ToF[1][3][3])
	}
	if n := s.Network; n == nil || n.Voltages[0] != 0.5 || n.Voltages[1] != 0 || n.Spikes[0] != 1 {
		t.Errorf("%+v", n)
	}
	p.Network(nil, tensor.Of(0, 1)) // both between two pictures, perhaps
	p.Network(nil, tensor.Of(1, 0))
	for s = next(); s.Network.Count < 3; s = next() {
	}
	if s.World != nil || s.Network.Spikes[0] != 1 {
		t.Errorf("%+v", s)
	}
	if r.Time() != at || !strings.Contains(r.String(), "time passes in Next") {
		t.Errorf("%v at %v, was at %v", r, r.Time(), at)
	}
}

// TestSim: the page of simulated robots, to which another program sends its network.
func TestSim(t *testing.T) {
	config, err := sim.ParseConfig("room?robots=2&seed=1")
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
	p := listen(t)
	p.Sim(servers...)
	to := To(p.URL())
	to.Network(tensor.Of(1, 2, 3), nil)
	next := pictures(t, p.URL())
	s := next()
	for ; s.Network == nil; s = next() {
	}
	if len(s.Robots) != 2 || len(s.Network.Voltages) != 3 || len(s.ToF) != 8 || len(s.Lines) == 0 {
		t.Errorf("%+v", s)
	}
	if err := to.Close(); err != nil || to.Err() != nil {
		t.Errorf("%v %v", err, to.Err())
	}
}

// TestMisuse: what a page does not take is said, to whom it concerns.
func TestMisuse(t *testing.T) {
	p := listen(t)
	reply, err := http.Post(p.URL()+"/network", "application/json", strings.NewReader("{"))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(reply.Body)
	reply.Body.Close()
	if reply.StatusCode != http.StatusBadRequest || !strings.HasPrefix(string(text), "live: ") {
		t.Errorf("%s %s", reply.Status, text)
	}
	if _, err := Listen(strings.TrimPrefix(p.URL(), "http://")); err == nil || !strings.HasPrefix(err.Error(), "live: ") {
		t.Errorf("an address in use: %v", err)
	}
	to := To(p.URL() + "/nothing")
	to.Network(nil, nil)
	for limit := time.Now().Add(10 * time.Second); to.Err() == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("no error")
		}
	}
	if err := to.Err().Error(); !strings.Contains(err, "404") {
		t.Errorf("%v", err)
	}
	if err := to.Close(); err != nil {
		t.Error(err)
	}
}

// TestNothingIsLeft: Close ends every goroutine, also those of browsers that look.
func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	p := MustListen("127.0.0.1:0")
	client := &http.Client{Transport: &http.Transport{}}
	reply, err := client.Get(p.URL() + "/events")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	reply.Body.Close()
	client.CloseIdleConnections()
	for limit := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

// drive asks a page for a motion as its keys do, from a page of some origin.
func drive(t *testing.T, p *Page, body, origin string) (status int, text string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, p.URL()+"/drive", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, string(b)
}

// TestNames: a page that was opened by a name does not drive, since the name may be another site's.
func TestNames(t *testing.T) {
	p := listen(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(p.URL(), "http://"), ":")
	for host, want := range map[string]int{
		"127.0.0.1:" + port: http.StatusConflict, "[::1]:" + port: http.StatusConflict, "[::1]": http.StatusConflict, "10.0.0.5": http.StatusConflict,
		"localhost:" + port: http.StatusConflict, "elsewhere.example:" + port: http.StatusForbidden, "elsewhere.example": http.StatusForbidden,
	} {
		r, err := http.NewRequest(http.MethodPost, p.URL()+"/drive", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("Origin", "http://"+host) // the same, as the browser sees it
		reply, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		reply.Body.Close()
		if reply.StatusCode != want {
			t.Errorf("%s: %s, want %d", host, reply.Status, want)
		}
	}
}

// TestForeignNetworks: a page of another site sends no network, neither by its own name nor by one that it has pointed at this
// machine; a program, which says no origin, may use a name.
func TestForeignNetworks(t *testing.T) {
	p := listen(t)
	own := strings.TrimPrefix(p.URL(), "http://")
	for _, c := range []struct {
		host, origin string
		want         int
	}{
		{own, "", http.StatusNoContent},
		{own, p.URL(), http.StatusNoContent},
		{"lab.example:8337", "", http.StatusNoContent},
		{own, "http://elsewhere.example", http.StatusForbidden},
		{own, "null", http.StatusForbidden},
		{"elsewhere.example", "http://elsewhere.example", http.StatusForbidden},
	} {
		r, err := http.NewRequest(http.MethodPost, p.URL()+"/network", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		reply, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		reply.Body.Close()
		if reply.StatusCode != c.want {
			t.Errorf("to %s from a page of %q: %s, want %d", c.host, c.origin, reply.Status, c.want)
		}
	}
}

// TestKeys: a page's keys drive a robot that it was told to let them drive, and a simulated one that nobody else drives;
// not from a page of another site.
func TestKeys(t *testing.T) {
	p := listen(t)
	r := durin.MustDial("sim:empty?seed=1", durin.Blind())
	p.Robot(r)
	const forward, self = `{"X":0,"Y":120,"Rot":5}`, ""
	if status, text := drive(t, p, forward, self); status != http.StatusConflict || !strings.Contains(text, "drive nothing") {
		t.Errorf("before Keys: %d %s", status, text)
	}
	p.Keys(r)
	if strings.Contains(r.String(), "time passes in Next") {
		t.Errorf("nobody calls Next: %v", r)
	}
	if status, text := drive(t, p, forward, p.URL()); status != http.StatusNoContent || r.Last() != (durin.Move{Y: 120, Rot: 5}) {
		t.Errorf("%d %s; the robot was told %v", status, text, r.Last())
	}
	for body, want := range map[string]int{forward: http.StatusForbidden, "{": http.StatusBadRequest} {
		origin := map[string]string{forward: "http://elsewhere.example"}[body]
		if status, text := drive(t, p, body, origin); status != want {
			t.Errorf("%s of %q: %d %s", body, origin, status, text)
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if status, text := drive(t, p, forward, self); status != http.StatusConflict || !strings.Contains(text, "closed") {
		t.Errorf("a closed robot: %d %s", status, text)
	}

	config, err := sim.ParseConfig("empty?seed=1")
	if err != nil {
		t.Fatal(err)
	}
	server, err := sim.Listen("127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	p.Sim(server)
	if s := pictures(t, p.URL())(); !s.Keys {
		t.Error("the page has no keys")
	}
	var told [4]float64
	status, text := drive(t, p, `{"X":0,"Y":120,"Rot":0}`, self)
	server.Do(func(r *sim.Robot) { told = r.Commanded() })
	if status != http.StatusNoContent || told != [4]float64{120, 120, 120, 120} {
		t.Errorf("%d %s; the robot was told %v", status, text, told)
	}
	client := durin.MustDial(server.Addr(), durin.Blind())
	defer client.Close()
	if status, text := drive(t, p, forward, self); status != http.StatusConflict || !strings.Contains(text, "a client is connected") {
		t.Errorf("with a client: %d %s", status, text)
	}
}
