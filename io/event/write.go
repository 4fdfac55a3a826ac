package event

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/livespike/livespike/internal/interrupt"
)

// An encoder turns events into one format's bytes, which it gives to its output. encode refuses events that the format
// cannot hold exactly, before it writes any of the batch; finish writes what is left and what is known only now.
type encoder interface {
	encode(events []Event) error
	finish() error
}

// Sink takes events: a file, a socket, or whatever a package of sinks offers. The batch belongs to the caller, who may
// change it after Write. Close ends the stream well.
type Sink interface {
	Write(events []Event) error
	Close() error
}

// Writer is an open recording or another sink. One goroutine writes to it.
//
// A recording appears under its name when Close succeeds, and not before: a file that was there stays as it was until
// then, and for good when something goes wrong.
type Writer struct {
	uri   string
	sink  Sink
	zero  bool // times count from the first event
	first int64
	count int64
	buf   []Event // events with other times
	err   error   // the first failure; nothing is written after it
	done  bool
}

// Create makes a recording of a path, whose extension says the format unless Format does, or opens a sink by the scheme
// of its address (see Sinks); "-" is standard output. Size gives the sensor's size to the formats that store it,
// Compression the codec, FromZero counts the times from the first event.
func Create(uri string, opts ...Option) (*Writer, error) {
	return create(uri, Info{Events: -1}, opts)
}

// MustCreate is Create for scripts: it panics with the error.
func MustCreate(uri string, opts ...Option) *Writer {
	w, err := Create(uri, opts...)
	if err != nil {
		panic(err)
	}
	return w
}

// create is Create for a source that is known.
func create(uri string, info Info, opts []Option) (*Writer, error) {
	o := collect(opts)
	if o.width > 0 {
		info.Width, info.Height = o.width, o.height
	}
	w := &Writer{uri: uri, zero: o.fromZero}
	var err error
	if name, ok := schemeOf(uri); ok {
		w.sink, err = openSink(name, uri, o, info)
	} else {
		w.sink, err = createFile(uri, o, info)
	}
	if err != nil {
		return nil, err
	}
	return w, nil
}

// String is the address and how many events have been written.
func (w *Writer) String() string { return fmt.Sprintf("event.Writer(%s: %d events)", w.uri, w.count) }

// Count is how many events have been written.
func (w *Writer) Count() int64 { return w.count }

// Stats counts what has been written, and what a network did not take.
func (w *Writer) Stats() Stats {
	stats := Stats{}
	if c, ok := w.sink.(counted); ok {
		stats = c.Stats()
	}
	stats.Events = w.count
	return stats
}

// Write adds a batch. Its error says which event the format cannot hold, if that was it; the recording is then lost.
func (w *Writer) Write(events []Event) error {
	if w.done {
		return ErrClosed
	}
	if w.err != nil {
		return w.err
	}
	if w.err = interrupt.Context().Err(); w.err != nil || len(events) == 0 {
		return w.err
	}
	if w.zero {
		events = w.shifted(events)
	}
	if err := w.sink.Write(events); err != nil {
		var misfit *misfitError
		if errors.As(err, &misfit) {
			err = fmt.Errorf("event %d: %w", w.count+int64(misfit.index), err)
			if misfit.time && !w.zero {
				err = fmt.Errorf("%w; give FromZero", err)
			}
		}
		w.err = fmt.Errorf("event: %s: %w", w.uri, err)
		return w.err
	}
	w.count += int64(len(events))
	return nil
}

// shifted is events with times that count from the first one written.
func (w *Writer) shifted(events []Event) []Event {
	if w.count == 0 {
		w.first = events[0].T
	}
	w.buf = append(w.buf[:0], events...)
	for i := range w.buf {
		w.buf[i].T -= w.first
	}
	return w.buf
}

// Close finishes the recording. After a failed Write it removes what there is and returns that error. Closing again does
// nothing.
func (w *Writer) Close() error {
	if w.done {
		return nil
	}
	w.done = true
	if w.err != nil {
		return errors.Join(w.err, discard(w.sink))
	}
	if err := w.sink.Close(); err != nil {
		w.err = fmt.Errorf("event: %s: %w", w.uri, err)
	}
	return w.err
}

// Discard ends the writer without a recording; what was under the name stays.
func (w *Writer) Discard() error {
	if w.done {
		return nil
	}
	w.done = true
	return discard(w.sink)
}

