package magic

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// A profile is a gzipped protocol buffer. The field numbers below are those of profile.proto
// (https://github.com/google/pprof/blob/main/proto/profile.proto).
const (
	profileSample, profileLocation, profileFunction, profileStrings = 2, 4, 5, 6
	sampleLocations, sampleValues                                   = 1, 2
	locationID, locationLine                                        = 1, 4
	lineFunction                                                    = 1
	functionID, functionName                                        = 1, 2
)

var errProfile = errors.New("malformed profile")

// cost is what one function took: flat by itself, cum with what it called.
type cost struct {
	name      string
	flat, cum int64
}

// profileTable lists the most expensive functions of a CPU profile.
func profileTable(data []byte, rows int) (string, error) {
	costs, total, err := profileCosts(data)
	if err != nil {
		return "", err
	}
	if total == 0 {
		return "no samples: the profiler looks 100 times a second\n", nil
	}
	slices.SortFunc(costs, func(a, b cost) int {
		return cmp.Or(cmp.Compare(b.flat, a.flat), cmp.Compare(b.cum, a.cum), strings.Compare(a.name, b.name))
	})
	var b strings.Builder
	fmt.Fprintf(&b, "%10s %6s  %10s %6s  function\n", "flat", "", "cum", "")
	for _, c := range costs[:min(rows, len(costs))] {
		fmt.Fprintf(&b, "%10s %5.1f%%  %10s %5.1f%%  %s\n", time.Duration(c.flat), 100*float64(c.flat)/float64(total),
			time.Duration(c.cum), 100*float64(c.cum)/float64(total), c.name)
	}
	return b.String(), nil
}

// profileCosts sums the samples by function; times are in ns.
func profileCosts(data []byte) ([]cost, int64, error) {
	zipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, 0, err
	}
	raw, err := io.ReadAll(zipped)
	if err != nil {
		return nil, 0, err
	}
	var samples [][]byte
	var texts []string
	names := map[uint64]uint64{}    // function → string
	places := map[uint64][]uint64{} // location → its functions, innermost first
	err = fields(raw, func(number int, _ uint64, part []byte) error {
		switch number {
		case profileSample:
			samples = append(samples, part)
		case profileStrings:
			texts = append(texts, string(part))
		case profileFunction:
			var id, name uint64
			err := fields(part, func(n int, v uint64, _ []byte) error {
				switch n {
				case functionID:
					id = v
				case functionName:
					name = v
				}
				return nil
			})
			names[id] = name
			return err
		case profileLocation:
			return location(part, places)
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return sumSamples(samples, func(place uint64) []string {
		var list []string
		for _, f := range places[place] {
			if n := names[f]; n < uint64(len(texts)) {
				list = append(list, texts[n])
			}
		}
		return list
	})
}

func location(part []byte, places map[uint64][]uint64) error {
	var id uint64
	var functions []uint64
	err := fields(part, func(n int, v uint64, inner []byte) error {
		switch n {
		case locationID:
			id = v
		case locationLine:
			return fields(inner, func(n int, v uint64, _ []byte) error {
				if n == lineFunction {
					functions = append(functions, v)
				}
				return nil
			})
		}
		return nil
	})
	places[id] = functions
	return err
}

// sumSamples adds each sample's time, its last value, to the function on top and to all below it, each once.
func sumSamples(samples [][]byte, functions func(place uint64) []string) ([]cost, int64, error) {
	byName := map[string]*cost{}
	var total int64
	for _, sample := range samples {
		var stack, values []uint64
		err := fields(sample, func(n int, v uint64, packed []byte) error {
			target := &stack
			if n == sampleValues {
				target = &values
			} else if n != sampleLocations {
				return nil
			}
			if packed == nil {
				*target = append(*target, v)
				return nil
			}
			for len(packed) > 0 {
				v, size := binary.Uvarint(packed)
				if size <= 0 {
					return errProfile
				}
				*target = append(*target, v)
				packed = packed[size:]
			}
			return nil
		})
		if err != nil || len(values) == 0 {
			return nil, 0, errors.Join(err, errProfile)
		}
		took := int64(values[len(values)-1])
		total += took
		seen := map[string]bool{}
		for _, place := range stack {
			for _, name := range functions(place) {
				c := byName[name]
				if c == nil {
					c = &cost{name: name}
					byName[name] = c
				}
				if len(seen) == 0 {
					c.flat += took
				}
				if !seen[name] {
					c.cum += took
				}
				seen[name] = true
			}
		}
	}
	costs := make([]cost, 0, len(byName))
	for _, c := range byName {
		costs = append(costs, *c)
	}
	return costs, total, nil
}

// fields walks a protocol buffer: visit gets a varint's value, or the bytes of a length-delimited field.
func fields(data []byte, visit func(number int, value uint64, part []byte) error) error {
	for len(data) > 0 {
		key, size := binary.Uvarint(data)
		if size <= 0 {
			return errProfile
		}
		data = data[size:]
		var value uint64
		var part []byte
		switch key & 7 {
		case 0:
			if value, size = binary.Uvarint(data); size <= 0 {
				return errProfile
			}
			data = data[size:]
		case 1:
			if len(data) < 8 {
				return errProfile
			}
			data = data[8:]
		case 2:
			length, size := binary.Uvarint(data)
			if size <= 0 || length > uint64(len(data)-size) {
				return errProfile
			}
			part, data = data[size:size+int(length):size+int(length)], data[size+int(length):]
		case 5:
			if len(data) < 4 {
				return errProfile
			}
			data = data[4:]
		default:
			return errProfile
		}
		if err := visit(int(key>>3), value, part); err != nil {
			return err
		}
	}
	return nil
}
