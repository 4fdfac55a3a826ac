//go:build !(cuda && cgo && linux)

package cuda

import (
	"errors"
	"testing"
)

func TestWithoutTheTag(t *testing.T) {
	defer Use(unbuilt{})()
	for name, err := range map[string]error{"Open": second(Open(0)), "Devices": second(Devices())} {
		if !errors.Is(err, ErrBuild) || !errors.Is(err, ErrNoCUDA) {
			t.Errorf("%s without the tag: %v", name, err)
		}
	}
}