func discard(sink Sink) error {
	if d, ok := sink.(interface{ discard() error }); ok {
		return d.discard()
	}
	return sink.Close()
}

// NewWriter makes a recording of a format on w, which is not closed. What has been written cannot be changed on w, so
// AEDAT 4 has no data table there.
func NewWriter(w io.Writer, format string, opts ...Option) (*Writer, error) {
	o := collect(append(opts, Format(format)))
	f, err := formatFor("-", o)
	if err != nil {
		return nil, err
	}
	s := &fileSink{out: &output{w: w}, given: true}
	if s.enc, err = f.create(s.out, o, Info{Width: o.width, Height: o.height, Events: -1}); err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	return &Writer{uri: format, sink: s, zero: o.fromZero}, nil
}

// Save writes what is left of the stream, after its filters, to a recording or another sink, as Create does with the
// same options, and closes that. A source that breaks off is saved as far as it goes, and its error returned.
func (s *Stream) Save(uri string, opts ...Option) error {
	w, err := create(uri, s.info, opts)
	if err != nil {
		return err
	}
	broken := Copy(w, s)
	if stop := interrupt.Context().Err(); stop != nil {
		return errors.Join(stop, w.Discard())
	}
	if w.err != nil {
		return w.Close()
	}
	return errors.Join(broken, w.Close())
}

// Copy writes what is left of the stream to a writer, which stays open. The error is the writer's, or what broke the
// stream off.
func Copy(w *Writer, s *Stream) error {
	for {
		events, err := s.Next()
		if err != nil {
			return failure(err)
		}
		if err := w.Write(events); err != nil {
			return err
		}
	}
}

// misfitError is an event that a format cannot hold.
type misfitError struct {
	index   int // in the batch
	problem string
	time    bool // a time that is too far from 0
}

func (e *misfitError) Error() string { return e.problem }

func misfit(index int, format string, args ...any) error {
	return &misfitError{index: index, problem: fmt.Sprintf(format, args...)}
}

// mistimed is a misfit whose time might do if the times counted from the first event.
func mistimed(index int, format string, args ...any) error {
	return &misfitError{index, fmt.Sprintf(format, args...), true}
}

// fits refuses the first event outside a format's coordinates.
func (l limits) fits(events []Event) error {
	for i := range events {
		if e := &events[i]; e.X > l.maxX || e.Y > l.maxY {
			return misfit(i, "pixel (%d, %d) does not fit, the format has (0, 0) to (%d, %d)", e.X, e.Y, l.maxX, l.maxY)
		}
	}
	return nil
}

// packs refuses a codec that the format does not have.
func (f format) packs(codec string) error {
	if codec == "" || slices.Contains(f.codecs, codec) {
		return nil
	}
	if len(f.codecs) == 0 {
		return fmt.Errorf("the format %s has no compression of its own; a name that ends in .gz or .zst compresses the whole file", f.name)
	}
	return fmt.Errorf("the format %s has no compression %s, but %s", f.name, codec, joined(f.codecs))
}

// formatFor is the format to write under a name.
func formatFor(name string, o *options) (format, error) {
	f, err := formatChosen(name, o)
	if err == nil {
		if err = f.packs(o.codec); err != nil {
			err = fmt.Errorf("event: %s: %w", name, err)
		}
	}
	return f, err
}

func formatChosen(name string, o *options) (format, error) {
	if o.format != "" {
		f, _ := formatNamed(o.format)
		if f.create == nil {
			return f, fmt.Errorf("event: %s: the format %s is only read; written are %s", name, f.name, writableNames())
		}
		return f, nil
	}
	inner := strings.ToLower(name)
	for _, z := range []string{".gz", ".zst"} {
		inner = strings.TrimSuffix(inner, z)
	}
	extension := path.Ext(inner)
	best := format{}
	for _, f := range formats {
		// .raw is EVT 3, which is later in the alphabet than EVT 2.
		if f.create != nil && f.hasExtension(extension) && f.name > best.name {
			best = f
		}
	}
	if best.create == nil {
		return best, fmt.Errorf("event: %s: no format to write has the extension %q; give Format, written are %s", name, extension, writableNames())
	}
	return best, nil
}

func writableNames() string {
	var names []string
	for _, f := range formats {
		if f.create != nil {
			names = append(names, f.name)
		}
	}
	return joined(names)
}
