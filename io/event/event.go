package event

import (
	"fmt"
	"time"
)

// Event is one change of brightness at one pixel: 16 bytes, laid out as AEDAT 4 stores it.
type Event struct {
	T    int64  // microseconds, on the clock of the recording
	X, Y uint16 // column from the left and row, as stored; Info.LowerLeft says where row 0 is
	On   uint8  // 1 brighter, 0 darker
	_    [3]byte
}

// String is the event as t,x,y,p.
func (e Event) String() string { return fmt.Sprintf("%d,%d,%d,%d", e.T, e.X, e.Y, e.On) }

// Of makes an event: t in microseconds, and any on but 0 is brighter.
func Of(t int64, x, y uint16, on uint8) Event {
	if on != 0 {
		on = 1
	}
	return Event{T: t, X: x, Y: y, On: on}
}

// Time is t microseconds, the unit of Event.T, as a duration.
func Time(t int64) time.Duration { return time.Duration(t) * time.Microsecond }
