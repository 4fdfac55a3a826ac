package event

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Option changes how Open and Create work. Options of other uses are ignored: a frame order does not change a writer.
type Option struct {
	text  string
	apply func(*options)
}

// String is the option as it was written.
func (o Option) String() string { return o.text }

type options struct {
	format     string
	width      int
	height     int
	unit       time.Duration
	order      *[4]int // the columns of t, x, y, p, when the caller gave them
	span       time.Duration
	realtime   bool
	block      bool
	crop       [4]int
	flipX      bool
	flipY      bool
	signed     bool
	twoChannel bool
	xy         bool
	codec      string
	fromZero   bool
	records    *records // nil when they are not kept
	parallel   int
}

// defaultSpan is how much event time one Read of a recording delivers: what a robot's loop at 200 Hz would find.
const defaultSpan = 5 * time.Millisecond

func collect(opts []Option) *options {
	o := &options{span: defaultSpan}
	for _, opt := range opts {
		if opt.apply == nil {
			panic("event: an Option must come from one of the package's functions")
		}
		opt.apply(o)
	}
	return o
}

// Format says what the file is instead of looking at its content; the names are those of Formats.
func Format(name string) Option {
	if _, ok := formatNamed(name); !ok {
		panic(fmt.Sprintf("event.Format: unknown format %s; known are %s", name, formatNames()))
	}
	return Option{"Format(" + name + ")", func(o *options) { o.format = name }}
}

// Size gives the sensor's size in pixels, for files that do not say it, and overrides what they say.
func Size(width, height int) Option {
	if width < 1 || height < 1 || width > 1<<16 || height > 1<<16 {
		panic(fmt.Sprintf("event.Size: %dx%d, want 1 to 65536 each", width, height))
	}
	return Option{fmt.Sprintf("Size(%d, %d)", width, height), func(o *options) { o.width, o.height = width, height }}
}

// Realtime delivers a recording at the pace of its own clock, as a camera would.
func Realtime() Option { return Option{"Realtime()", func(o *options) { o.realtime = true }} }

// AsFast delivers a recording as fast as it is read. It is the default.
func AsFast() Option { return Option{"AsFast()", func(o *options) { o.realtime = false }} }

// TimeUnit is the unit of the times in a text file, where the file does not make it plain: time.Second for seconds.
// The default is microseconds, and seconds where the times have a decimal point.
func TimeUnit(unit time.Duration) Option {
	if unit <= 0 {
		panic(fmt.Sprintf("event.TimeUnit: %v, want more than 0", unit))
	}
	return Option{fmt.Sprintf("TimeUnit(%v)", unit), func(o *options) { o.unit = unit }}
}

// Order names the columns of a text file or an array of numbers that does not name them: "x,y,p,t"; a - is a column to
// pass over.
func Order(columns string) Option {
	var at [4]int
	names := strings.Split(columns, ",")
	for i, want := range []string{"t", "x", "y", "p"} {
		if at[i] = slices.Index(names, want); at[i] < 0 {
			panic(fmt.Sprintf("event.Order: %q, want t, x, y and p, such as x,y,p,t", columns))
		}
	}
	return Option{"Order(" + columns + ")", func(o *options) { o.order = &at }}
}

// Span is how much event time one Read of a recording delivers; the default is 5 ms. Live sources ignore it.
func Span(d time.Duration) Option {
	mustDuration("event.Span", d)
	return Option{fmt.Sprintf("Span(%v)", d), func(o *options) { o.span = d }}
}

// Crop keeps the events of a rectangle and counts its corner as (0, 0); frames have the rectangle's size.
func Crop(x, y, width, height int) Option {
	if x < 0 || y < 0 || width < 1 || height < 1 || x+width > 1<<16 || y+height > 1<<16 {
		panic(fmt.Sprintf("event.Crop: %dx%d at (%d, %d) is not inside 65536x65536", width, height, x, y))
	}
	text := fmt.Sprintf("Crop(%d, %d, %d, %d)", x, y, width, height)
	return Option{text, func(o *options) { o.crop = [4]int{x, y, width, height} }}
}

// FlipX mirrors left and right. It needs a source whose size is known, or Size.
func FlipX() Option { return Option{"FlipX()", func(o *options) { o.flipX = true }} }

// FlipY mirrors up and down, which turns a recording with its origin at the lower left upright. It needs a source
// whose size is known, or Size.
func FlipY() Option { return Option{"FlipY()", func(o *options) { o.flipY = true }} }

// Signed makes frames count +1 for brighter and -1 for darker events.
func Signed() Option {
	return Option{"Signed()", func(o *options) { o.signed, o.twoChannel = true, false }}
}

// TwoChannel makes frames of shape (2, height, width): darker events in channel 0, brighter ones in channel 1.
func TwoChannel() Option {
	return Option{"TwoChannel()", func(o *options) { o.twoChannel, o.signed = true, false }}
}

// XYOrder makes frames of shape (width, height), as AEStream's are.
func XYOrder() Option { return Option{"XYOrder()", func(o *options) { o.xy = true }} }

// DropOldest makes a live source that is read too slowly lose its oldest events, and count them. It is the default.
func DropOldest() Option { return Option{"DropOldest()", func(o *options) { o.block = false }} }

// Block makes a live source wait until it is read instead of losing events.
func Block() Option { return Option{"Block()", func(o *options) { o.block = true }} }

// Compression chooses how Create packs the formats that can be packed, AEDAT 4: "NONE", "LZ4" (the default), "LZ4_HIGH",
// "ZSTD" or "ZSTD_HIGH".
func Compression(name string) Option {
	if _, ok := compressionKind(name); !ok {
		panic(fmt.Sprintf("event.Compression: unknown codec %q; known are NONE, LZ4, LZ4_HIGH, ZSTD, ZSTD_HIGH", name))
	}
	return Option{"Compression(" + name + ")", func(o *options) { o.codec = name }}
}

// FromZero makes Create count the times from the first event. Some formats hold only short times: EVT 3 begins within
// 17 s, DAT within 71 minutes of zero.
func FromZero() Option { return Option{"FromZero()", func(o *options) { o.fromZero = true }} }

func mustDuration(place string, d time.Duration) {
	if d < time.Microsecond {
		panic(fmt.Sprintf("%s: %v, want at least 1µs", place, d))
	}
}
