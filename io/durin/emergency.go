package durin

import "time"

// emergency stops the wheels now, and for a time no motion is sent: a loop that still runs shall not start them again
// before the program is gone.
func (r *Robot) emergency(hold time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.halt()
		r.brake = time.Now().Add(hold)
	}
}
