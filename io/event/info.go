package event

import (
	"fmt"
	"html"
	"strings"
)

// Info is what is known about a source when it opens.
type Info struct {
	Format      string // as in Formats, or the scheme of the source
	Width       int    // pixels; 0 when the source does not say
	Height      int
	Camera      string // the camera's name, "" when unknown
	Compression string // "" for none
	LowerLeft   bool   // row 0 is the lowest; false when it is the highest
	Live        bool   // events arrive in wall-clock time and are lost when nobody reads
	Events      int64  // how many there will be; -1 when the source does not say
	First, Last int64  // times of the first and the last event in microseconds, when Events is known; else 0
}

// String is the info in one line.
func (i Info) String() string {
	var b strings.Builder
	b.WriteString(i.Format)
	if i.Width > 0 {
		fmt.Fprintf(&b, " %dx%d", i.Width, i.Height)
	}
	if i.Compression != "" {
		b.WriteString(" " + i.Compression)
	}
	if i.Camera != "" {
		fmt.Fprintf(&b, " %q", i.Camera)
	}
	if i.Events > 0 {
		fmt.Fprintf(&b, " %d events in %v", i.Events, Time(i.Last-i.First))
	} else if i.Events == 0 {
		b.WriteString(" no events")
	}
	if i.LowerLeft {
		b.WriteString(" origin lower left")
	}
	if i.Live {
		b.WriteString(" live")
	}
	return b.String()
}

// Stats counts what a source delivered and what it did not.
type Stats struct {
	Events      int64 // delivered
	Bytes       int64 // read from the file or the wire
	Dropped     int64 // events in the data that cannot be delivered: without a time, marked invalid
	Lost        int64 // events that a live source lost because nobody read them in time
	Filtered    int64 // events that filters took out
	LostPackets int64 // datagrams that arrived at this machine and were lost before they were read
	OutOfRange  int64 // events outside the sensor; delivered by Next, left out of frames
	BackSteps   int64 // events earlier than the one before
	Triggers    int64 // external trigger records
	Skipped     int64 // other records that are not events: inertial sensor, images, vendor words
	Errors      int64 // words or records that the format does not allow
	Jumps       int64 // leaps of the clock that Read and Frames did not fill with empty frames
}

// String is the stats in one line; counts of zero are left out but for the first.
func (s Stats) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d events", s.Events)
	for _, c := range []struct {
		n    int64
		what string
	}{
		{s.Bytes, "bytes"},
		{s.Dropped, "dropped"},
		{s.Lost, "lost"},
		{s.Filtered, "filtered"},
		{s.LostPackets, "datagrams lost"},
		{s.OutOfRange, "out of range"},
		{s.BackSteps, "back in time"},
		{s.Triggers, "triggers"},
		{s.Skipped, "other records"},
		{s.Errors, "errors"},
		{s.Jumps, "jumps of the clock"},
	} {
		if c.n != 0 {
			fmt.Fprintf(&b, ", %d %s", c.n, c.what)
		}
	}
	return b.String()
}

func (s *Stats) add(o Stats) {
	s.Events += o.Events
	s.Bytes += o.Bytes
	s.Dropped += o.Dropped
	s.Lost += o.Lost
	s.Filtered += o.Filtered
	s.LostPackets += o.LostPackets
	s.OutOfRange += o.OutOfRange
	s.BackSteps += o.BackSteps
	s.Triggers += o.Triggers
	s.Skipped += o.Skipped
	s.Errors += o.Errors
	s.Jumps += o.Jumps
}

// HTML is the info as a table, in notebooks.
func (i Info) HTML() (string, error) {
	var b strings.Builder
	b.WriteString("<table>")
	row := func(name string, known bool, value any) {
		if known {
			fmt.Fprintf(&b, `<tr><th style="text-align:left">%s</th><td style="text-align:left">%s</td></tr>`, name, html.EscapeString(fmt.Sprint(value)))
		}
	}
	row("format", true, i.Format)
	row("size", i.Width > 0, fmt.Sprintf("%d × %d", i.Width, i.Height))
	row("compression", i.Compression != "", i.Compression)
	row("camera", i.Camera != "", i.Camera)
	row("events", i.Events >= 0, i.Events)
	row("length", i.Events > 0, Time(i.Last-i.First))
	row("origin", i.LowerLeft, "lower left")
	row("live", i.Live, "yes")
	b.WriteString("</table>")
	return b.String(), nil
}
