package wire

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// messageOf makes the message of a golden case from its fields, which are named as in the schema.
func messageOf(tag Tag, fields json.RawMessage) (Message, error) {
	var f struct {
		VelocityX int16 `json:"velocityXMms"`
		VelocityY int16 `json:"velocityYMms"`
		Rotation  int16 `json:"rotationDegs"`
		FL        int16 `json:"wheelFrontLeftMms"`
		FR        int16 `json:"wheelFrontRightMms"`
		BL        int16 `json:"wheelBackLeftMms"`
		BR        int16 `json:"wheelBackRightMms"`
		Enabled   bool
		R         uint8 `json:"ledR"`
		G         uint8 `json:"ledG"`
		B         uint8 `json:"ledB"`
		To        map[string]*struct {
			IP   []int
			Port uint16
		} `json:"destination"`
		Period       uint16 `json:"periodMs"`
		IDs          []int
		Resolution   string
		Observations []struct {
			ID     uint8
			Ranges []uint16
		}
		AX int16 `json:"accelerometerX"`
		AY int16 `json:"accelerometerY"`
		AZ int16 `json:"accelerometerZ"`
		GX int16 `json:"gyroscopeX"`
		GY int16 `json:"gyroscopeY"`
		GZ int16 `json:"gyroscopeZ"`
		MX int16 `json:"magnetometerX"`
		MY int16 `json:"magnetometerY"`
		MZ int16 `json:"magnetometerZ"`

		BatteryMv        uint16
		BatteryPercent   uint8
		BatteryDischarge uint8
		Nodes            []struct {
			ID       uint8 `json:"nodeId"`
			Purpose  string
			Distance uint32 `json:"distanceMm"`
			Flags    uint32
			Position positionJSON
		}
		SSID     string
		Password string
		Index    uint8
		NodeID   uint8
		Log      string
		Data     string
		MAC, IP  string
		Hostname string
		ID       uint8
		Uptime   uint32 `json:"uptimeMs"`
	}
	var position positionJSON
	var keys map[string]any
	for _, into := range []any{&f, &position, &keys} {
		if err := json.Unmarshal(fields, into); err != nil {
			if _, ok := into.(*positionJSON); !ok {
				return nil, err
			}
		}
	}
	switch m := New(tag).(type) {
	case *Empty:
		return m, nil
	case *SetRobotVelocity:
		return &SetRobotVelocity{f.VelocityX, f.VelocityY, f.Rotation}, nil
	case *SetWheelVelocity:
		return &SetWheelVelocity{f.FL, f.FR, f.BL, f.BR}, nil
	case *SetBuzzer:
		return &SetBuzzer{f.Enabled}, nil
	case *SetLed:
		return &SetLed{f.R, f.G, f.B}, nil
	case *EnableStreaming:
		for name, to := range f.To {
			m.To = Destination(slices.Index([]string{"uartOnly", "udpOnly", "uartAndUdp"}, name))
			if to == nil {
				return m, nil
			}
			m.Port, m.IP = to.Port, toBytes(to.IP)
		}
		return m, nil
	case *SetStreamPeriod:
		return &SetStreamPeriod{tag, f.Period}, nil
	case *GetTofObservations:
		return &GetTofObservations{toBytes(f.IDs)}, nil
	case *SetTofResolution:
		at := slices.Index([]string{"resolution4x4rate60Hz", "resolution8x8rate15Hz"}, f.Resolution)
		return &SetTofResolution{uint16(at)}, nil
	case *TofObservations:
		for _, o := range f.Observations {
			m.Observations = append(m.Observations, TofObservation{o.ID, o.Ranges})
		}
		return m, nil
	case *EnableTofStatus:
		return &EnableTofStatus{f.Enabled}, nil
	case *ImuMeasurement:
		return &ImuMeasurement{[3]int16{f.AX, f.AY, f.AZ}, [3]int16{f.GX, f.GY, f.GZ}, [3]int16{f.MX, f.MY, f.MZ}}, nil
	case *SystemStatus:
		return &SystemStatus{f.BatteryMv, f.BatteryPercent, f.BatteryDischarge}, nil
	case *SystemInfo:
		return &SystemInfo{f.MAC, f.IP, f.Hostname, f.ID, f.Uptime}, nil
	case *TextLogging:
		return &TextLogging{f.Log}, nil
	case *Position:
		p := position.message()
		return &p, nil
	case *UwbNodes:
		for _, n := range f.Nodes {
			m.Nodes = append(m.Nodes, UwbNode{
				n.ID, Purpose(slices.Index(purposes[:], n.Purpose)), n.Distance, n.Flags, n.Position.message(),
			})
		}
		return m, nil
	case *SetWifiConfig:
		return &SetWifiConfig{f.SSID, f.Password, f.Index}, nil
	case *SetNodeID:
		return &SetNodeID{f.NodeID}, nil
	case *EnableLogging:
		for name := range keys {
			m.To = uint16(slices.Index([]string{"disabled", "tcp", "uart", "both"}, name))
		}
		return m, nil
	case *OtaUpdate:
		data, err := hex.DecodeString(f.Data)
		return &OtaUpdate{data}, err
	}
	return nil, fmt.Errorf("no fields are known for %v", tag)
}

