package kernel

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
)

// CaptureProcess sends everything that the process prints to the cell that runs, also what compiled Go packages and
// libraries in C write to file descriptors 1 and 2, until Close. It returns the files of before, for the host's own words; the
// text of a crash goes to the second, because it would vanish with the session.
func (s *Session) CaptureProcess() (stdout, stderr *os.File, err error) {
	stdout, err = duplicate(os.Stdout)
	if err != nil {
		return nil, nil, fmt.Errorf("kernel: %w", err)
	}
	stderr, err = duplicate(os.Stderr)
	if err != nil {
		return nil, nil, fmt.Errorf("kernel: %w", err)
	}
	err = errors.Join(
		debug.SetCrashOutput(stderr, debug.CrashOptions{}),
		redirect(os.Stdout, s.capture.stdout), redirect(os.Stderr, s.capture.stderr),
	)
	if err != nil {
		return nil, nil, fmt.Errorf("kernel: %w", err)
	}
	s.capture.restore = func() {
		// What fails here leaves the descriptors with the pipes, whose readers end with the process.
		_ = redirect(os.Stdout, stdout)
		_ = redirect(os.Stderr, stderr)
	}
	return stdout, stderr, nil
}
