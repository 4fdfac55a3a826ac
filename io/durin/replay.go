package durin

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// replay is a robot of a file: its Next goes to the next frame of the recording.
type replay struct {
	recording *recording
	at        time.Duration
	told      motion // what the robot was told then
	decoder   wire.Decoder
}

// dialReplay opens a recording as a robot.
func dialReplay(address string, opts []Option) (*Robot, error) {
	r := &Robot{address: address, settings: applied(opts)}
	p, err := openRecording(address[len("replay:"):])
	if err != nil {
		return nil, fmt.Errorf("durin: dial %s: %w", address, err)
	}
	r.settings.order = p.head.Order
	r.replay = &replay{recording: p, told: motion{byWheels: true}}
	r.lockstep = true
	r.prepare(p.head.Began)
	return r, nil
}

// advanceReplay goes through the recording to the end of its next frame. It is called with the lock held.
func (r *Robot) advanceReplay(ctx context.Context) error {
	p := r.replay
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec, err := p.recording.next()
		if errors.Is(err, io.EOF) {
			return errEnded
		}
		if err != nil {
			return err
		}
		p.at = rec.at
		r.moment.Time = rec.at
		switch rec.kind {
		case recTelemetry:
			r.takeDatagram(rec.bytes, &p.decoder)
		case recFrame:
			if p.recording.head.Steps {
				r.stampFrame()
			}
			r.endCycle()
			return nil
		case recSent:
			p.sent(rec.bytes)
			r.track.moved(rec.at, &p.told, r.settings.profile)
		}
	}
}

// sent takes notice of a frame that went to the robot.
func (p *replay) sent(frame []byte) {
	payload, _, err := wire.ParseDatagram(frame)
	if err != nil {
		return // it went to the robot as it is
	}
	m, err := p.decoder.Decode(payload)
	if err != nil {
		return
	}
	switch m := m.(type) {
	case *wire.SetWheelVelocity:
		p.told = motion{byWheels: true, wheels: *m}
	case *wire.SetRobotVelocity:
		p.told = motion{body: *m}
	}
}

// Recorded is the motion that a replayed robot was told when it was recorded; of other robots it is Last.
func (r *Robot) Recorded() Command {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.replay == nil {
		return r.commandOf(r.present)
	}
	return r.commandOf(r.replay.told)
}

// RecordingCSV writes a recording as CSV: a row for each time-of-flight frame, with the time in s, the motion that the
// robot was told last (wheels in mm/s, or a robot velocity in mm/s and °/s), what the other sensors said last in the
// units of Obs, and the distance in mm of each zone, empty where it is no measurement.
func RecordingCSV(name string, w io.Writer) error {
	r, err := dialReplay("replay:"+name, nil)
	if err != nil {
		return err
	}
	defer r.Close()
	out := csv.NewWriter(w)
	row := []string{"t", "fl", "fr", "bl", "br", "x", "y", "rot", "acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z", "battery_mv", "pos_x", "pos_y", "pos_z"}
	for id := range 8 {
		for zone := range 64 {
			row = append(row, fmt.Sprintf("tof%d_%d_%d", id, zone/8, zone%8))
		}
	}
	number := func(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }
	for {
		if err := out.Write(row); err != nil {
			return fmt.Errorf("durin: %s: %w", name, err)
		}
		obs, err := r.NextContext(context.Background())
		if err != nil {
			out.Flush()
			if IsEnded(err) {
				err = out.Error()
			}
			return err
		}
		row = append(row[:0], strconv.FormatFloat(r.Time().Seconds(), 'f', 6, 64))
		switch m := r.Recorded().(type) {
		case MoveWheels:
			row = append(row, number(m.NW), number(m.NE), number(m.SW), number(m.SE), "", "", "")
		case Move:
			row = append(row, "", "", "", "", number(m.X), number(m.Y), number(m.Rot))
		}
		acc, gyro := obs.IMU.Acc(), obs.IMU.Gyro()
		for _, v := range append(acc[:], gyro[:]...) {
			row = append(row, number(v))
		}
		row = append(row, strconv.Itoa(obs.Battery.MilliVolt))
		if p := obs.Position; p != nil {
			row = append(row, number(p.X), number(p.Y), number(p.Z))
		} else {
			row = append(row, "", "", "")
		}
		for id := range 8 {
			for zone := range 64 {
				text := ""
				if obs.Valid(id, zone/8, zone%8) {
					text = number(obs.ToF[id][zone/8][zone%8])
				}
				row = append(row, text)
			}
		}
	}
}