type positionJSON struct {
	Vector *struct{ X, Y, Z int32 } `json:"vectorMm"`
}

func (p positionJSON) message() Position {
	if p.Vector == nil {
		return Position{}
	}
	return Position{true, p.Vector.X, p.Vector.Y, p.Vector.Z}
}

func toBytes(n []int) []byte {
	b := make([]byte, len(n))
	for i, v := range n {
		b[i] = byte(v)
	}
	return b
}

// sensorOf makes the message of a telemetry packet from what the Python package read in it.
func sensorOf(fields json.RawMessage) (Message, error) {
	var f struct {
		IDs      []uint8
		Distance [][]int `json:"distance_mm"`
		Status   [][]int
		Acc      *[3]int16
		Gyro     [3]int16
		Mag      [3]int16
		MV       *uint16 `json:"battery_mv"`
		Percent  uint8   `json:"battery_percent"`
		Drain    uint8   `json:"battery_discharge"`
		Nodes    []struct {
			ID       uint8 `json:"nodeId"`
			Purpose  Purpose
			Distance uint32 `json:"distanceMm"`
			Flags    uint32
			Pos      *[3]int32
		}
		Position *[3]int32 `json:"position_mm"`
	}
	var keys map[string]any
	if err := json.Unmarshal(fields, &f); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(fields, &keys); err != nil {
		return nil, err
	}
	at := func(p *[3]int32) Position {
		if p == nil {
			return Position{}
		}
		return Position{true, p[0], p[1], p[2]}
	}
	switch {
	case f.IDs != nil:
		m := new(TofObservations)
		for i, id := range f.IDs {
			o := TofObservation{ID: id}
			for k, mm := range f.Distance[i] {
				o.Ranges = append(o.Ranges, PackRange(mm, f.Status[i][k]))
			}
			m.Observations = append(m.Observations, o)
		}
		return m, nil
	case f.Acc != nil:
		return &ImuMeasurement{*f.Acc, f.Gyro, f.Mag}, nil
	case f.MV != nil:
		return &SystemStatus{*f.MV, f.Percent, f.Drain}, nil
	}
	if _, ok := keys["position_mm"]; ok {
		p := at(f.Position)
		return &p, nil
	}
	if _, ok := keys["nodes"]; ok {
		m := new(UwbNodes)
		for _, n := range f.Nodes {
			m.Nodes = append(m.Nodes, UwbNode{n.ID, n.Purpose, n.Distance, n.Flags, at(n.Pos)})
		}
		return m, nil
	}
	return nil, fmt.Errorf("unknown sensor %s", fields)
}

func sensorCases(t *testing.T, dir string, check func(string, func(*testing.T) error)) {
	var file sensorsFile
	load(t, dir, "sensors.json", &file)
	for _, c := range file.Sensors {
		check("sensors/"+c.Name, func(t *testing.T) error {
			want, err := sensorOf(c.Decoded)
			if err != nil {
				return err
			}
			for layout, frame := range map[Layout]string{Firmware: c.Firmware, Pycapnp: c.Pycapnp} {
				got, err := decodeFrame(unhex(t, frame), &Decoder{})
				if err != nil {
					return fmt.Errorf("%v layout: %w", layout, err)
				}
				if !sameSensor(got, want) {
					return fmt.Errorf("%v layout decodes as %v, want %v", layout, got, want)
				}
				// The firmware's packer sometimes chooses other run lengths: compare what they stand for.
				packed, _, err := ParseDatagram(unhex(t, frame))
				if err != nil {
					return err
				}
				words, err := unpack(nil, packed)
				if err != nil {
					return err
				}
				enc := Encoder{Layout: layout}
				if err := sameBytes(enc.AppendUnpacked(nil, got), hex.EncodeToString(words)); err != nil {
					return fmt.Errorf("%v layout: %w", layout, err)
				}
			}
			return nil
		})
	}
}

// sameSensor compares messages; the goldens do not say the flags of a UWB node.
func sameSensor(got, want Message) bool {
	g, ok := got.(*UwbNodes)
	if !ok {
		return same(got, want)
	}
	w, ok := want.(*UwbNodes)
	if !ok || len(g.Nodes) != len(w.Nodes) {
		return false
	}
	for i, n := range g.Nodes {
		n.Flags = w.Nodes[i].Flags
		if n != w.Nodes[i] {
			return false
		}
	}
	return true
}
