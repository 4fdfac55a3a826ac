package event

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// csvDialect is how a text file writes its events.
type csvDialect struct {
	sep           byte    // ' ' is any blanks
	end           byte    // of a line, \n or \r; a \r before \n is a blank
	at            [4]int  // columns of t, x, y, p
	rival         *[4]int // other columns that the first lines speak for as much
	exponent      int     // of ten, from the unit of t to a microsecond
	microseconds  float64 // of one unit of t
	start         int     // of the first line of events
	width, height int     // 0 when the file does not say
	quick         bool    // whole microseconds: the fast loop may try
}

// csvNames are the names of columns, by what they hold: t, x, y, p.
var csvNames = [4][]string{
	{"t", "ts", "time", "times", "timestamp", "timestamps"},
	{"x", "col", "column", "addr_x", "x_pos"},
	{"y", "row", "addr_y", "y_pos"},
	{"p", "pol", "polarity", "polarities", "on", "sign"},
}

// csvUnits are what may follow the name of t.
var csvUnits = map[string]time.Duration{
	"ns": time.Nanosecond, "nsec": time.Nanosecond,
	"us": time.Microsecond, "usec": time.Microsecond, "µs": time.Microsecond,
	"ms": time.Millisecond, "msec": time.Millisecond,
	"s": time.Second, "sec": time.Second, "seconds": time.Second,
}

// csvOrders are the orders of t, x, y, p in files without names: AEStream's and faery's, Prophesee's, and those that
// others have come up with.
var csvOrders = [][4]int{{0, 1, 2, 3}, {3, 0, 1, 2}, {2, 0, 1, 3}, {0, 2, 3, 1}, {3, 1, 2, 0}, {1, 2, 3, 0}}

// byteOrderMark is what spreadsheets put before UTF-8.
var byteOrderMark = []byte("\xef\xbb\xbf")

// detectCSV finds the dialect from a file's first bytes; whole says that there are no more, order the columns where
// somebody knows them.
func detectCSV(head []byte, whole bool, order *[4]int) (csvDialect, error) {
	d := csvDialect{end: '\n'}
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		d.end = '\r'
	}
	d.setUnit(time.Microsecond)
	var named, unit bool
	var rows [][][]byte
	second := 0 // where the line behind the first row starts
	if bytes.HasPrefix(head, byteOrderMark) {
		d.start = len(byteOrderMark)
	}
	for at := d.start; at < len(head); {
		n := bytes.IndexByte(head[at:], d.end)
		if n < 0 {
			if !whole {
				break
			}
			n = len(head) - at
		}
		line := bytes.TrimSpace(head[at : at+n])
		next := min(at+n+1, len(head))
		at = next
		if !printable(line) {
			return d, errors.New("not a text file")
		}
		if len(line) == 0 {
			continue
		}
		if line[0] == '#' || line[0] == '%' {
			if len(rows) == 0 {
				d.comment(line, &named, &unit)
				d.start = next
			}
			continue
		}
		d.sep = separator(line)
		fields := d.split(line)
		if len(rows) == 0 && !named && d.names(fields, &unit) {
			named, d.start = true, next
			continue
		}
		if len(rows) == 0 && len(fields) == 2 && d.size(fields) {
			d.start = next
			continue
		}
		if rows = append(rows, fields); len(rows) == 1 {
			second = next
		}
	}
	if order != nil {
		d.at, named = *order, true
		if len(rows) > 0 && d.heading(rows[0]) { // names that csvNames does not have
			rows, d.start = rows[1:], second
		}
	}
	return d, d.columns(rows, named, unit)
}

// heading is whether no field of a line is a number.
func (d *csvDialect) heading(fields [][]byte) bool {
	return !slices.ContainsFunc(fields, func(field []byte) bool {
		_, number := d.time(field)
		return number
	})
}

// sure is an error when the lines do not say what their columns are.
func (d *csvDialect) sure() error {
	if d.rival == nil {
		return nil
	}
	return fmt.Errorf("the order of the columns is not clear, %s and %s are as likely; name them in a first line, or give Order", orderName(d.at), orderName(*d.rival))
}

// orderName is an order of columns as t,x,y,p.
func orderName(order [4]int) string {
	var names [4]string
	for i, column := range order {
		names[column] = csvNames[i][0]
	}
	return strings.Join(names[:], ",")
}

