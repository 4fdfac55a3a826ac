package event

import "encoding/binary"

var _ = registerFormat(format{
	name:       "nmnist",
	doc:        "N-MNIST and N-Caltech101, five bytes an event",
	extensions: []string{".bin"},
	magic:      nmnistMagic,
	open:       openNMNIST,
	limits:     limits{maxX: 1<<8 - 1, maxY: 1<<8 - 1},
})

const (
	nmnistRecord   = 5
	nmnistOverflow = 240     // the row that says that the clock has turned over
	nmnistTurn     = 1 << 13 // µs that such a row stands for
	nmnistSide     = 34
)

// nmnistMagic asks for times that rise; nothing else tells the format.
func nmnistMagic(head []byte, _ bool) verdict {
	if len(head) < nmnistRecord {
		return no
	}
	last := uint32(0)
	for ; len(head) >= nmnistRecord; head = head[nmnistRecord:] {
		t := nmnistTime(head)
		if head[1] == nmnistOverflow {
			t = 0
		} else if t < last {
			return no
		}
		last = t
	}
	return possible
}

func nmnistTime(r []byte) uint32 { return binary.BigEndian.Uint32(r[1:]) & (1<<23 - 1) }

// openNMNIST says 34x34 when all events at the front fit into it: N-Caltech101 has the same records.
func openNMNIST(in *input, _ *options, info *Info, stats *Stats) (decoder, error) {
	info.Width, info.Height = nmnistSide, nmnistSide
	for head := in.peek(sniffBytes); len(head) >= nmnistRecord; head = head[nmnistRecord:] {
		if head[1] != nmnistOverflow && (head[0] >= nmnistSide || head[1] >= nmnistSide) {
			info.Width, info.Height = 0, 0
		}
	}
	return &nmnist{}, nil
}

// nmnist is the state between two records.
//
// Source: events.md §3.9; Orchard et al., "Converting static image datasets to spiking neuromorphic datasets using
// saccades", Frontiers in Neuroscience 9 (2015).
type nmnist struct{ base int64 }

func (d *nmnist) clone() decoder { c := *d; return &c }

func (d *nmnist) decode(dst []Event, src []byte, _ bool) ([]Event, int, *FormatError) {
	used, n := 0, 0
	for ; len(src)-used >= nmnistRecord && n < len(dst); used += nmnistRecord {
		r := src[used : used+nmnistRecord]
		if r[1] == nmnistOverflow {
			d.base += nmnistTurn
			continue
		}
		dst[n] = Event{T: d.base + int64(nmnistTime(r)), X: uint16(r[0]), Y: uint16(r[1]), On: r[2] >> 7}
		n++
	}
	return dst[:n], used, nil
}
