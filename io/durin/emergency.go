package durin

// emergency stops the wheels now, whatever else is going on.
func (r *Robot) emergency() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.halt()
	}
}
