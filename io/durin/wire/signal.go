package wire

import "fmt"

// SetBuzzer switches the buzzer.
type SetBuzzer struct{ On bool }

var _ = register(TagSetBuzzer, func() Message { return new(SetBuzzer) })

// Tag is TagSetBuzzer.
func (m *SetBuzzer) Tag() Tag { return TagSetBuzzer }

// String is the message on one line.
func (m *SetBuzzer) String() string { return fmt.Sprintf("setBuzzer(%t)", m.On) }

func (m *SetBuzzer) words() (int, int) { return 1, 0 }

func (m *SetBuzzer) encode(b *builder, at int) { b.putBit(at, m.On) }

func (m *SetBuzzer) decode(v view) error {
	m.On = v.bit(0)
	return nil
}

// SetLed sets the colour of the light.
type SetLed struct{ R, G, B uint8 }

var _ = register(TagSetLed, func() Message { return new(SetLed) })

// Tag is TagSetLed.
func (m *SetLed) Tag() Tag { return TagSetLed }

// String is the message on one line.
func (m *SetLed) String() string { return fmt.Sprintf("setLed(r=%d, g=%d, b=%d)", m.R, m.G, m.B) }

func (m *SetLed) words() (int, int) { return 1, 0 }

func (m *SetLed) encode(b *builder, at int) {
	b.put8(at, m.R)
	b.put8(at+1, m.G)
	b.put8(at+2, m.B)
}

func (m *SetLed) decode(v view) error {
	m.R, m.G, m.B = v.u8(0), v.u8(1), v.u8(2)
	return nil
}
