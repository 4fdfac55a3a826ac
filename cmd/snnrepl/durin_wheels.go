package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/livespike/livespike/io/durin"
)

const (
	turnSpeed = 120 // mm/s, that a wheel is told
	turnTime  = 700 * time.Millisecond
	turnPause = 50 * time.Millisecond // between two commands
)

// turned is the answer about a wheel that was told to turn forward.
type turned struct {
	wheel    int // which did; -1 is none
	backward bool
}

// wheelNames are the wheels, by the short names of MoveWheels.
var wheelNames = [...]struct{ short, long string }{{"ne", "front right"}, {"nw", "front left"}, {"sw", "back left"}, {"se", "back right"}}

// only is a command to one wheel.
func only(wheel int) durin.MoveWheels {
	var v [4]float32
	v[wheel] = turnSpeed
	return durin.MoveWheels{NE: v[0], NW: v[1], SW: v[2], SE: v[3]}
}

// askWheels turns the wheels of a robot, for a time each, asks which way they turn, and says what has to stand behind the
// robot's address.
func askWheels(ctx context.Context, s streams, address string, long time.Duration) error {
	host, _, _ := strings.Cut(address, "?")
	if strings.HasPrefix(address, "sim:") {
		host = address
	}
	robot, err := durin.DialContext(ctx, host, durin.Blind(), durin.NoSignals())
	if err != nil {
		return err
	}
	defer robot.Close()
	robot.Obs() // a simulated one follows the clock from now on
	w := wheelTest{ctx, s, robot, long, lines(s)}
	if _, err := w.ask("Lift the robot so that its wheels turn freely, and press its motor button. Enter goes on: "); err != nil {
		return err
	}
	var answers [4]turned
	for wheel := range answers {
		if answers[wheel], err = w.wheel(wheel); err != nil {
			return err
		}
	}
	settings, err := wheelSettings(answers)
	if err != nil {
		return err
	}
	for _, axis := range []struct {
		move           durin.Move
		wheel, setting string
	}{
		{durin.Move{X: turnSpeed}, "front left", "invertx=1"}, // to the right
		{durin.Move{Rot: 60}, "front right", "invertrot=1"},   // counter-clockwise
	} {
		backward, err := w.axis(axis.move, axis.wheel)
		if err != nil {
			return err
		}
		if backward {
			settings += "&" + axis.setting
		}
	}
	return written(fmt.Fprintf(s.out, "Dial %s?%s\n", host, settings))
}

// wheelSettings says what the answers about the four wheels mean.
func wheelSettings(answers [4]turned) (string, error) {
	inPlace := true
	var still []string
	var backward [4]bool
	for wheel, a := range answers {
		inPlace = inPlace && a.wheel == wheel
		if a.wheel < 0 {
			still = append(still, wheelNames[wheel].long)
		}
		backward[wheel] = a.backward
	}
	switch {
	case len(still) == len(answers):
		return "", errors.New("no wheel has turned: was the motor button pressed?")
	case len(still) > 0:
		return "", fmt.Errorf("nothing has turned for %s: is the wheel blocked, or its motor not connected?", strings.Join(still, ", "))
	case inPlace && backward == [4]bool{}:
		return "wheels=schema", nil
	case inPlace && backward == [4]bool{false, true, true, false}: // the left ones
		return "wheels=raw", nil
	}
	return "wheels=viamove", nil // which takes no wheel by its name
}

type wheelTest struct {
	ctx   context.Context
	s     streams
	robot *durin.Robot
	long  time.Duration
	lines <-chan string
}

// lines are those of standard input, read elsewhere: an interrupt must not wait for one.
func lines(s streams) <-chan string {
	c := make(chan string)
	go func() {
		defer close(c)
		for scanner := bufio.NewScanner(s.in); scanner.Scan(); {
			c <- scanner.Text()
		}
	}()
	return c
}

func (w *wheelTest) ask(question string) (string, error) {
	if err := written(fmt.Fprint(w.s.out, question)); err != nil {
		return "", err
	}
	select {
	case answer, ok := <-w.lines:
		if !ok {
			return "", errors.New("standard input ended before the last answer")
		}
		return strings.ToLower(strings.TrimSpace(answer)), nil
	case <-w.ctx.Done():
		return "", w.ctx.Err()
	}
}

// turn sends a command for a while and stops.
func (w *wheelTest) turn(c durin.Command) error {
	defer w.robot.Send(durin.Stop{})
	for end := time.Now().Add(w.long); time.Now().Before(end); {
		w.robot.Send(c)
		select {
		case <-time.After(turnPause):
		case <-w.ctx.Done():
			return w.ctx.Err()
		}
	}
	return w.robot.Err()
}

// wheel turns one wheel forward and asks what happened.
func (w *wheelTest) wheel(wheel int) (turned, error) {
	for {
		if err := w.turn(only(wheel)); err != nil {
			return turned{}, err
		}
		answer, err := w.ask(fmt.Sprintf("The %s wheel, forward? Enter: yes; -: backward; ne, nw, sw or se: another one, with - behind it backward; 0: none; r: again. ", wheelNames[wheel].long))
		if err != nil {
			return turned{}, err
		}
		if a, ok := parseTurned(answer, wheel); ok {
			return a, nil
		}
	}
}

// parseTurned reads an answer about a wheel; ok is false where it has to be asked again.
func parseTurned(answer string, wheel int) (a turned, ok bool) {
	if answer == "0" {
		return turned{wheel: -1}, true
	}
	name, backward := strings.CutSuffix(answer, "-")
	if name == "" {
		return turned{wheel, backward}, true
	}
	for i, n := range wheelNames {
		if n.short == name {
			return turned{i, backward}, true
		}
	}
	return turned{}, false
}

// axis moves the body and asks whether a wheel that must turn forward does not.
func (w *wheelTest) axis(m durin.Move, wheel string) (backward bool, err error) {
	for {
		if err := w.turn(m); err != nil {
			return false, err
		}
		answer, err := w.ask(fmt.Sprintf("%v: does the %s wheel turn forward? Enter: yes; -: backward; r: again. ", m, wheel))
		if err != nil || answer == "" || answer == "-" {
			return answer == "-", err
		}
	}
}
