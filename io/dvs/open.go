package dvs

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/livespike/livespike/io/event"
)

var (
	_ = event.RegisterSource("inivation", "a camera of iniVation on USB, inivation:SERIAL; see io/dvs, unverified on hardware", open)
	_ = event.RegisterSource("prophesee", "a camera of Prophesee on USB, prophesee:SERIAL?started=1; see io/dvs, unverified on hardware", open)
)

// found is a camera on the bus.
type found struct {
	model   model
	serial  string
	product string
	path    string // of the device
}

// Open is the first camera there is. Its frames have the size given, whatever the sensor's: what lies outside is counted
// in Stats. It panics when there is none, and says what to use instead.
func Open(width, height int, opts ...event.Option) *event.Stream {
	opts = append(opts, event.Size(width, height))
	cameras, err := list()
	if err == nil && len(cameras) == 0 {
		err = errNone
	}
	if err != nil {
		panic(err)
	}
	return event.MustOpen(cameras[0].model.maker+":"+cameras[0].serial, opts...)
}

var errNone = errors.New(`dvs: no event camera is on the bus; event.MustOpen("sim:bars?size=640x480") simulates one`)

// Cameras lists the cameras on the bus, with their serial numbers.
func Cameras() ([]string, error) {
	cameras, err := list()
	var lines []string
	for _, c := range cameras {
		lines = append(lines, fmt.Sprintf("%s:%s %s %s", c.model.maker, c.serial, c.model.name, c.product))
	}
	return lines, err
}

// open finds a camera of the address's scheme and, where it has one, its serial number.
func open(u *url.URL, _ event.Settings) (event.Source, error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	for key := range query {
		if key != "started" {
			return nil, fmt.Errorf("event: %s: no parameter is called %s; known is started", u, key)
		}
	}
	cameras, err := list()
	if err != nil {
		return nil, err
	}
	var others []string
	for _, c := range cameras {
		if c.model.maker != u.Scheme || u.Opaque != "" && c.serial != u.Opaque {
			others = append(others, c.model.maker+":"+c.serial)
			continue
		}
		d, err := openDevice(c.path, c.model.endpoint)
		if err != nil {
			return nil, err
		}
		s, err := Start(d, c.model.name, query.Get("started") == "1")
		if err != nil {
			return nil, errors.Join(err, d.Close())
		}
		return s, nil
	}
	if len(others) > 0 {
		return nil, fmt.Errorf("event: %s is not on the bus; there are %s", u, strings.Join(others, ", "))
	}
	return nil, errNone
}
