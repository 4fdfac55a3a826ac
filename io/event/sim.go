package event

import (
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/livespike/livespike/internal/interrupt"
)

var _ = registerSource("sim", "a simulated camera, sim:bars?size=640x480&seconds=10&seed=1; see Scenes", openSim)

// simParam is one parameter of a simulated camera's address.
type simParam struct {
	name, doc string // doc with the unit
	value     float64
	low, high float64
}

// simParams are those of every scene; events.md gives no figures, so the defaults are those of a DVS in the laboratory.
//
// Source: Lichtsteiner, Posch and Delbruck, IEEE Journal of Solid-State Circuits 43 (2008), for the thresholds and
// their mismatch; Rebecq, Gehrig and Scaramuzza, ESIM, CoRL 2018, for the model.
var simParams = []simParam{
	{"seconds", "length in s, 0 for no end", 10, 0, 1e6},
	{"seed", "of the random numbers", 1, 0, 1 << 53},
	{"on", "threshold of a brighter event, in natural logarithms of light", 0.2, 0.01, 10},
	{"off", "threshold of a darker event", 0.2, 0.01, 10},
	{"mismatch", "standard deviation of the thresholds from pixel to pixel, as a fraction", 0.03, 0, 0.3},
	{"readout", "µs between two readouts of the sensor, which date the events and order them by row and column", 1, 1, 1e6},
	{"refractory", "µs that a pixel is silent after an event", 100, 0, 1e6},
}

// simLight are those of every scene with something to see.
var simLight = []simParam{
	{"noise", "events per second and pixel that nothing causes", 0.1, 0, 1000},
	{"contrast", "light of the shapes over that of the ground", 4, 0.01, 100},
	{"blur", "width of an edge in pixels", 1, 0.1, 100},
}

// simValues are the parameters by name.
type simValues map[string]float64

// openSim reads an address such as sim:bars?size=640x480&seconds=2&seed=1.
func openSim(u *url.URL, o *options) (Source, error) {
	name := u.Opaque + u.Host + strings.TrimPrefix(u.Path, "/")
	if name == "" {
		name = "bars"
	}
	kind, ok := scenes[name]
	if !ok {
		return nil, fmt.Errorf("event: %s: no scene is called %s; known are %s", u, name, strings.Join(sceneNames(), ", "))
	}
	width, height := 640, 480
	if o.width > 0 {
		width, height = o.width, o.height
	}
	params := slices.Concat(simParams, kind.params)
	values := simValues{}
	for _, p := range params {
		values[p.name] = p.value
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("event: %s: %w", u, err)
	}
	for _, key := range sortedKeys(query) {
		text := query[key][len(query[key])-1]
		if key == "size" {
			width, height, err = simSize(text, o)
		} else {
			values[key], err = simValue(name, params, key, text)
		}
		if err != nil {
			return nil, fmt.Errorf("event: %s: %w", u, err)
		}
	}
	if width > simSideMax || height > simSideMax {
		return nil, fmt.Errorf("event: %s: size %dx%d, want at most %dx%d", u, width, height, simSideMax, simSideMax)
	}
	return newSim(name, kind, values, width, height), nil
}

// simSideMax bounds the memory: 24 bytes a pixel.
const simSideMax = 4096

func sortedKeys(query url.Values) []string {
	keys := make([]string, 0, len(query))
	for key := range query {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func simSize(text string, o *options) (width, height int, err error) {
	a, b, _ := strings.Cut(text, "x")
	width, errW := strconv.Atoi(a)
	height, errH := strconv.Atoi(b)
	if errW != nil || errH != nil || width < 1 || height < 1 {
		return 0, 0, fmt.Errorf("size is %q, want WIDTHxHEIGHT in pixels", text)
	}
	if o.width > 0 && (o.width != width || o.height != height) {
		return 0, 0, fmt.Errorf("size is %s, and event.Size says %dx%d", text, o.width, o.height)
	}
	return width, height, nil
}

func simValue(scene string, params []simParam, key, text string) (float64, error) {
	names := []string{"size"}
	for _, p := range params {
		names = append(names, p.name)
		if p.name != key {
			continue
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || !(v >= p.low && v <= p.high) {
			return 0, fmt.Errorf("%s is %q, want a number from %v to %v: %s", key, text, p.low, p.high, p.doc)
		}
		return v, nil
	}
	sort.Strings(names)
	return 0, fmt.Errorf("%s has no parameter %s; it has %s", scene, key, strings.Join(names, ", "))
}

// sim is a simulated camera. It draws and compares only the pixels near an outline that moves, in steps in which nothing
// moves further than half a pixel, unless the readouts are further apart.
//
// The same address gives the same events on every machine: no sum is fused with a product, and the functions are in
// sim_math.go.
type sim struct {
	info   Info
	scene  scene // nil when there is nothing to see
	sensor sensor
	noise  sparks
	now    int64 // µs
	end    int64 // µs
	step   int64 // µs
	drawn  bool  // the first picture, which causes no events
	closed atomic.Bool
}

func newSim(name string, kind sceneKind, v simValues, width, height int) *sim {
	rnd := newRandom(uint64(v["seed"]))
	s := &sim{end: math.MaxInt64, step: 5000}
	if v["seconds"] > 0 {
		s.end = max(1, int64(v["seconds"]*1e6))
	}
	length := "endless"
	if v["seconds"] > 0 {
		length = Time(s.end).String()
	}
	s.info = Info{
		Format: "sim", Width: width, Height: height, Events: -1,
		Camera: fmt.Sprintf("%s, %s, seed %v", name, length, v["seed"]),
	}
	rate := v["rate"]
	if kind.build != nil {
		s.scene = kind.build(v, width, height, rnd)
		rate = v["noise"] * float64(width) * float64(height)
		if fastest := s.scene.fastest(); fastest > 0 {
			s.step = min(s.step, max(10, int64(0.5e6/fastest)))
		}
	}
	readout := int64(v["readout"])
	s.step = max(s.step/readout, 1) * readout
	s.sensor = newSensor(v, width, height, rnd)
	if s.scene != nil {
		s.sensor.reach = 0.5*v["blur"] + s.scene.fastest()*float64(s.step)/1e6 + 1e-6
	}
	s.noise = newSparks(rate, width, height, rnd)
	return s
}

func (s *sim) Info() Info { return s.info }

// Next simulates until something happens.
func (s *sim) Next() ([]Event, error) {
	for {
		if s.closed.Load() {
			return nil, ErrClosed
		}
		if err := interrupt.Context().Err(); err != nil {
			return nil, err
		}
		if s.now >= s.end {
			return nil, io.EOF
		}
		if !s.drawn {
			s.drawn = true
			s.sensor.begin(s.scene)
		}
		next := min(s.now+s.step, s.end)
		s.sensor.open(s.now, next)
		if s.scene != nil {
			s.scene.moveTo(float64(next) / 1e6)
			s.sensor.look(s.scene)
		}
		s.noise.strike(&s.sensor)
		s.now = next
		if events := s.sensor.sorted(); len(events) > 0 {
			return events, nil
		}
	}
}

// wake ends a Next that nothing happens in, or whose events are all filtered out, so that Close need not wait for it.
func (s *sim) wake() { s.closed.Store(true) }

func (s *sim) Close() error {
	s.closed.Store(true)
	return nil
}
