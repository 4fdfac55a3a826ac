package wire

import (
	"bytes"
	"reflect"
	"testing"
)

// addCorpus seeds a fuzz target with the malformed cases and the sensor packets of both layouts.
func addCorpus(f *testing.F, add func(frame []byte)) {
	var bad malformedFile
	load(f, "testdata", "malformed.json", &bad)
	for _, c := range bad.Cases {
		add(unhex(f, c.Frame))
	}
	var sensors sensorsFile
	load(f, "testdata", "sensors.json", &sensors)
	for _, c := range sensors.Sensors {
		add(unhex(f, c.Firmware))
		add(unhex(f, c.Pycapnp))
	}
	var enc Encoder
	for _, m := range samples {
		add(enc.AppendFrame(nil, m, 0))
	}
}

// FuzzDecode: decoding never panics, and what it accepts encodes to something that decodes to the same message.
func FuzzDecode(f *testing.F) {
	addCorpus(f, func(frame []byte) {
		if len(frame) > overhead {
			f.Add(frame[3 : len(frame)-1])
		}
	})
	f.Fuzz(func(t *testing.T, payload []byte) {
		var d, again Decoder
		m, err := d.Decode(payload)
		if err != nil {
			return
		}
		var enc Encoder
		if len(enc.AppendUnpacked(nil, m)) > maxUnpacked {
			return // many elements that pointed to the same list have become lists of their own
		}
		m2, err := again.Decode(enc.AppendPayload(nil, m))
		if err != nil {
			t.Fatalf("%v does not decode again: %v", m.Tag(), err)
		}
		if !same(m, m2) {
			t.Fatalf("%.200v came back as %.200v", m, m2)
		}
	})
}

// same compares two messages; fields that a union leaves out are not sent.
func same(a, b Message) bool {
	if s, ok := a.(*EnableStreaming); ok && s.To == UartOnly {
		return b.(*EnableStreaming).To == UartOnly
	}
	return alike(reflect.ValueOf(a), reflect.ValueOf(b))
}

// alike is deep equality for which an empty list is no list: on the wire they are the same to whoever reads.
func alike(a, b reflect.Value) bool {
	if a.Type() != b.Type() {
		return false
	}
	switch a.Kind() {
	case reflect.Pointer:
		return alike(a.Elem(), b.Elem())
	case reflect.Struct:
		for i := range a.NumField() {
			if !alike(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !alike(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}

// FuzzFramer: cutting a stream never panics, and the frames found do not depend on how the bytes arrive.
func FuzzFramer(f *testing.F) {
	addCorpus(f, func(frame []byte) { f.Add(frame) })
	f.Fuzz(func(t *testing.T, stream []byte) {
		var whole, single Framer
		whole.Feed(stream)
		var a, b [][]byte
		for payload, ok := whole.Next(); ok; payload, ok = whole.Next() {
			a = append(a, bytes.Clone(payload))
		}
		for _, c := range stream {
			single.Feed([]byte{c})
			for payload, ok := single.Next(); ok; payload, ok = single.Next() {
				b = append(b, bytes.Clone(payload))
			}
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("%d frames at once, %d byte by byte", len(a), len(b))
		}
		if _, _, err := ParseDatagram(stream); err == nil && len(a) == 0 && len(stream) <= MaxPayload {
			t.Fatal("a datagram's frame is not found in a stream")
		}
	})
}

// FuzzPack: packing and unpacking words gives the words back.
func FuzzPack(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8})
	f.Add(bytes.Repeat([]byte{1, 0, 2, 3, 4, 5, 6, 7}, 300))
	f.Fuzz(func(t *testing.T, data []byte) {
		words := data[:min(len(data), maxUnpacked)&^7]
		got, err := unpack(nil, pack(nil, words))
		if err != nil || !bytes.Equal(got, words) {
			t.Fatalf("%x came back as %x, %v", words, got, err)
		}
	})
}
