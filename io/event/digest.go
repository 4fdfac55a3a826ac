package event

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Summary is what identifies a recording: the figures of "snnrepl events info --json". Sums are of the values as
// stored; the digest is the SHA-256 of all events in order, each as 13 bytes, little endian: int64 t, uint16 x,
// uint16 y, uint8 p.
type Summary struct {
	Format    string `json:"format"`
	Width     int    `json:"width"` // 0, and null in JSON, when the recording does not say
	Height    int    `json:"height"`
	Count     int64  `json:"count"`
	TFirst    int64  `json:"t_first"` // microseconds; null in JSON when there is no event
	TLast     int64  `json:"t_last"`
	SumX      uint64 `json:"sum_x"`
	SumY      uint64 `json:"sum_y"`
	SumP      uint64 `json:"sum_p"`
	SumT      uint64 `json:"sum_t_mod_2_64"` // of all times, modulo 2^64
	BackSteps int64  `json:"time_backsteps"` // events earlier than the one before
	Dropped   int64  `json:"dropped"`        // events in the data without a time or marked invalid, and those lost live
	Skipped   int64  `json:"skipped"`        // other records that are not events
	Errors    int64  `json:"errors"`         // words, lines or records that the format does not allow
	SHA256    string `json:"sha256_txyp"`
}

// Digest reads a source to its end. The error is what broke the recording off; the summary is then of the events before.
func Digest(src Source) (Summary, error) {
	info := src.Info()
	sum := Summary{Format: info.Format, Width: info.Width, Height: info.Height}
	hash := sha256.New()
	var look inspector
	var stats Stats
	look.limit(0, 0)
	packed := make([]byte, 0, 13*batchEvents)
	for {
		events, err := src.Next()
		if err != nil {
			if c, ok := src.(counted); ok {
				counts := c.Stats()
				sum.Dropped = counts.Dropped + counts.Lost
				sum.Skipped, sum.Errors = counts.Skipped+counts.Triggers, counts.Errors
			}
			sum.BackSteps = stats.BackSteps
			sum.SHA256 = hex.EncodeToString(hash.Sum(nil))
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return sum, err
		}
		look.inspect(events, &stats)
		sum.add(events)
		packed = packed[:0]
		for i := range events {
			e := &events[i]
			packed = binary.LittleEndian.AppendUint64(packed, uint64(e.T))
			packed = binary.LittleEndian.AppendUint16(packed, e.X)
			packed = binary.LittleEndian.AppendUint16(packed, e.Y)
			packed = append(packed, e.On)
		}
		hash.Write(packed)
	}
}

func (s *Summary) add(events []Event) {
	if s.Count == 0 && len(events) > 0 {
		s.TFirst = events[0].T
	}
	for i := range events {
		e := &events[i]
		s.SumX += uint64(e.X)
		s.SumY += uint64(e.Y)
		s.SumP += uint64(e.On)
		s.SumT += uint64(e.T)
		s.TLast = e.T
	}
	s.Count += int64(len(events))
}

// MarshalJSON writes the figures with null for what the recording does not have.
func (s Summary) MarshalJSON() ([]byte, error) {
	type plain Summary
	known := func(v int64, is bool) *int64 {
		if !is {
			return nil
		}
		return &v
	}
	return json.Marshal(struct {
		Format string `json:"format"`
		Width  *int64 `json:"width"`
		Height *int64 `json:"height"`
		Count  int64  `json:"count"`
		TFirst *int64 `json:"t_first"`
		TLast  *int64 `json:"t_last"`
		plain
	}{
		s.Format, known(int64(s.Width), s.Width > 0), known(int64(s.Height), s.Height > 0),
		s.Count, known(s.TFirst, s.Count > 0), known(s.TLast, s.Count > 0), plain(s),
	})
}

// String is the summary in one line.
func (s Summary) String() string {
	size := "size unknown"
	if s.Width > 0 {
		size = fmt.Sprintf("%dx%d", s.Width, s.Height)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %d events", s.Format, size, s.Count)
	if s.Count > 0 {
		fmt.Fprintf(&b, " from %d to %d µs", s.TFirst, s.TLast)
	}
	fmt.Fprintf(&b, ", %d back in time, %d dropped", s.BackSteps, s.Dropped)
	if s.Skipped > 0 {
		fmt.Fprintf(&b, ", %d other records", s.Skipped)
	}
	if s.Errors > 0 {
		fmt.Fprintf(&b, ", %d errors", s.Errors)
	}
	fmt.Fprintf(&b, ", sha256 %.12s…", s.SHA256)
	return b.String()
}
