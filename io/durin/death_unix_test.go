//go:build unix

package durin

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/sim"
)

// driveForever is the name of the variable that makes this test's program drive the robot at its value until it is
// killed.
const driveForever = "DURIN_TEST_DRIVE"

func TestMain(m *testing.M) {
	if addr := os.Getenv(driveForever); addr != "" {
		r := MustDial(addr)
		for {
			r.Next()
			r.Send(MoveWheels{NE: 200, NW: 200, SW: 200, SE: 200})
		}
	}
	os.Exit(m.Run())
}

// TestDeathStops kills a driving program. SIGINT and SIGTERM send zeros before it ends; after SIGKILL the robot's own
// watchdog stops the wheels within 1.5 s of the last frame (durin.md sections 8 and 14).
func TestDeathStops(t *testing.T) {
	for _, how := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(how.String(), func(t *testing.T) {
			server := serve(t, "empty?speed=1")
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), driveForever+"="+server.Addr())
			child.Stderr = os.Stderr
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			wait(t, "motion", func() bool { return moving(server) })
			if err := child.Process.Signal(how); err != nil {
				t.Fatal(err)
			}
			var exit *exec.ExitError
			if err := child.Wait(); !errors.As(err, &exit) {
				t.Fatalf("ended with %v", err)
			}
			if status := exit.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != how {
				t.Errorf("ended with %v, want %v", exit, how)
			}
			wait(t, "the end of the connection", func() bool { return !server.Connected() })
			server.SetSpeed(0) // from here on time is what this test says
			server.Do(func(r *sim.Robot) {
				if stopped := r.Commanded() == [4]float64{}; stopped != (how != syscall.SIGKILL) {
					t.Errorf("left with wheels at %v", r.Commanded())
				}
				r.Step(1600 * time.Millisecond)
				if v := r.Commanded(); v != [4]float64{} {
					t.Errorf("the watchdog has left the wheels at %v", v)
				}
				r.Step(200 * time.Millisecond) // the motors' own lag
				if r.Moving() {
					t.Errorf("still moving: %v", r.Wheels())
				}
			})
		})
	}
}

func moving(s *sim.Server) (yes bool) {
	s.Do(func(r *sim.Robot) { yes = r.Moving() })
	return yes
}
