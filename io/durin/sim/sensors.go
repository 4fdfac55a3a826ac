package sim

import (
	"math"

	"github.com/livespike/livespike/io/durin/wire"
)

// The other sensors have the noise that was recorded on a robot at rest, 10,000 samples each. The magnetometer's is
// implausibly large for a field and was kept.
//
// Source: "sensor statistics/stats.txt" of ncskth/durin 07f5c9f.
var (
	accMean  = [3]float64{5, -143, -8008}
	accSigma = [3]float64{33, 31, 31}
	gyroMean = [3]float64{-68, 86, 27}
	gyroSd   = [3]float64{13, 12, 12}
	magMean  = [3]float64{-7403, -11212, -13850}
	magSigma = [3]float64{1362, 1430, 1366}
	posSigma = [3]float64{36, 45, 59}
)

const (
	gravity      = 9.80665 // m/s²
	accPerG      = 8192    // ±4 g
	gyroPerDeg   = 65.5    // ±500 degrees per second
	batteryMean  = 7319    // mV
	batterySigma = 2       // mV
	uwbSigma     = 126     // mm
	batteryLife  = 3600    // s from full to empty, our own choice
)

// imu is a sample of the inertial sensor: the recorded rest values, the body's acceleration and its turn. The robot's
// x axis is to the right and its y axis forward; z points down in the recording.
func (r *Robot) imu() *wire.ImuMeasurement {
	m := &r.imuMessage
	ahead := direction(r.body.pose.Heading)
	forward, left := r.acceleration.dot(ahead), r.acceleration.dot(Vec{-ahead.Y, ahead.X})
	acc := [3]float64{-left, forward, 0}
	turn := [3]float64{0, 0, -r.body.omega * 180 / math.Pi * gyroPerDeg}
	for i := range 3 {
		m.Acc[i] = toInt16(r.noisy(accMean[i]+acc[i]/1000/gravity*accPerG, accSigma[i]))
		m.Gyro[i] = toInt16(r.noisy(gyroMean[i]+turn[i], gyroSd[i]))
		m.Mag[i] = toInt16(r.noisy(magMean[i], magSigma[i]))
	}
	return m
}

func toInt16(x float64) int16 { return int16(clamp(math.Round(x), math.MinInt16, math.MaxInt16)) }

func (r *Robot) noisy(mean, sigma float64) float64 {
	if r.config.Quiet {
		return mean
	}
	return mean + sigma*r.otherNoise.NormFloat64()
}

func (r *Robot) systemStatus() *wire.SystemStatus {
	m := &r.statusMessage
	m.BatteryMV = uint16(math.Round(r.noisy(batteryMean, batterySigma)))
	m.BatteryPercent = uint8(clamp(100-100*r.seconds()/batteryLife, 0, 100))
	return m
}

func (r *Robot) position() *wire.Position {
	m := &r.positionMessage
	p := r.body.pose.At
	m.Known = true
	m.X = int32(r.noisy(p.X, posSigma[0]))
	m.Y = int32(r.noisy(p.Y, posSigma[1]))
	m.Z = int32(r.noisy(0, posSigma[2]))
	return m
}

func (r *Robot) uwb() *wire.UwbNodes {
	m := &r.uwbMessage
	m.Nodes = m.Nodes[:0]
	for i, b := range r.world.Beacons {
		mm := math.Max(0, r.noisy(b.sub(r.body.pose.At).length(), uwbSigma))
		m.Nodes = append(m.Nodes, wire.UwbNode{
			ID: uint8(i), Purpose: wire.Purpose(min(i, 4)), DistanceMM: uint32(mm),
			Position: wire.Position{Known: true, X: int32(b.X), Y: int32(b.Y)},
		})
	}
	return m
}
