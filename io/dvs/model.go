package dvs

import (
	"fmt"
	"sort"

	"github.com/livespike/livespike/io/event"
)

// A model is one kind of camera. Each has a file that registers it.
type model struct {
	name, maker   string
	ids           [][2]uint16 // vendor and product
	endpoint      uint8
	width, height int
	lowerLeft     bool
	settle        int // bytes of a whole record

	// start sets the camera up; nil for those that another program must have started.
	start func(Device) error
	stop  func(Device) error

	decoder func(stats *event.Stats) decoder
}

// decoder appends the events of a transfer, which has whole records, to dst.
type decoder interface {
	decode(dst []event.Event, b []byte) []event.Event
}

var models = map[string]model{}

func register(m model) bool {
	if _, twice := models[m.name]; twice || m.name == "" || m.maker == "" || len(m.ids) == 0 || m.decoder == nil || m.settle == 0 {
		panic("dvs: the camera " + m.name + " is registered twice or lacks a part")
	}
	models[m.name] = m
	return true
}

// Models lists the cameras with their makers, sorted.
func Models() []string {
	var lines []string
	for _, m := range models {
		line := fmt.Sprintf("%s: %s, %dx%d", m.name, m.maker, m.width, m.height)
		if m.start == nil {
			line += ", to be started by another program"
		}
		lines = append(lines, line)
	}
	sort.Strings(lines)
	return lines
}

// modelOf finds the camera by what it says on the bus.
func modelOf(vendor, product uint16) (model, bool) {
	for _, m := range models {
		for _, id := range m.ids {
			if id == [2]uint16{vendor, product} {
				return m, true
			}
		}
	}
	return model{}, false
}
