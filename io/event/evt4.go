package event

var _ = registerFormat(format{
	name:       "evt4",
	doc:        "Prophesee EVT 4.0, which is recognised and refused",
	extensions: []string{".raw"},
	magic:      func(head []byte, whole bool) verdict { return evtMagic(head, whole, "evt4") },
	open: func(in *input, _ *options, _ *Info, _ *Stats) (decoder, error) {
		return nil, in.bad("EVT 4.0 is not supported; convert the recording to EVT 3.0 with the camera's software")
	},
})
