//go:build unix

package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestEventsPipe sends recordings over UDP to a second command, equal event for event: those of testdata, and a real one,
// whose times are Unix's, where LIVESPIKE_DATA has it.
func TestEventsPipe(t *testing.T) {
	files := []string{recordings + "evt3_starts_high.raw", recordings + "aedat4_lz4_table.aedat4", recordings + "evt2_loop.raw"}
	if data := os.Getenv("LIVESPIKE_DATA"); data != "" {
		files = append(files, filepath.Join(data, "real", "sample.aedat4"), filepath.Join(data, "real", "evt3_sample.raw"))
	} else {
		t.Log("LIVESPIKE_DATA is not set: only recordings of testdata are sent")
	}
	for _, original := range files {
		address, place := "udp://"+freeUDP(t)+"?layout=t64_x16_y16_on8", filepath.Join(t.TempDir(), "a.aedat4")
		done := make(chan string, 1)
		go func() {
			c := exec.CommandContext(t.Context(), os.Args[0], "events", "recv", "--size", "1280x720", address+"&timeout=1s", place)
			c.Env = append(os.Environ(), "LIVESPIKE_TEST_AS_COMMAND=1")
			said, err := c.CombinedOutput()
			done <- fmt.Sprintf("%v %s", err, said)
		}()
		listens(t, address, done)
		if status, out, err := snnrepl("", "events", "send", "--fast", original, address); status != 0 || !strings.Contains(err, " events written to "+address) {
			t.Errorf("send: status %d, %s%s", status, out, err)
		}
		if got := <-done; !strings.HasPrefix(got, "<nil> ") || strings.Contains(got, "lost") {
			t.Fatalf("recv: %s", got)
		}
		if got, want := digestOf(t, place), digestOf(t, original); got != want {
			t.Errorf("%s: digest %s, want %s", original, got, want)
		}
	}
}

// listens waits until an address is somebody's, or ended says that nobody will come. The system tells the sender of a
// datagram that nobody took the one before; an empty one is no event.
func listens(t *testing.T, address string, ended <-chan string) {
	t.Helper()
	host, _, _ := strings.Cut(strings.TrimPrefix(address, "udp://"), "?")
	conn, err := net.Dial("udp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for taken := 0; taken < 2; taken++ {
		if _, err := conn.Write(nil); err != nil {
			taken = -1
		}
		select {
		case why := <-ended:
			t.Fatalf("recv: %s", why)
		default:
			runtime.Gosched()
		}
	}
}
