package event

import (
	"fmt"
	"slices"
	"strings"
)

// scene is what a simulated camera sees: shapes of one brightness on a ground of another. A scene is one file that
// registers itself.
type scene interface {
	// moveTo sets the time in seconds.
	moveTo(t float64)
	// distance is how far the point is from the nearest outline in pixels, negative inside a shape. Pixel (0, 0) has its
	// centre there. Between two points it differs by no more than they are apart.
	distance(x, y float64) float64
	// fastest is a bound on the speed of any point of an outline, in pixels per second.
	fastest() float64
}

// crowd is a scene of so many shapes that distance is slow. Between narrow and widen, distance is only asked for near a
// point, and may be infinite for what is further than reach from it.
type crowd interface {
	narrow(x, y, reach float64)
	widen()
}

type sceneKind struct {
	doc    string
	params []simParam
	build  func(v simValues, width, height int, rnd *random) scene // nil when there is nothing but noise
}

var scenes = map[string]sceneKind{}

func registerScene(name string, kind sceneKind) bool {
	if _, twice := scenes[name]; twice || name == "" || kind.doc == "" {
		panic(fmt.Sprintf("event: scene %q is registered twice or lacks a part", name))
	}
	if kind.build != nil {
		kind.params = slices.Concat(simLight, kind.params)
	}
	scenes[name] = kind
	return true
}

func sceneNames() []string {
	names := make([]string, 0, len(scenes))
	for name := range scenes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Scenes lists what a simulated camera can look at, each with a line about it and one about each parameter, sorted:
// "bars" is opened as "sim:bars?speed=300".
func Scenes() []string {
	lines := make([]string, 0, len(scenes))
	for _, name := range sceneNames() {
		kind := scenes[name]
		var b strings.Builder
		fmt.Fprintf(&b, "%s: %s", name, kind.doc)
		for _, p := range slices.Concat(simParams, kind.params) {
			fmt.Fprintf(&b, "\n\t%s=%v  %s", p.name, p.value, p.doc)
		}
		lines = append(lines, b.String())
	}
	return lines
}
