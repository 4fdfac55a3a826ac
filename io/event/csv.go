package event

import "bytes"

var _ = registerFormat(format{
	name:       "csv",
	doc:        "text, one event a line: t,x,y,p, x,y,p,t, seconds and blanks, or columns by their names",
	extensions: []string{".csv", ".txt", ".tsv", ".text"},
	magic: func(head []byte, whole bool) verdict {
		if _, err := detectCSV(head, whole, nil); err != nil {
			return no
		}
		return likely
	},
	open:   openCSV,
	create: createCSV,
	limits: limits{maxX: 1<<16 - 1, maxY: 1<<16 - 1},
})

// csvLineMax is longer than any event's line.
const csvLineMax = 1 << 16

func openCSV(in *input, o *options, info *Info, stats *Stats) (decoder, error) {
	head := in.peek(sniffBytes)
	d, err := detectCSV(head, len(head) < sniffBytes, o.order)
	if err == nil {
		err = d.sure()
	}
	if err != nil {
		return nil, in.bad("%v", err)
	}
	if o.unit > 0 {
		d.setUnit(o.unit)
	}
	in.use(d.start)
	info.Width, info.Height = d.width, d.height
	return &csv{csvDialect: d, stats: stats}, nil
}

// csv decodes lines.
//
// Source: events.md §3.10.
type csv struct {
	csvDialect
	stats *Stats
}

func (d *csv) clone() decoder { c := *d; return &c }

func (d *csv) decode(dst []Event, src []byte, eof bool) ([]Event, int, *FormatError) {
	n, used := 0, 0
	for n < len(dst) && used < len(src) {
		if d.quick {
			k, u := d.run(dst[n:], src[used:])
			n, used = n+k, used+u
			if n == len(dst) || used == len(src) {
				break
			}
		}
		rest := src[used:]
		size := bytes.IndexByte(rest, d.end)
		last := size < 0
		if last {
			if !eof {
				if len(rest) > csvLineMax {
					return dst[:n], used, badAt(used, "a line of more than %d bytes", csvLineMax)
				}
				break
			}
			size = len(rest)
		}
		switch d.line(rest[:size], &dst[n]) {
		case csvEvent:
			n++
		case csvShort:
			if last {
				return dst[:n], used, truncatedAt(used, "the file breaks off inside a line: %s", excerpt(rest[:size]))
			}
			d.stats.Errors++
		case csvBad:
			d.stats.Errors++
		case csvOutside:
			d.stats.Dropped++
		}
		used += min(size+1, len(rest))
	}
	return dst[:n], used, nil
}

// csvKind is what a line turned out to be.
type csvKind int

const (
	csvBlank   csvKind = iota // empty or a comment
	csvEvent                  // an event
	csvShort                  // too few columns
	csvBad                    // something that is no number
	csvOutside                // coordinates that no Event can hold
)

// line takes one line without its end.
func (d *csv) line(line []byte, e *Event) csvKind {
	line = bytes.TrimSpace(line)
	if len(line) == 0 || line[0] == '#' || line[0] == '%' {
		return csvBlank
	}
	var fields [4][]byte
	found := 0
	for column := 0; len(line) > 0 && found < 4; column++ {
		var field []byte
		field, line = d.cut(line)
		for i, at := range d.at {
			if at == column {
				fields[i] = field
				found++
			}
		}
	}
	if found < 4 {
		return csvShort
	}
	t, okT := d.time(fields[0])
	x, okX := csvInt(fields[1])
	y, okY := csvInt(fields[2])
	p, okP := csvPolarity(fields[3])
	if !okT || !okX || !okY || !okP {
		return csvBad
	}
	if x < 0 || x > 1<<16-1 || y < 0 || y > 1<<16-1 {
		return csvOutside
	}
	*e = Event{T: t, X: uint16(x), Y: uint16(y), On: p}
	return csvEvent
}

// cut splits off the first field. Blanks count as one separator.
func (d *csvDialect) cut(line []byte) (field, rest []byte) {
	if d.sep == ' ' {
		n := bytes.IndexAny(line, " \t")
		if n < 0 {
			return line, nil
		}
		return line[:n], bytes.TrimLeft(line[n:], " \t")
	}
	n := bytes.IndexByte(line, d.sep)
	if n < 0 {
		return bytes.TrimSpace(line), nil
	}
	return bytes.TrimSpace(line[:n]), line[n+1:]
}
