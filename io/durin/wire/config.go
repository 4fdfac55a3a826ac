package wire

import "fmt"

// SetWifiConfig stores a network in one of three slots. The firmware copies a fixed 32 and 64 bytes from the two
// texts whatever their length, so nothing here offers it to scripts.
type SetWifiConfig struct {
	SSID, Password string
	Index          uint8 // 0..2
}

var _ = register(TagSetWifiConfig, func() Message { return new(SetWifiConfig) })

// Tag is TagSetWifiConfig.
func (m *SetWifiConfig) Tag() Tag { return TagSetWifiConfig }

// String is the message on one line, without the password.
func (m *SetWifiConfig) String() string {
	return fmt.Sprintf("setWifiConfig(%q, index=%d)", m.SSID, m.Index)
}

func (m *SetWifiConfig) words() (int, int) { return 1, 2 }

func (m *SetWifiConfig) encode(b *builder, at int) {
	b.put8(at, m.Index)
	b.text(at+8, m.SSID)
	b.text(at+16, m.Password)
}

func (m *SetWifiConfig) decode(v view) (err error) {
	m.Index = v.u8(0)
	if m.SSID, err = v.text(0); err != nil {
		return err
	}
	m.Password, err = v.text(1)
	return err
}

// SetNodeID gives the robot its number, which is also in its host name: durin<id>.local.
type SetNodeID struct{ ID uint8 }

var _ = register(TagSetNodeID, func() Message { return new(SetNodeID) })

// Tag is TagSetNodeID.
func (m *SetNodeID) Tag() Tag { return TagSetNodeID }

// String is the message on one line.
func (m *SetNodeID) String() string { return fmt.Sprintf("setNodeId(%d)", m.ID) }

func (m *SetNodeID) words() (int, int) { return 1, 0 }

func (m *SetNodeID) encode(b *builder, at int) { b.put8(at, m.ID) }

func (m *SetNodeID) decode(v view) error {
	m.ID = v.u8(0)
	return nil
}

// EnableLogging chooses where the robot's log goes: 0 nowhere, 1 TCP, 2 UART, 3 both.
type EnableLogging struct{ To uint16 }

var _ = register(TagEnableLogging, func() Message { return new(EnableLogging) })

// Tag is TagEnableLogging.
func (m *EnableLogging) Tag() Tag { return TagEnableLogging }

// String is the message on one line.
func (m *EnableLogging) String() string {
	if names := [...]string{"disabled", "tcp", "uart", "both"}; int(m.To) < len(names) {
		return "enableLogging(" + names[m.To] + ")"
	}
	return fmt.Sprintf("enableLogging(%d)", m.To)
}

func (m *EnableLogging) words() (int, int) { return 1, 0 }

func (m *EnableLogging) encode(b *builder, at int) { b.put16(at, m.To) }

func (m *EnableLogging) decode(v view) error {
	m.To = v.u16(0)
	return nil
}

// OtaUpdate is a piece of new firmware, 1024 bytes. Nothing here offers it to scripts.
type OtaUpdate struct{ Data []byte }

var _ = register(TagOtaUpdate, func() Message { return new(OtaUpdate) })

// Tag is TagOtaUpdate.
func (m *OtaUpdate) Tag() Tag { return TagOtaUpdate }

// String is the message on one line.
func (m *OtaUpdate) String() string { return fmt.Sprintf("otaUpdate(%d bytes)", len(m.Data)) }

func (m *OtaUpdate) words() (int, int) { return 0, 1 }

func (m *OtaUpdate) encode(b *builder, at int) { b.bytes(at, m.Data) }

func (m *OtaUpdate) decode(v view) error {
	l, err := v.list(0, listByte)
	m.Data = append(m.Data[:0], l.bytes()...)
	return err
}
