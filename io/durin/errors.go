package durin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"
)

// Errors that callers test with errors.Is.
var (
	errBusy   = errors.New("the robot is busy: another program is connected to it")
	errGone   = errors.New("the robot is gone or out of reach; its wheels were told to stop")
	errStale  = errors.New("time-of-flight data is too old to drive by; the wheels stand still")
	errClosed = errors.New("the robot is closed")
)

// IsBusy reports whether Dial failed because another program is connected to the robot.
func IsBusy(err error) bool { return errors.Is(err, errBusy) }

// IsGone reports whether the robot stopped answering.
func IsGone(err error) bool { return errors.Is(err, errGone) }

// IsStale reports whether the wheels were stopped because the data was too old.
func IsStale(err error) bool { return errors.Is(err, errStale) }

const trySim = `to go on without a robot, dial "sim:arena"`

// explain says in one line why a robot could not be reached and what to do next.
func explain(address string, err error, waited time.Duration) error {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("durin: dial %s: interrupted: %w", address, err)
	case errors.Is(err, errBusy):
		return fmt.Errorf("durin: dial %s: connected, but no answer within %v: %w; close that one first, or %s", address, waited, err, trySim)
	case errors.As(err, &dns):
		return fmt.Errorf("durin: dial %s: host not found: is this computer on the robot's Wi-Fi? %s: %w", address, trySim, err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("durin: dial %s: nothing listens there: is it a Durin, and switched on? %s: %w", address, trySim, err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("durin: dial %s: no answer within %v: is the robot switched on, and this computer on its Wi-Fi? %s: %w", address, waited, trySim, err)
	}
	return fmt.Errorf("durin: dial %s: %w; %s", address, err, trySim)
}

// hasScheme reports whether an address starts with a scheme.
func hasScheme(address, scheme string) bool { return strings.HasPrefix(address, scheme+":") }