func printable(line []byte) bool {
	for _, c := range line {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

func separator(line []byte) byte {
	for _, sep := range []byte{',', ';'} {
		if bytes.IndexByte(line, sep) >= 0 {
			return sep
		}
	}
	return ' '
}

func (d *csvDialect) split(line []byte) (fields [][]byte) {
	for len(line) > 0 {
		var field []byte
		field, line = d.cut(line)
		fields = append(fields, field)
	}
	return fields
}

// comment looks for the size and for names of columns: %geometry:640,480 or # t x y p.
func (d *csvDialect) comment(line []byte, named, unit *bool) {
	text := strings.ToLower(strings.TrimSpace(strings.TrimLeft(string(line), "#% ")))
	var w, h int
	for _, form := range []string{"geometry:%d,%d", "geometry %dx%d", "geometry: %d,%d"} {
		if n, err := fmt.Sscanf(text, form, &w, &h); n == 2 && err == nil && okSize(w, h) {
			d.width, d.height = w, h
			return
		}
	}
	if !*named {
		d.sep = separator([]byte(text))
		*named = d.names(d.split([]byte(text)), unit)
	}
}

func okSize(w, h int) bool { return w > 0 && h > 0 && w <= 1<<16 && h <= 1<<16 }

// size is the first line "width height".
func (d *csvDialect) size(fields [][]byte) bool {
	w, okW := csvInt(fields[0])
	h, okH := csvInt(fields[1])
	if !okW || !okH || !okSize(w, h) {
		return false
	}
	d.width, d.height = w, h
	return true
}

// names reads a line of column names; false when it does not name all four.
func (d *csvDialect) names(fields [][]byte, unit *bool) bool {
	var at [4]int
	var known [4]bool
	var scale time.Duration
	for column, field := range fields {
		name := strings.ToLower(strings.Trim(string(field), `" `))
		base, suffix, cut := strings.Cut(strings.NewReplacer("[", "_", "(", "_", " ", "").Replace(name), "_")
		suffix = strings.Trim(suffix, "]) _")
		for i, names := range csvNames {
			for _, n := range names {
				u, isUnit := csvUnits[suffix]
				if !known[i] && (n == name || i == 0 && cut && n == base && isUnit) {
					at[i], known[i] = column, true
					if n != name {
						scale = u
					}
				}
			}
		}
	}
	if known != [4]bool{true, true, true, true} {
		return false
	}
	d.at = at
	if scale > 0 {
		d.setUnit(scale)
		*unit = true
	}
	return true
}

// columns finds the order of unnamed columns and the unit of time.
func (d *csvDialect) columns(rows [][][]byte, named, unit bool) error {
	if !named && len(rows) == 0 {
		return errors.New("no line of text that is an event")
	}
	orders := csvOrders[:]
	if named {
		orders = [][4]int{d.at}
	}
	best := -1
	for _, order := range orders {
		switch back, ok := d.backSteps(order, rows); {
		case !ok:
		case best < 0 || back < best:
			best, d.at, d.rival = back, order, nil
		case back == best && d.rival == nil && differ(d.at, order, rows):
			d.rival = &order
		}
	}
	if best < 0 {
		return fmt.Errorf("no order of columns makes events of lines such as %q", bytes.Join(d.misfit(orders, rows), []byte{d.sep}))
	}
	if !unit && d.fractional(rows) {
		d.setUnit(time.Second)
	}
	d.quick = d.quick && d.end == '\n' && len(rows) > 0 && len(rows[0]) == 4
	return nil
}

// differ is whether two orders make other events of the rows.
func differ(a, b [4]int, rows [][][]byte) bool {
	for _, row := range rows {
		for i := range a {
			if max(a[i], b[i]) < len(row) && !bytes.Equal(row[a[i]], row[b[i]]) {
				return true
			}
		}
	}
	return false
}

// misfit is the first row that is no event in any order, or the first of all.
func (d *csvDialect) misfit(orders [][4]int, rows [][][]byte) [][]byte {
	for _, row := range rows {
		if !slices.ContainsFunc(orders, func(order [4]int) bool { _, ok := d.backSteps(order, [][][]byte{row}); return ok }) {
			return row
		}
	}
	return rows[0]
}

// backSteps counts how often time would go back if the columns were in this order; false when they cannot be. One line
// in ten may be bad.
func (d *csvDialect) backSteps(order [4]int, rows [][][]byte) (back int, ok bool) {
	good, last := 0, int64(-1<<63)
	for _, row := range rows {
		if len(row) <= max(order[0], order[1], order[2], order[3]) {
			continue
		}
		t, okT := d.time(row[order[0]])
		x, okX := csvInt(row[order[1]])
		y, okY := csvInt(row[order[2]])
		_, okP := csvPolarity(row[order[3]])
		if !okT || !okX || !okY || !okP || x < 0 || y < 0 || x > 1<<16-1 || y > 1<<16-1 {
			continue
		}
		if t < last {
			back++
		}
		last = t
		good++
	}
	return back, good*10 >= 9*len(rows)
}

// fractional reports whether the times are seconds: they have decimals. Zeros do not count where x has them as well.
func (d *csvDialect) fractional(rows [][][]byte) bool {
	for _, row := range rows {
		if len(row) <= max(d.at[0], d.at[1]) {
			continue
		}
		_, decimals, point := bytes.Cut(row[d.at[0]], []byte("."))
		if point && (len(bytes.Trim(decimals, "0")) > 0 || !bytes.Contains(row[d.at[1]], []byte("."))) {
			return true
		}
	}
	return false
}
