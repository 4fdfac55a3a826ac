package dvs

import (
	"errors"
	"fmt"
)

// Device is a camera on a bus. Bulk waits for one transfer, of which the last may be short, and returns ErrTimeout when
// there was none for a while; Close wakes it. A control transfer with bit 7 of kind reads into data, another writes it.
type Device interface {
	Control(kind, request uint8, value, index uint16, data []byte) error
	Bulk(endpoint uint8, data []byte) (int, error)
	Close() error
}

// Errors that a Device returns and a camera survives.
var (
	ErrTimeout  = errors.New("dvs: nothing has come")
	ErrStall    = errors.New("dvs: the endpoint has stalled")      // Bulk has cleared it
	ErrOverflow = errors.New("dvs: a transfer was too long")       // and is lost
	ErrGone     = errors.New("dvs: the camera has been unplugged") // the end
)

// Replay is a Device that delivers recorded transfers, for tests and demonstrations. A nil transfer and the end of them
// are ErrTimeout; Fail gives others an error instead.
type Replay struct {
	Transfers [][]byte
	Fail      map[int]error // by the number of the transfer
	Controls  []string      // what has been asked
	at        int
	closed    bool
}

// Control notes a request; what it reads is zero.
func (r *Replay) Control(kind, request uint8, value, index uint16, data []byte) error {
	r.Controls = append(r.Controls, fmt.Sprintf("%02x %02x %04x %04x %x", kind, request, value, index, data))
	if kind&0x80 != 0 {
		clear(data)
	}
	return nil
}

// Bulk is the next transfer.
func (r *Replay) Bulk(_ uint8, data []byte) (int, error) {
	if r.closed {
		return 0, ErrGone
	}
	if r.at >= len(r.Transfers) {
		return 0, ErrTimeout
	}
	at := r.at
	r.at++
	if err := r.Fail[at]; err != nil {
		return 0, err
	}
	if r.Transfers[at] == nil {
		return 0, ErrTimeout
	}
	if len(r.Transfers[at]) > len(data) {
		return 0, ErrOverflow
	}
	return copy(data, r.Transfers[at]), nil
}

// Close ends the transfers.
func (r *Replay) Close() error {
	r.closed = true
	return nil
}

// String is how far it is.
func (r *Replay) String() string {
	return fmt.Sprintf("dvs.Replay(%d of %d transfers)", r.at, len(r.Transfers))
}
