package wire

import "fmt"

// Destination is where the robot streams its telemetry.
type Destination uint16

// The destinations of the schema.
const (
	UartOnly Destination = iota
	UDPOnly
	UartAndUDP
)

// String is the destination's name in the schema.
func (d Destination) String() string {
	switch d {
	case UartOnly:
		return "uartOnly"
	case UDPOnly:
		return "udpOnly"
	case UartAndUDP:
		return "uartAndUdp"
	}
	return fmt.Sprintf("Destination(%d)", uint16(d))
}

// EnableStreaming starts the telemetry. IP has four numbers, IPv4 only; the robot rejects other lengths. IP and Port
// mean nothing for UartOnly.
type EnableStreaming struct {
	To   Destination
	IP   []byte
	Port uint16
}

var _ = register(TagEnableStreaming, func() Message { return new(EnableStreaming) })

// Tag is TagEnableStreaming.
func (m *EnableStreaming) Tag() Tag { return TagEnableStreaming }

// String is the message on one line.
func (m *EnableStreaming) String() string {
	return fmt.Sprintf("enableStreaming(%v, ip=%v, port=%d)", m.To, m.IP, m.Port)
}

func (m *EnableStreaming) words() (int, int) { return 1, 1 }

func (m *EnableStreaming) encode(b *builder, at int) {
	b.put16(at, uint16(m.To))
	if m.To == UartOnly {
		return
	}
	b.put16(at+2, m.Port)
	b.bytes(at+8, m.IP)
}

func (m *EnableStreaming) decode(v view) error {
	m.To, m.Port = Destination(v.u16(0)), v.u16(2)
	l, err := v.list(0, listByte)
	m.IP = append(m.IP[:0], l.bytes()...)
	return err
}

// SetStreamPeriod sets how often a sensor is streamed. Ms 0 is every new sample; 65535 is off in the schema and a
// period of 65.5 s in the firmware.
type SetStreamPeriod struct {
	Which Tag // one of the five Set…StreamPeriod tags
	Ms    uint16
}

var (
	_ = registerPeriod(TagSetTofStreamPeriod)
	_ = registerPeriod(TagSetImuStreamPeriod)
	_ = registerPeriod(TagSetSystemStatusStreamPeriod)
	_ = registerPeriod(TagSetPositionStreamPeriod)
	_ = registerPeriod(TagSetUwbStreamPeriod)
)

func registerPeriod(t Tag) bool {
	return register(t, func() Message { return &SetStreamPeriod{Which: t} })
}

// Tag is the sensor's tag.
func (m *SetStreamPeriod) Tag() Tag { return m.Which }

// String is the message on one line.
func (m *SetStreamPeriod) String() string { return fmt.Sprintf("%v(%d ms)", m.Which, m.Ms) }

func (m *SetStreamPeriod) words() (int, int) { return 1, 0 }

func (m *SetStreamPeriod) encode(b *builder, at int) { b.put16(at, m.Ms) }

func (m *SetStreamPeriod) decode(v view) error {
	m.Ms = v.u16(0)
	return nil
}
