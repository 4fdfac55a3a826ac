package display

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/livespike/livespike/plot/term"
)

// pty opens a pseudoterminal of 40 columns and 20 rows. all reads what was written to it, and takes away the carriage
// returns that it adds.
func pty(t *testing.T) (terminal *os.File, all func() string) {
	t.Helper()
	controller, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudoterminals here: %v", err)
	}
	t.Cleanup(func() { controller.Close() })
	n, err := unix.IoctlGetInt(int(controller.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(controller.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	size := unix.Winsize{Row: 20, Col: 40, Xpixel: 400, Ypixel: 400}
	if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &size); err != nil {
		t.Fatal(err)
	}
	read := make(chan string)
	go func() {
		text, _ := io.ReadAll(controller) // ends with an error when the terminal is closed
		read <- string(text)
	}()
	return terminal, func() string {
		terminal.Close()
		return strings.ReplaceAll(<-read, "\r\n", "\n")
	}
}

// A display, its update in place, another display, and an update of the first, which is shown again below.
func TestTerminal(t *testing.T) {
	t.Setenv("LIVESPIKE_GRAPHICS", "blocks")
	out, all := pty(t)
	sink, ok := Terminal(out)
	if !ok {
		t.Fatal("a terminal that can draw is not used")
	}
	restore := SetSink(sink)
	first := Show(1)
	first.Update("two\nlines")
	first.Update(strings.Repeat("w", 41)) // takes two lines of 40 columns
	first.Update(3)
	Show(4)
	first.Update(5)
	Clear(false)
	Show(6)
	Clear(true)
	Show(7)
	restore()
	const up1, up2 = "\x1b[1A\r\x1b[J", "\x1b[2A\r\x1b[J"
	want := "1\n" + up1 + "two\nlines\n" + up2 + strings.Repeat("w", 41) + "\n" + up2 + "3\n" + "4\n" + "5\n" + up1 + "6\n" + up1 + "7\n"
	if got := all(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A picture has its text below it, and both are replaced.
func TestTerminalPicture(t *testing.T) {
	t.Setenv("LIVESPIKE_GRAPHICS", "blocks")
	out, all := pty(t)
	sink, _ := Terminal(out)
	restore := SetSink(sink)
	h := Show(square(4))
	h.Update(square(6))
	restore()
	picture := func(n int) string {
		var b strings.Builder
		if err := term.Write(&b, square(n), term.Blocks, 39); err != nil {
			t.Fatal(err)
		}
		return b.String() + fmt.Sprintf("image %d×%d\n", n, n)
	}
	if got, want := all(), picture(4)+"\x1b[3A\r\x1b[J"+picture(6); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A picture with two pixels a CSS pixel is made smaller where characters are 10 pixels wide.
func TestTerminalDensity(t *testing.T) {
	t.Setenv("LIVESPIKE_GRAPHICS", "sixel")
	out, all := pty(t)
	sink, _ := Terminal(out)
	b, _ := BundleOf(square(60))
	b.Metadata = map[string]any{"image/png": map[string]int{"width": 30, "height": 30}}
	if err := sink.Display(b, "x"); err != nil {
		t.Fatal(err)
	}
	if got := all(); !strings.Contains(got, `"1;1;30;30`) {
		t.Errorf("begins %.60q", got)
	}
}
