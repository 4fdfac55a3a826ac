//go:build !(linux && (amd64 || arm64 || riscv64 || loong64))

package dvs

import "errors"

var errNoUSB = errors.New("dvs: cameras on USB are read on 64-bit Linux only; udp: and dv: addresses work here, and Start takes a Device")

func list() ([]found, error) { return nil, errNoUSB }

func openDevice(string, uint8) (Device, error) { return nil, errNoUSB }
