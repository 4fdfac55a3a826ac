package wire

import "fmt"

// SystemStatus is the state of the battery. The reply to a request has percent 0; the stream is right.
type SystemStatus struct {
	BatteryMV        uint16
	BatteryPercent   uint8
	BatteryDischarge uint8
}

var _ = register(TagSystemStatus, func() Message { return new(SystemStatus) })

// Tag is TagSystemStatus.
func (m *SystemStatus) Tag() Tag { return TagSystemStatus }

// String is the message on one line.
func (m *SystemStatus) String() string {
	return fmt.Sprintf("systemStatus(%d mV, %d %%, discharge %d)", m.BatteryMV, m.BatteryPercent, m.BatteryDischarge)
}

func (m *SystemStatus) words() (int, int) { return 1, 0 }

func (m *SystemStatus) encode(b *builder, at int) {
	b.put16(at, m.BatteryMV)
	b.put8(at+2, m.BatteryPercent)
	b.put8(at+3, m.BatteryDischarge)
}

func (m *SystemStatus) decode(v view) error {
	m.BatteryMV, m.BatteryPercent, m.BatteryDischarge = v.u16(0), v.u8(2), v.u8(3)
	return nil
}

// SystemInfo is who the robot is.
type SystemInfo struct {
	MAC, IP, Hostname string
	ID                uint8
	UptimeMs          uint32
}

var _ = register(TagSystemInfo, func() Message { return new(SystemInfo) })

// Tag is TagSystemInfo.
func (m *SystemInfo) Tag() Tag { return TagSystemInfo }

// String is the message on one line.
func (m *SystemInfo) String() string {
	return fmt.Sprintf("systemInfo(%q, id=%d, ip=%s, mac=%s, up %d ms)", m.Hostname, m.ID, m.IP, m.MAC, m.UptimeMs)
}

func (m *SystemInfo) words() (int, int) { return 1, 3 }

func (m *SystemInfo) encode(b *builder, at int) {
	b.put8(at, m.ID)
	b.put32(at+4, m.UptimeMs)
	b.text(at+8, m.MAC)
	b.text(at+16, m.IP)
	b.text(at+24, m.Hostname)
}

func (m *SystemInfo) decode(v view) (err error) {
	m.ID, m.UptimeMs = v.u8(0), v.u32(4)
	for i, field := range []*string{&m.MAC, &m.IP, &m.Hostname} {
		if *field, err = v.text(i); err != nil {
			return err
		}
	}
	return nil
}

// TextLogging is a line of the robot's log. It arrives between replies when logging to TCP is enabled.
type TextLogging struct{ Log string }

var _ = register(TagTextLogging, func() Message { return new(TextLogging) })

// Tag is TagTextLogging.
func (m *TextLogging) Tag() Tag { return TagTextLogging }

// String is the message on one line.
func (m *TextLogging) String() string { return fmt.Sprintf("textLogging(%q)", m.Log) }

func (m *TextLogging) words() (int, int) { return 0, 1 }

func (m *TextLogging) encode(b *builder, at int) { b.text(at, m.Log) }

func (m *TextLogging) decode(v view) (err error) {
	m.Log, err = v.text(0)
	return err
}
