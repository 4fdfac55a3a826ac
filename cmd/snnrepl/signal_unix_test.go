//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary be snnrepl, for the tests that need a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("LIVESPIKE_TEST_AS_COMMAND") == "1" {
		main()
	}
	os.Exit(m.Run())
}

// TestSignals stops a script in a loop: it ends with status 1 and says where it was.
func TestSignals(t *testing.T) {
	if racing {
		t.Skip("yaegi's ExecuteWithContext writes its results twice when cancelled")
	}
	file := script(t, "// %%\nfmt.Println(\"ready\")\nfor {\n}\n// %%\nfmt.Println(\"later\")\n")
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			c := exec.CommandContext(t.Context(), os.Args[0], "run", file)
			c.Env = append(os.Environ(), "LIVESPIKE_TEST_AS_COMMAND=1")
			var errs bytes.Buffer
			c.Stderr = &errs
			out, err := c.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			kill := time.AfterFunc(20*time.Second, func() { c.Process.Kill() })
			defer kill.Stop()
			lines := bufio.NewReader(out)
			if line, err := lines.ReadString('\n'); line != "ready\n" {
				t.Fatalf("printed %q, %v", line, err)
			}
			if err := c.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			rest, err := io.ReadAll(lines)
			if err != nil || len(rest) > 0 {
				t.Errorf("printed %q, %v", rest, err)
			}
			c.Wait()
			if c.ProcessState.ExitCode() != failed || !strings.HasPrefix(errs.String(), "In[1]:") || !strings.Contains(errs.String(), "interrupted") {
				t.Errorf("%v, error %q", c.ProcessState, errs.String())
			}
		})
	}
}

// TestRecordingInterrupted: a signal in the middle of a recording leaves neither half of it under its name nor the file in
// which it was made, and what comes from standard input is kept, because it may have no other end.
func TestRecordingInterrupted(t *testing.T) {
	data, err := os.ReadFile(recordings + "dat_wrap.dat")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		command, in string
		signal      os.Signal
		kept        bool
	}{
		{"convert", "fifo", os.Interrupt, false},
		{"convert", "fifo", syscall.SIGTERM, false},
		{"filter", "fifo", os.Interrupt, false},
		{"render", "fifo", os.Interrupt, false},
		{"render", "fifo", syscall.SIGTERM, false},
		{"filter", "-", syscall.SIGTERM, true},
		{"convert", "-", os.Interrupt, true},
	} {
		t.Run(c.command+" "+c.in, func(t *testing.T) {
			dir := t.TempDir()
			if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600); err != nil {
				t.Fatal(err)
			}
			out := "out.csv"
			if c.command == "render" {
				out = "out.gif"
			}
			p := exec.CommandContext(t.Context(), os.Args[0], "events", c.command, c.in, out, "--size", "1280x720")
			p.Dir, p.Env = dir, append(os.Environ(), "LIVESPIKE_TEST_AS_COMMAND=1")
			var errs bytes.Buffer
			p.Stderr = &errs
			pipe, err := os.OpenFile(filepath.Join(dir, "fifo"), os.O_RDWR, 0) // so that it has no end
			if err != nil {
				t.Fatal(err)
			}
			defer pipe.Close()
			p.Stdin = pipe
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := pipe.Write(data); err != nil {
				t.Fatal(err)
			}
			names := func() string {
				var names []string
				entries, _ := os.ReadDir(dir)
				for _, e := range entries {
					names = append(names, e.Name())
				}
				return strings.Join(names, " ")
			}
			for !strings.Contains(names(), ".tmp") { // it has begun
				if t.Context().Err() != nil {
					t.Fatal("nothing is written")
				}
				runtime.Gosched()
			}
			if err := p.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			status := p.Wait()
			want, is := "fifo", names()
			if c.kept {
				want = "fifo " + out
			}
			if is != want || (status == nil) != c.kept || strings.Contains(errs.String(), "interrupted; "+out+" was not written") == c.kept {
				t.Errorf("files %s, want %s; %v; %s", is, want, status, errs.String())
			}
		})
	}
}
