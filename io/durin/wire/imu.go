package wire

import "fmt"

// ImuMeasurement is one sample of the inertial sensor (ICM-20948) in its own units: acceleration 8192 per g, turn rate
// 65.5 per degree per second, magnetic field 0.15 uT each. Axes are x, y, z.
type ImuMeasurement struct{ Acc, Gyro, Mag [3]int16 }

var _ = register(TagImuMeasurement, func() Message { return new(ImuMeasurement) })

// Tag is TagImuMeasurement.
func (m *ImuMeasurement) Tag() Tag { return TagImuMeasurement }

// String is the message on one line.
func (m *ImuMeasurement) String() string {
	return fmt.Sprintf("imuMeasurement(acc=%v, gyro=%v, mag=%v)", m.Acc, m.Gyro, m.Mag)
}

func (m *ImuMeasurement) words() (int, int) { return 3, 0 }

func (m *ImuMeasurement) encode(b *builder, at int) {
	for i := range 3 {
		b.put16(at+2*i, uint16(m.Acc[i]))
		b.put16(at+6+2*i, uint16(m.Gyro[i]))
		b.put16(at+12+2*i, uint16(m.Mag[i]))
	}
}

func (m *ImuMeasurement) decode(v view) error {
	for i := range 3 {
		m.Acc[i], m.Gyro[i], m.Mag[i] = v.i16(2*i), v.i16(6+2*i), v.i16(12+2*i)
	}
	return nil
}
