package event

import (
	"fmt"
	"image"
	"sync"
)

// Record is what a recording holds beside events: a Trigger, an IMU, an Image, a Message, a Threshold or a Colour. Open
// keeps them when it is asked to by KeepRecords.
type Record interface {
	Time() int64 // µs, on the clock of the events
	String() string
}

// Trigger is a change of an external signal, or another thing that the camera marks.
type Trigger struct {
	T     int64 // µs
	ID    int   // the input of the camera; in AEDAT 4 the kind: 1 rising edge, 2 falling edge, 3 pulse, others
	Value int   // the signal: 0 or 1; always 1 in AEDAT 4
}

// IMU is one sample of the camera's inertial sensor.
type IMU struct {
	T             int64      // µs
	Temperature   float32    // °C
	Accelerometer [3]float32 // x, y, z in g
	Gyroscope     [3]float32 // x, y, z in °/s
	Magnetometer  [3]float32 // x, y, z in µT; zero where there is none
}

// Image is what a camera with frames has seen.
type Image struct {
	T             int64 // µs
	Begin, End    int64 // of the exposure, in µs; 0 when the recording does not say
	X, Y          int   // where its corner is on the sensor
	Width, Height int   // pixels
	Channels      int   // 1 grey, 3 blue-green-red, 4 blue-green-red-alpha
	Pixels        []byte
}

// Message is a generic record of Event Stream.
type Message struct {
	T    int64 // µs
	Data []byte
}

// Threshold is a crossing of an ATIS pixel's exposure measurement: the first one begins it, the second one ends it.
type Threshold struct {
	T      int64 // µs
	X, Y   uint16
	Second bool
}

// Colour is what a colour pixel sees from now on.
type Colour struct {
	T       int64 // µs
	X, Y    uint16
	R, G, B uint8
}

// Time is T.
func (r Trigger) Time() int64 { return r.T }

// Time is T.
func (r IMU) Time() int64 { return r.T }

// Time is T.
func (r *Image) Time() int64 { return r.T }

// Time is T.
func (r Message) Time() int64 { return r.T }

// Time is T.
func (r Threshold) Time() int64 { return r.T }

// Time is T.
func (r Colour) Time() int64 { return r.T }

// String is the record in one line.
func (r Trigger) String() string { return fmt.Sprintf("%d trigger %d %d", r.T, r.ID, r.Value) }

// String is the record in one line.
func (r IMU) String() string {
	return fmt.Sprintf("%d imu %.4g °C, %.4g g, %.4g °/s, %.4g µT", r.T, r.Temperature, r.Accelerometer, r.Gyroscope, r.Magnetometer)
}

// String is the record in one line.
func (r *Image) String() string {
	return fmt.Sprintf("%d image %dx%d of %d channels at (%d, %d)", r.T, r.Width, r.Height, r.Channels, r.X, r.Y)
}

// String is the record in one line.
func (r Message) String() string { return fmt.Sprintf("%d message %q", r.T, r.Data) }

// String is the record in one line.
func (r Threshold) String() string {
	return fmt.Sprintf("%d threshold (%d, %d) second=%v", r.T, r.X, r.Y, r.Second)
}

// String is the record in one line.
func (r Colour) String() string {
	return fmt.Sprintf("%d colour (%d, %d) #%02x%02x%02x", r.T, r.X, r.Y, r.R, r.G, r.B)
}

// RGBA is the image for the packages that draw.
func (r *Image) RGBA() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, r.Width, r.Height))
	for i := range r.Width * r.Height {
		p := r.Pixels[i*r.Channels:]
		q := img.Pix[4*i : 4*i+4]
		switch q[3] = 255; r.Channels {
		case 1:
			q[0], q[1], q[2] = p[0], p[0], p[0]
		case 4:
			q[3] = p[3]
			fallthrough
		default:
			q[0], q[1], q[2] = p[2], p[1], p[0]
		}
	}
	return img
}

// KeepRecords makes Open keep what the recording holds beside events, for Stream.Records. Without it such records are
// counted in Stats and passed over.
func KeepRecords() Option {
	return Option{"KeepRecords()", func(o *options) { o.records = &records{} }}
}

// Records is what the recording held beside events as far as it has been read, since the last call: in the order of the
// file, before filters. It is empty without KeepRecords. They use memory until they are taken.
func (s *Stream) Records() []Record {
	if s.o.records == nil {
		return nil
	}
	return s.o.records.take()
}

// records collects; a nil one keeps nothing.
type records struct {
	mu  sync.Mutex
	all []Record
}

func (r *records) add(one Record) {
	r.mu.Lock()
	r.all = append(r.all, one)
	r.mu.Unlock()
}

func (r *records) take() []Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.all
	r.all = nil
	return all
}
