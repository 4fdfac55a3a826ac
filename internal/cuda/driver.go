package cuda

import "sync"

var (
	driverMu sync.Mutex
	driver   = system
)

// Current is the driver that Devices and Open go to.
func Current() Driver {
	driverMu.Lock()
	defer driverMu.Unlock()
	return driver
}

// Use makes Devices and Open go to d until restore is called. It is for tests.
func Use(d Driver) (restore func()) {
	driverMu.Lock()
	defer driverMu.Unlock()
	before := driver
	driver = d
	return func() {
		driverMu.Lock()
		defer driverMu.Unlock()
		driver = before
	}
}
