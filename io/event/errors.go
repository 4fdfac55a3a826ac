package event

import (
	"errors"
	"fmt"
)

var (
	// ErrFormat is wrapped by every error about content that is not what it should be.
	ErrFormat = errors.New("bad format")
	// ErrTruncated is wrapped by the error after the last whole event of a recording that breaks off.
	ErrTruncated = errors.New("truncated")
	// ErrClosed is returned by a stream after Close.
	ErrClosed = errors.New("event: stream is closed")
)

// FormatError says what is wrong with a recording, and where. It wraps ErrFormat, and ErrTruncated when the recording
// breaks off.
type FormatError struct {
	File    string
	Offset  int64 // in bytes from the start of the (decompressed) file; -1 when it has no place
	Problem string
	Err     error // the cause, or nil
}

// Error is "event: FILE: offset N: problem".
func (e *FormatError) Error() string {
	s := "event: " + e.File
	if e.Offset >= 0 {
		s += fmt.Sprintf(": offset %d", e.Offset)
	}
	s += ": " + e.Problem
	if e.Err != nil && !errors.Is(e.Err, ErrTruncated) {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap is ErrFormat and the cause.
func (e *FormatError) Unwrap() []error {
	if e.Err == nil {
		return []error{ErrFormat}
	}
	return []error{ErrFormat, e.Err}
}

// badAt is a decoder's error, offset counted from the start of what it was given.
func badAt(offset int, format string, args ...any) *FormatError {
	return &FormatError{Offset: int64(offset), Problem: fmt.Sprintf(format, args...)}
}

func truncatedAt(offset int, format string, args ...any) *FormatError {
	e := badAt(offset, format, args...)
	e.Err = ErrTruncated
	return e
}
