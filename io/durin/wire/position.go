package wire

import "fmt"

// Position is where the robot is by radio (UWB), in mm; Known is false without a fix. The reply to a request has
// metres in these fields; the stream is right.
type Position struct {
	Known   bool
	X, Y, Z int32
}

var _ = register(TagPosition, func() Message { return new(Position) })

// Tag is TagPosition.
func (m *Position) Tag() Tag { return TagPosition }

// String is the message on one line.
func (m *Position) String() string {
	if !m.Known {
		return "position(unknown)"
	}
	return fmt.Sprintf("position(%d, %d, %d mm)", m.X, m.Y, m.Z)
}

func (m *Position) words() (int, int) { return 2, 0 }

func (m *Position) encode(b *builder, at int) {
	if !m.Known {
		return
	}
	b.put16(at, 1)
	b.put32(at+4, uint32(m.X))
	b.put32(at+8, uint32(m.Y))
	b.put32(at+12, uint32(m.Z))
}

func (m *Position) decode(v view) error {
	*m = Position{}
	if v.u16(0) == 1 {
		*m = Position{true, v.i32(4), v.i32(8), v.i32(12)}
	}
	return nil
}

// Purpose is what a UWB node is for.
type Purpose uint16

var purposes = [...]string{"origin", "x", "y", "z", "repeater", "passive", "user"}

// String is the purpose's name in the schema.
func (p Purpose) String() string {
	if int(p) >= len(purposes) {
		return fmt.Sprintf("Purpose(%d)", uint16(p))
	}
	return purposes[p]
}

// UwbNode is one radio beacon: its distance, and its own position where it is known.
type UwbNode struct {
	ID         uint8
	Purpose    Purpose
	DistanceMM uint32
	Flags      uint32
	Position   Position
}

// String is the node on one line.
func (n UwbNode) String() string {
	return fmt.Sprintf("node(%d, %v, %d mm, %v)", n.ID, n.Purpose, n.DistanceMM, &n.Position)
}

// UwbNodes are the beacons in reach.
type UwbNodes struct{ Nodes []UwbNode }

var _ = register(TagUwbNodes, func() Message { return new(UwbNodes) })

// Tag is TagUwbNodes.
func (m *UwbNodes) Tag() Tag { return TagUwbNodes }

// String is the message on one line.
func (m *UwbNodes) String() string { return fmt.Sprintf("uwbNodes(%v)", m.Nodes) }

func (m *UwbNodes) words() (int, int) { return 0, 1 }

func (m *UwbNodes) encode(b *builder, at int) {
	first := b.composite(at, len(m.Nodes), 4, 0)
	for i, n := range m.Nodes {
		at := first + 32*i
		b.put8(at, n.ID)
		b.put16(at+2, uint16(n.Purpose))
		b.put32(at+4, n.DistanceMM)
		b.put32(at+8, n.Flags)
		if n.Position.Known {
			b.put16(at+12, 1)
			b.put32(at+16, uint32(n.Position.X))
			b.put32(at+20, uint32(n.Position.Y))
			b.put32(at+24, uint32(n.Position.Z))
		}
	}
}

func (m *UwbNodes) decode(v view) error {
	m.Nodes = m.Nodes[:0]
	l, err := v.list(0, listComposite)
	if err != nil {
		return err
	}
	for i := range l.count {
		e := l.element(i)
		n := UwbNode{ID: e.u8(0), Purpose: Purpose(e.u16(2)), DistanceMM: e.u32(4), Flags: e.u32(8)}
		if e.u16(12) == 1 {
			n.Position = Position{true, e.i32(16), e.i32(20), e.i32(24)}
		}
		m.Nodes = append(m.Nodes, n)
	}
	return nil
}
