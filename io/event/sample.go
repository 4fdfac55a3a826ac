package event

import (
	"bytes"
	"embed"
	"fmt"
	"net/url"
	"strings"
)

var _ = registerSource("sample", "a small recording in the program itself; sample:bars, which an empty address is too", openSample)

// The recordings are made by the simulated camera; sample_test.go says from which addresses.
//
//go:generate go test -run ^TestSamples$ -update .
//go:embed sample/*.raw.zst
var sampleFiles embed.FS

const (
	sampleDefault = "bars"
	sampleSuffix  = ".raw.zst"
)

func openSample(u *url.URL, o *options) (Source, error) {
	name := u.Opaque
	if name == "" {
		name = sampleDefault
	}
	data, err := sampleFiles.ReadFile("sample/" + name + sampleSuffix)
	if err != nil || u.RawQuery+u.Host+u.Path != "" {
		return nil, fmt.Errorf("event: %s: no recording is called %s; known are %s", u, strings.TrimPrefix(u.String(), "sample:"), sampleNames())
	}
	return openReader(bytes.NewReader(data), "sample:"+name+sampleSuffix, o, func() error { return nil })
}

func sampleNames() string {
	entries, err := sampleFiles.ReadDir("sample")
	if err != nil {
		panic(err) // the folder is in the program
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), sampleSuffix))
	}
	return strings.Join(names, ", ")
}
