package wire

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

type legacyFile struct {
	Commands []struct {
		Name  string
		Args  []any
		Bytes string `json:"bytes_hex"`
	}
	Sensors []struct {
		ID      uint8      `json:"sensor_id"`
		Bytes   string     `json:"bytes_hex"`
		Decoded [][]uint16 `json:"decoded_mm"`
		Charge  uint8
		Voltage uint16
		IMU     [3][3]int16
	}
}

func legacyCases(t *testing.T, dir string, check func(string, func(*testing.T) error)) {
	var file legacyFile
	if _, err := os.Stat(filepath.Join(dir, "legacy_v1.json")); errors.Is(err, os.ErrNotExist) {
		t.Logf("%s has no legacy_v1.json, which is optional", dir)
		return
	}
	load(t, dir, "legacy_v1.json", &file)
	for i, c := range file.Commands {
		check(fmt.Sprintf("legacy/%d %s", i, c.Name), func(t *testing.T) error {
			got, err := ParseLegacyCommand(unhex(t, c.Bytes))
			if err != nil {
				return err
			}
			if want := legacyCommand(c.Name, c.Args); !reflect.DeepEqual(got, want) {
				return fmt.Errorf("decodes as %v, want %v", got, want)
			}
			return nil
		})
	}
	for _, c := range file.Sensors {
		check(fmt.Sprintf("legacy/sensor %d", c.ID), func(t *testing.T) error {
			got, err := ParseLegacy(unhex(t, c.Bytes))
			if err != nil {
				return err
			}
			want := []Message{
				&SystemStatus{BatteryMV: c.Voltage, BatteryPercent: c.Charge},
				&ImuMeasurement{c.IMU[0], c.IMU[1], c.IMU[2]},
			}
			if c.Decoded != nil {
				first := 2 * (c.ID - 128)
				want = []Message{&TofObservations{[]TofObservation{{first, c.Decoded[0]}, {first + 1, c.Decoded[1]}}}}
			}
			if !reflect.DeepEqual(got, want) {
				return fmt.Errorf("decodes as %v, want %v", got, want)
			}
			return nil
		})
	}
}

// legacyCommand is the command that the bytes were made from; MoveWheels had its arguments in the order ne, nw, sw, se.
func legacyCommand(name string, args []any) Message {
	n := func(i int) int16 { return int16(args[i].(float64)) }
	switch name {
	case "Move":
		return &SetRobotVelocity{n(0), n(1), n(2)}
	case "MoveWheels":
		return &SetWheelVelocity{FrontRight: n(0), FrontLeft: n(1), BackLeft: n(2), BackRight: n(3)}
	case "PowerOff":
		return &Empty{TagPowerOff}
	case "PollAll":
		return &GetTofObservations{}
	case "PollSensor":
		return &GetTofObservations{[]byte{byte(n(0)) & 0x7f}}
	case "StreamOn":
		return &EnableStreaming{To: UDPOnly, IP: []byte{127, 0, 0, 1}, Port: uint16(n(1))}
	}
	return &Empty{TagDisableStreaming}
}

func FuzzLegacy(f *testing.F) {
	var file legacyFile
	load(f, "testdata", "legacy_v1.json", &file)
	for _, c := range file.Sensors {
		f.Add(unhex(f, c.Bytes))
	}
	for _, c := range file.Commands {
		f.Add(unhex(f, c.Bytes))
	}
	f.Fuzz(func(_ *testing.T, b []byte) {
		// Neither may panic; what they accept is checked by the conformance cases.
		if messages, err := ParseLegacy(b); err == nil && len(messages) == 0 {
			panic("no message and no error")
		}
		if m, err := ParseLegacyCommand(b); err == nil && m == nil {
			panic("no message and no error")
		}
	})
}
