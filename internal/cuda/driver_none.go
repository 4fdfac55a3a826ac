//go:build !(cuda && cgo && linux)

package cuda

// system is the driver of a build without CUDA; driver_cu.go has the other.
var system Driver = unbuilt{}

type unbuilt struct{}

func (unbuilt) Devices() ([]Info, error)   { return nil, ErrBuild }
func (unbuilt) Open(i int) (Device, error) { return nil, ErrBuild }
