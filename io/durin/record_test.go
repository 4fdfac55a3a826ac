package durin

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// drive30 drives the talk's loop and returns what it saw and told the robot.
func drive30(r *Robot, frames int) (seen []Obs, told []Command) {
	var b brain
	for range frames {
		obs := r.Next()
		r.Send(b.step(obs.ToF[1][3][3], obs.ToF[6][3][3]))
		seen, told = append(seen, obs), append(told, r.Last())
	}
	return seen, told
}

// sameObs compares observations without their times of day.
func sameObs(a, b Obs, from, to *Robot) bool {
	for id := range a.ToFAt {
		if a.ToFAt[id].Sub(from.epoch) != b.ToFAt[id].Sub(to.epoch) {
			return false
		}
	}
	text := func(o Obs) string {
		return fmt.Sprint(o.ToF, o.Status, o.Seq, o.Res, o.IMU, o.Battery, o.Position, o.UWB)
	}
	return text(a) == text(b)
}

// TestReplay: a replayed robot shows the same, at the same times, so that the same program tells it the same.
func TestReplay(t *testing.T) {
	name := filepath.Join(t.TempDir(), "run.dur")
	r := MustDial("sim:arena?seed=1&loss=0.1&flip=0.05&dead=3", Record(name))
	seen, told := drive30(r, 30)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name + ".part"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the part is left: %v", err)
	}
	for range 2 {
		again := MustDial("replay:" + name)
		if again.Order() != r.Order() || !strings.Contains(again.String(), "a recording of sim:arena?seed=1") {
			t.Errorf("%v", again)
		}
		seen2, told2 := drive30(again, 30)
		for i := range seen {
			if !sameObs(seen[i], seen2[i], r, again) || told[i] != told2[i] {
				t.Fatalf("frame %d: %v %v, recorded %v %v", i, seen2[i], told2[i], seen[i], told[i])
			}
		}
		if got := again.Recorded(); got != told[28] { // the last was told after the last frame
			t.Errorf("recorded %v, told %v", got, told[28])
		}
		if _, err := again.NextContext(t.Context()); !IsEnded(err) {
			t.Errorf("after the end: %v", err)
		}
		if d := again.Track(); len(d.Samples) != 30 || d.Distance == 0 {
			t.Errorf("%v", d)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}
	var out bytes.Buffer
	if err := RecordingCSV(name, &out); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 31 || len(rows[0]) != 18+512 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	column := 18 + 1*64 + 3*8 + 3
	for i, obs := range seen {
		want := ""
		if obs.Valid(1, 3, 3) {
			want = strconv.Itoa(int(obs.ToF[1][3][3]))
		}
		if rows[0][column] != "tof1_3_3" || rows[i+1][column] != want {
			t.Fatalf("row %d: %s is %q, want %q", i, rows[0][column], rows[i+1][column], want)
		}
	}
}

// TestReplayWallClock: a recording of a robot with a clock of its own has its frames.
func TestReplayWallClock(t *testing.T) {
	name := filepath.Join(t.TempDir(), "run.dur")
	r := MustDial("sim:arena?seed=1&speed=4", Record(name))
	seen, _ := drive30(r, 10)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	again := MustDial("replay:" + name)
	defer again.Close()
	for i := 0; i < len(seen); {
		obs := again.Next()
		if obs.Seq == seen[i].Seq {
			if fmt.Sprint(obs.ToF) != fmt.Sprint(seen[i].ToF) {
				t.Errorf("frame %d differs", obs.Seq)
			}
			i++
		}
	}
}

// TestBrokenRecordings: one line that names the file and the place, after the frames before it.
func TestBrokenRecordings(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "run.dur")
	r := MustDial("sim:arena?seed=1", Record(name))
	drive30(r, 5)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	write := func(b []byte) string {
		broken := filepath.Join(dir, "broken.dur")
		if err := os.WriteFile(broken, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return broken
	}
	if _, err := Dial("replay:" + filepath.Join(dir, "none.dur")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if _, err := Dial("replay:" + write([]byte("{}\n"))); err == nil || !strings.Contains(err.Error(), "broken.dur: offset 0: not a recording") {
		t.Errorf("%v", err)
	}
	head := bytes.IndexByte(whole, '\n') + 1
	for cut := head; cut < len(whole); cut += 1 + len(whole)/200 {
		again, err := Dial("replay:" + write(whole[:cut]))
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = again.NextContext(t.Context())
		}
		if text := err.Error(); !IsEnded(err) && !strings.Contains(text, "broken.dur: offset ") || strings.Contains(text, "\n") {
			t.Errorf("cut at %d: %v", cut, err)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := Dial("sim:arena", Record(filepath.Join(dir, "no", "run.dur"))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// FuzzReplay: whatever a file holds, replaying it ends, with an error.
func FuzzReplay(f *testing.F) {
	name := filepath.Join(f.TempDir(), "run.dur")
	r := MustDial("sim:arena?seed=1", Record(name))
	drive30(r, 2)
	if err := r.Close(); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:200])
	f.Fuzz(func(t *testing.T, data []byte) {
		file := filepath.Join(t.TempDir(), "fuzz.dur")
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		again, err := Dial("replay:" + file)
		if err != nil {
			return
		}
		for err == nil {
			_, err = again.NextContext(t.Context())
		}
	})
}
