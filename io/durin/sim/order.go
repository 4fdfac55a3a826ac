package sim

import "fmt"

// Order is which way the time-of-flight sensor of each id looks. The ids were the hardware's until firmware 9dc1849 of
// 6 April 2023 sorted them counter-clockwise from the front.
type Order int

// The orders.
const (
	OrderDefault Order = 0    // the world's
	Order2022    Order = 2022 // the talk's: 270, 315, 0, 225, 180, 135, 45, 90 degrees
	Order2023    Order = 2023 // today's: 0, 45, 90, … degrees
)

// String is the order's year.
func (o Order) String() string {
	if o == OrderDefault {
		return "default"
	}
	return fmt.Sprint(int(o))
}

// Bearing is the direction of a sensor in degrees counter-clockwise from the front. It panics for an id that is not
// 0 to 7.
//
// Source: tof_position_id_to_hardware_id of ncskth/durin-firmware 9dc1849, whose inverse is the order before it.
func (o Order) Bearing(id int) float64 {
	if id < 0 || id > 7 {
		panic(fmt.Sprintf("sim.Order.Bearing: sensor %d; ids are 0 to 7", id))
	}
	if o == Order2022 {
		return [8]float64{270, 315, 0, 225, 180, 135, 45, 90}[id]
	}
	return float64(45 * id)
}
