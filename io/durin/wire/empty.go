package wire

// Empty is a message without fields: a bare reply or request.
type Empty struct{ Which Tag }

var (
	_ = registerEmpty(TagReject)
	_ = registerEmpty(TagAcknowledge)
	_ = registerEmpty(TagPowerOff)
	_ = registerEmpty(TagDisableStreaming)
	_ = registerEmpty(TagGetImuMeasurement)
	_ = registerEmpty(TagGetSystemStatus)
	_ = registerEmpty(TagGetUwbNodes)
	_ = registerEmpty(TagGetPosition)
	_ = registerEmpty(TagOtaUpdateCommit)
	_ = registerEmpty(TagOtaUpdateBegin)
	_ = registerEmpty(TagPing)
	_ = registerEmpty(TagGetSystemInfo)
)

func registerEmpty(t Tag) bool { return register(t, func() Message { return &Empty{t} }) }

// Tag is the message's tag.
func (m *Empty) Tag() Tag { return m.Which }

// String is the message's name.
func (m *Empty) String() string { return m.Which.String() }

func (m *Empty) words() (int, int) { return 0, 0 }

func (m *Empty) encode(*builder, int) {}

func (m *Empty) decode(view) error { return nil }
