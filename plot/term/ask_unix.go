//go:build unix

package term

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// asksixel asks a terminal for its primary device attributes. It reads only what has come, so nothing stays behind that
// could take a later key stroke.
func asksixel(in, out *os.File) bool {
	fd := int(in.Fd())
	return term.IsTerminal(fd) && foreground(fd) && ask(fd, out, time.Second)
}

// ask sends the request and waits for the reply, for so long.
func ask(fd int, out *os.File, limit time.Duration) bool {
	before, err := term.MakeRaw(fd)
	if err != nil {
		return false
	}
	defer term.Restore(fd, before)
	if _, err := out.WriteString("\x1b[c"); err != nil {
		return false
	}
	var reply strings.Builder
	var b [1]byte
	for end := time.Now().Add(limit); reply.Len() < 256; {
		if !readable(fd, time.Until(end)) {
			return false
		}
		if n, err := unix.Read(fd, b[:]); n < 1 || err != nil {
			return false
		}
		reply.WriteByte(b[0])
		if b[0] == 'c' && strings.Contains(reply.String(), "\x1b[?") {
			return sixelIn(reply.String())
		}
	}
	return false
}

// foreground reports whether the terminal is ours: a background job that changes it would be stopped.
func foreground(fd int) bool {
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// readable waits for input. It is select and not poll, which does not know terminals on macOS.
func readable(fd int, limit time.Duration) bool {
	for end := time.Now().Add(limit); limit > 0; limit = time.Until(end) {
		var set unix.FdSet
		set.Set(fd)
		wait := unix.NsecToTimeval(limit.Nanoseconds())
		n, err := unix.Select(fd+1, &set, nil, nil, &wait)
		if err != unix.EINTR {
			return err == nil && n == 1
		}
	}
	return false
}

// CellSize is the size of a character in pixels of the terminal at a file descriptor, or zeros if it does not say.
func CellSize(fd uintptr) (w, h int) {
	s, err := unix.IoctlGetWinsize(int(fd), unix.TIOCGWINSZ)
	if err != nil || s.Col == 0 || s.Row == 0 {
		return 0, 0
	}
	return int(s.Xpixel / s.Col), int(s.Ypixel / s.Row)
}
