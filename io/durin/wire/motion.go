package wire

import "fmt"

// SetRobotVelocity drives the robot as a body. X is to the right and Y forward, in mm/s; Rot is counter-clockwise, in
// degrees per second.
type SetRobotVelocity struct{ X, Y, Rot int16 }

var _ = register(TagSetRobotVelocity, func() Message { return new(SetRobotVelocity) })

// Tag is TagSetRobotVelocity.
func (m *SetRobotVelocity) Tag() Tag { return TagSetRobotVelocity }

// String is the message on one line.
func (m *SetRobotVelocity) String() string {
	return fmt.Sprintf("setRobotVelocity(x=%d, y=%d, rot=%d)", m.X, m.Y, m.Rot)
}

func (m *SetRobotVelocity) words() (int, int) { return 1, 0 }

func (m *SetRobotVelocity) encode(b *builder, at int) {
	b.put16(at, uint16(m.X))
	b.put16(at+2, uint16(m.Y))
	b.put16(at+4, uint16(m.Rot))
}

func (m *SetRobotVelocity) decode(v view) error {
	m.X, m.Y, m.Rot = v.i16(0), v.i16(2), v.i16(4)
	return nil
}

// SetWheelVelocity drives each wheel, in mm/s.
type SetWheelVelocity struct{ FrontLeft, FrontRight, BackLeft, BackRight int16 }

var _ = register(TagSetWheelVelocity, func() Message { return new(SetWheelVelocity) })

// Tag is TagSetWheelVelocity.
func (m *SetWheelVelocity) Tag() Tag { return TagSetWheelVelocity }

// String is the message on one line.
func (m *SetWheelVelocity) String() string {
	return fmt.Sprintf("setWheelVelocity(fl=%d, fr=%d, bl=%d, br=%d)", m.FrontLeft, m.FrontRight, m.BackLeft, m.BackRight)
}

func (m *SetWheelVelocity) words() (int, int) { return 1, 0 }

func (m *SetWheelVelocity) encode(b *builder, at int) {
	b.put16(at, uint16(m.FrontLeft))
	b.put16(at+2, uint16(m.FrontRight))
	b.put16(at+4, uint16(m.BackLeft))
	b.put16(at+6, uint16(m.BackRight))
}

func (m *SetWheelVelocity) decode(v view) error {
	m.FrontLeft, m.FrontRight, m.BackLeft, m.BackRight = v.i16(0), v.i16(2), v.i16(4), v.i16(6)
	return nil
}
