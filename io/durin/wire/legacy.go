package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The protocol of the talk, September 2022, is here for reading old recordings. It has no frame and no checksum, and
// no robot speaks it any more. Numbers are little endian.
//
// Source: ncskth/durin 5ac2c95, actuator.encode and io.decode.

var errLegacy = errors.New("not a message of the 2022 protocol")

const legacyZones = 64

// ParseLegacy reads a telemetry datagram of the 2022 protocol. Ids 128 to 131 hold the ranges of two sensors each, as
// plain millimetres; id 132 the battery and the inertial sensor, which are two messages.
func ParseLegacy(b []byte) ([]Message, error) {
	if len(b) == 0 {
		return nil, fmt.Errorf("%w: no bytes", errLegacy)
	}
	id, body := b[0], b[1:]
	switch {
	case id >= 128 && id <= 131:
		if len(body) < 4*legacyZones {
			return nil, fmt.Errorf("%w: ranges are cut off after %d bytes", errLegacy, len(body))
		}
		m := new(TofObservations)
		for k := range 2 {
			o := TofObservation{ID: 2*(id-128) + uint8(k), Ranges: make([]uint16, legacyZones)}
			for i := range o.Ranges {
				o.Ranges[i] = binary.LittleEndian.Uint16(body[2*(k*legacyZones+i):])
			}
			m.Observations = append(m.Observations, o)
		}
		return []Message{m}, nil
	case id == 132:
		if len(body) < 21 {
			return nil, fmt.Errorf("%w: status is cut off after %d bytes", errLegacy, len(body))
		}
		status := &SystemStatus{BatteryPercent: body[0], BatteryMV: binary.LittleEndian.Uint16(body[1:])}
		imu := new(ImuMeasurement)
		for i, axes := range []*[3]int16{&imu.Acc, &imu.Gyro, &imu.Mag} {
			for k := range axes {
				axes[k] = int16(binary.LittleEndian.Uint16(body[3+6*i+2*k:]))
			}
		}
		return []Message{status, imu}, nil
	}
	return nil, fmt.Errorf("%w: telemetry id %d", errLegacy, id)
}

// ParseLegacyCommand reads a command of the 2022 protocol. On its wire a rotation is negated, and the wheels are
// -se, sw, -ne, nw; the message has them as today's does.
func ParseLegacyCommand(b []byte) (Message, error) {
	if len(b) == 0 {
		return nil, fmt.Errorf("%w: no bytes", errLegacy)
	}
	sizes := map[byte]int{1: 1, 2: 7, 3: 9, 0x10: 1, 0x11: 2, 0x12: 9, 0x13: 1}
	size, ok := sizes[b[0]]
	if !ok || len(b) < size {
		return nil, fmt.Errorf("%w: command %#02x with %d bytes", errLegacy, b[0], len(b))
	}
	n := func(i int) int16 { return int16(binary.LittleEndian.Uint16(b[1+2*i:])) }
	switch b[0] {
	case 1:
		return &Empty{TagPowerOff}, nil
	case 2:
		return &SetRobotVelocity{n(0), n(1), -n(2)}, nil
	case 3:
		return &SetWheelVelocity{FrontLeft: n(3), FrontRight: -n(2), BackLeft: n(1), BackRight: -n(0)}, nil
	case 0x10:
		return &GetTofObservations{}, nil
	case 0x11:
		return &GetTofObservations{[]byte{b[1] & 0x7f}}, nil
	case 0x12:
		return &EnableStreaming{To: UDPOnly, IP: append([]byte(nil), b[1:5]...), Port: binary.LittleEndian.Uint16(b[5:])}, nil
	}
	return &Empty{TagDisableStreaming}, nil
}
