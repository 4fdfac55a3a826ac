package term

import (
	"bufio"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pty opens a pseudoterminal: what is written to one end is read from the other.
func pty(t *testing.T) (controller, terminal *os.File) {
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
	t.Cleanup(func() { terminal.Close() })
	return controller, terminal
}

// A terminal that answers is understood, and what the user types after the answer is left for others.
func TestAsk(t *testing.T) {
	for reply, want := range map[string]bool{"\x1b[?62;4;22c": true, "\x1b[?62;22c": false} {
		controller, terminal := pty(t)
		asked := make(chan string, 1)
		go func() {
			request, _ := bufio.NewReader(controller).ReadString('c')
			asked <- request
			controller.WriteString(reply + "x\n")
		}()
		if got := ask(int(terminal.Fd()), terminal, 5*time.Second); got != want {
			t.Errorf("%q: %v, want %v", reply, got, want)
		}
		if request := <-asked; request != "\x1b[c" {
			t.Errorf("asked %q", request)
		}
		if line, err := bufio.NewReader(terminal).ReadString('\n'); line != "x\n" || err != nil {
			t.Errorf("left %q, %v", line, err)
		}
	}
}

// A terminal that is silent costs the limit, and nothing more.
func TestAskSilent(t *testing.T) {
	controller, terminal := pty(t)
	if ask(int(terminal.Fd()), terminal, 10*time.Millisecond) {
		t.Error("silence is not an answer")
	}
	controller.WriteString("typed\n")
	if line, err := bufio.NewReader(terminal).ReadString('\n'); line != "typed\n" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
}

// With the size of characters known, pictures have a place in characters.
func TestCellSize(t *testing.T) {
	_, terminal := pty(t)
	if w, h := CellSize(terminal.Fd()); w != 0 || h != 0 {
		t.Errorf("%d by %d before it is set", w, h)
	}
	if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 30, Col: 80, Xpixel: 800, Ypixel: 600}); err != nil {
		t.Fatal(err)
	}
	if w, h := CellSize(terminal.Fd()); w != 10 || h != 20 {
		t.Errorf("%d by %d, want 10 by 20", w, h)
	}
	for _, test := range []struct{ w, h, cols, rows int }{{100, 50, 10, 3}, {1600, 400, 80, 10}, {10, 1600, 5, 40}} {
		got := plan(terminal, random(test.w, test.h, 2), Kitty, 80)
		if test.h <= 800 && (got.cols != test.cols || got.rows != test.rows) {
			t.Errorf("%d by %d pixels take %+v, want %d by %d", test.w, test.h, got, test.cols, test.rows)
		}
		if got.w > 800 || got.h > 800 {
			t.Errorf("%+v is larger than the terminal", got)
		}
	}
}
