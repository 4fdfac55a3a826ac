package durin

import (
	"fmt"
	"time"
)

// Stats counts what happened on a connection since Dial.
type Stats struct {
	Received    uint64 // telemetry datagrams that were decoded
	Frames      uint64 // time-of-flight frames
	Incomplete  uint64 // of these, frames of which some sensors were lost
	BadChecksum uint64
	Undecodable uint64 // frames or messages that were damaged in another way
	Foreign     uint64 // datagrams from somebody else
	UnknownIDs  uint64 // sensor ids above 7
	Replies     uint64
	Rejected    uint64 // commands that the robot refused

	Sent       uint64 // frames
	Replaced   uint64 // motions that a newer one replaced before they were sent
	Held       uint64 // motions that were not sent: nothing seen yet, stale data, or no connection
	Clamped    uint64 // speeds above the limit
	NotFinite  uint64 // NaN or infinite speeds, sent as 0
	DeadMan    uint64 // stops because nothing was sent for 300 ms
	Stale      uint64 // stops because the time-of-flight data was too old
	Still      uint64 // times that two seconds of driving changed nothing to be seen: a motor button not pressed, or a wall
	Reconnects uint64
	AskedAgain uint64 // times the streams were asked for again because nothing came

	AgeP50, AgeP99 time.Duration // of the time-of-flight sensor heard of longest ago, when a motion was sent
}

// String is the counts that are not 0.
func (s Stats) String() string {
	text := fmt.Sprintf("received %d datagrams, %d frames; sent %d", s.Received, s.Frames, s.Sent)
	for _, c := range []struct {
		name string
		n    uint64
	}{
		{"incomplete", s.Incomplete},
		{"bad checksum", s.BadChecksum},
		{"undecodable", s.Undecodable},
		{"foreign", s.Foreign},
		{"unknown ids", s.UnknownIDs},
		{"rejected", s.Rejected},
		{"replaced", s.Replaced},
		{"held", s.Held},
		{"clamped", s.Clamped},
		{"not finite", s.NotFinite},
		{"dead man", s.DeadMan},
		{"stale stops", s.Stale},
		{"stood still", s.Still},
		{"reconnects", s.Reconnects},
		{"asked again", s.AskedAgain},
	} {
		if c.n > 0 {
			text += fmt.Sprintf(", %s %d", c.name, c.n)
		}
	}
	if s.AgeP50 > 0 {
		text += fmt.Sprintf("; age of data at Send p50 %v, p99 %v", s.AgeP50, s.AgeP99)
	}
	return text
}
