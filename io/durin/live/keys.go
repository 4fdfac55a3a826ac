package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/livespike/livespike/io/durin"
	"github.com/livespike/livespike/io/durin/sim"
	"github.com/livespike/livespike/io/durin/wire"
)

// driver takes the motion that a page's keys ask for.
type driver func(m durin.Move) error

var (
	errNoKeys = errors.New("the keys of this page drive nothing")
	errDriven = errors.New("a client is connected and drives")
)

// Keys lets the page's keys drive a robot, from now on: w a s d or the arrows forward, back and to the sides, q and e
// round, or a gamepad. The page sends ten times a second while a key is held and zeros when none is; what the robot is
// told goes through Robot.Send, with its limits and its dead man. Anybody who reaches the page can drive. A simulated robot
// follows the wall clock from now on, as a hand on the keys does.
func (p *Page) Keys(r *durin.Robot) {
	r.Obs() // which ends its lockstep
	p.driveWith(func(m durin.Move) (err error) {
		defer func() {
			switch v := recover().(type) {
			case nil:
			case error: // the robot was closed
				err = v
			default:
				err = fmt.Errorf("live: %v", v)
			}
		}()
		r.Send(m)
		return r.Err()
	})
}

// driveSim drives a simulated robot that has no client.
func driveSim(server *sim.Server) driver {
	return func(m durin.Move) error {
		if server.Connected() {
			return errDriven
		}
		server.Do(func(r *sim.Robot) {
			r.Handle(&wire.SetRobotVelocity{X: toInt16(m.X), Y: toInt16(m.Y), Rot: toInt16(m.Rot)})
		})
		return nil
	}
}

func toInt16(v float32) int16 { return int16(max(-1000, min(1000, v))) }

func (p *Page) driveWith(d driver) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drive = d
}

// keys takes what the page's keys ask for. Another site's page, in the same browser, is refused.
func (p *Page) keys(w http.ResponseWriter, r *http.Request) {
	if why := foreign(r); why != "" {
		http.Error(w, "live: "+why, http.StatusForbidden)
		return
	}
	var m durin.Move
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&m); err != nil {
		http.Error(w, "live: "+err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	drive := p.drive
	p.mu.Unlock()
	err := errNoKeys
	if drive != nil {
		err = drive(m)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// foreign is why what a browser posts may come from another page than this one, or nothing.
func foreign(r *http.Request) string {
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || u.Host != r.Host {
			return "a page of " + origin + " is not this robot's"
		}
	}
	if isNamed(r.Host) {
		return "open the page by its address, not by a name"
	}
	return ""
}

// isNamed reports whether a page was asked of a host by a name, which whoever has the name can point at this machine
// after a browser has loaded their page (DNS rebinding): it then has the right origin.
func isNamed(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err != nil && !strings.EqualFold(host, "localhost")
}
