package wire

import "fmt"

// TofObservation is what one time-of-flight sensor saw: 64 zones row by row, or 16 in the 4x4 mode. Each range has the
// distance in mm in its low 14 bits and a status in the high two.
type TofObservation struct {
	ID     uint8
	Ranges []uint16
}

// String is the observation on one line.
func (o TofObservation) String() string {
	return fmt.Sprintf("tof(id=%d, %d zones)", o.ID, len(o.Ranges))
}

// Status of a range.
const (
	StatusValid   = 0 // sensor code 5
	StatusHalf    = 1 // valid with 50 % confidence, sensor codes 6 and 9
	StatusInvalid = 2
	StatusStale   = 3 // not updated, sensor code 0
)

// PackRange is a range field from a distance in mm, cut to 14 bits, and a status.
func PackRange(mm, status int) uint16 { return uint16(mm)&0x3fff | uint16(status)<<14 }

// RangeMM is the distance of a range field in mm.
func RangeMM(field uint16) int { return int(field & 0x3fff) }

// RangeStatus is the status of a range field.
func RangeStatus(field uint16) int { return int(field >> 14) }

// TofObservations is what the robot's sensors saw: two of them in a datagram of the stream, all eight in a reply. A
// sensor id above 7 is possible in a damaged message.
type TofObservations struct{ Observations []TofObservation }

var _ = register(TagTofObservations, func() Message { return new(TofObservations) })

// Tag is TagTofObservations.
func (m *TofObservations) Tag() Tag { return TagTofObservations }

// String is the message on one line.
func (m *TofObservations) String() string { return fmt.Sprintf("tofObservations(%v)", m.Observations) }

func (m *TofObservations) words() (int, int) { return 0, 1 }

func (m *TofObservations) encode(b *builder, at int) {
	first := b.composite(at, len(m.Observations), 1, 1)
	for i, o := range m.Observations {
		b.put8(first+16*i, o.ID)
		b.uint16s(first+16*i+8, o.Ranges)
	}
}

func (m *TofObservations) decode(v view) error {
	m.Observations = m.Observations[:0]
	l, err := v.list(0, listComposite)
	if err != nil {
		return err
	}
	for i := range l.count {
		e := l.element(i)
		ranges, err := e.list(0, listUint16)
		if err != nil {
			return err
		}
		m.grow()
		o := &m.Observations[i]
		o.ID, o.Ranges = e.u8(0), o.Ranges[:0]
		for j := range ranges.count {
			o.Ranges = append(o.Ranges, ranges.uint16(j))
		}
	}
	return nil
}

// grow lengthens the list by one and keeps the memory of an entry that was there before.
func (m *TofObservations) grow() {
	if n := len(m.Observations); n < cap(m.Observations) {
		m.Observations = m.Observations[:n+1]
		return
	}
	m.Observations = append(m.Observations, TofObservation{})
}

// GetTofObservations asks for what the sensors see now. The firmware ignores IDs and returns all eight.
type GetTofObservations struct{ IDs []byte }

var _ = register(TagGetTofObservations, func() Message { return new(GetTofObservations) })

// Tag is TagGetTofObservations.
func (m *GetTofObservations) Tag() Tag { return TagGetTofObservations }

// String is the message on one line.
func (m *GetTofObservations) String() string { return fmt.Sprintf("getTofObservations(%v)", m.IDs) }

func (m *GetTofObservations) words() (int, int) { return 0, 1 }

func (m *GetTofObservations) encode(b *builder, at int) { b.bytes(at, m.IDs) }

func (m *GetTofObservations) decode(v view) error {
	l, err := v.list(0, listByte)
	m.IDs = append(m.IDs[:0], l.bytes()...)
	return err
}

// SetTofResolution chooses between 4x4 zones at 60 Hz and 8x8 zones at 15 Hz.
type SetTofResolution struct{ Resolution uint16 }

// The resolutions.
const (
	Resolution4x4 = 0 // 60 Hz
	Resolution8x8 = 1 // 15 Hz
)

var _ = register(TagSetTofResolution, func() Message { return new(SetTofResolution) })

// Tag is TagSetTofResolution.
func (m *SetTofResolution) Tag() Tag { return TagSetTofResolution }

// String is the message on one line.
func (m *SetTofResolution) String() string {
	switch m.Resolution {
	case Resolution4x4:
		return "setTofResolution(4x4 at 60 Hz)"
	case Resolution8x8:
		return "setTofResolution(8x8 at 15 Hz)"
	}
	return fmt.Sprintf("setTofResolution(%d)", m.Resolution)
}

func (m *SetTofResolution) words() (int, int) { return 1, 0 }

func (m *SetTofResolution) encode(b *builder, at int) { b.put16(at, m.Resolution) }

func (m *SetTofResolution) decode(v view) error {
	m.Resolution = v.u16(0)
	return nil
}

// EnableTofStatus switches the status bits of ranges on; they are 0, which means valid, until then.
type EnableTofStatus struct{ On bool }

var _ = register(TagEnableTofStatus, func() Message { return new(EnableTofStatus) })

// Tag is TagEnableTofStatus.
func (m *EnableTofStatus) Tag() Tag { return TagEnableTofStatus }

// String is the message on one line.
func (m *EnableTofStatus) String() string { return fmt.Sprintf("enableTofStatus(%t)", m.On) }

func (m *EnableTofStatus) words() (int, int) { return 1, 0 }

func (m *EnableTofStatus) encode(b *builder, at int) { b.putBit(at, m.On) }

func (m *EnableTofStatus) decode(v view) error {
	m.On = v.bit(0)
	return nil
}
