//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
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
