package event

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
)

// pow10 are the powers of ten of an int64.
var pow10 = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// time is a field in the dialect's unit as microseconds, rounded to the nearest. Decimal digits are taken exactly,
// because a float32 or float64 of seconds since 1970 does not hold microseconds.
func (d *csvDialect) time(b []byte) (int64, bool) {
	negative := len(b) > 0 && b[0] == '-'
	digits := b
	if negative || len(b) > 0 && b[0] == '+' {
		digits = b[1:]
	}
	var mantissa int64
	fraction, point, count := 0, false, 0
	for _, c := range digits {
		switch {
		case c >= '0' && c <= '9' && count < 18:
			mantissa = 10*mantissa + int64(c-'0')
			if mantissa > 0 {
				count++
			}
			if point {
				fraction++
			}
		case c == '.' && !point:
			point = true
		default:
			return d.timeFloat(b)
		}
	}
	shift := d.exponent - fraction
	if len(digits) == 0 || point && len(digits) == 1 {
		return 0, false
	}
	if d.exponent == noExponent || shift <= -len(pow10) || shift >= len(pow10) {
		return d.timeFloat(b)
	}
	switch {
	case shift < 0:
		div := pow10[-shift]
		mantissa = (mantissa + div/2) / div
	case shift > 0:
		if mantissa > math.MaxInt64/pow10[shift] {
			return 0, false
		}
		mantissa *= pow10[shift]
	}
	if negative {
		mantissa = -mantissa
	}
	return mantissa, true
}

// timeFloat takes exponents, more digits than an int64 has, and units that are no power of ten.
func (d *csvDialect) timeFloat(b []byte) (int64, bool) {
	v, err := strconv.ParseFloat(string(b), 64)
	v = math.Round(v * d.microseconds)
	if err != nil || math.IsNaN(v) || math.Abs(v) >= 1<<63 {
		return 0, false
	}
	return int64(v), true
}

// noExponent marks a unit that is no power of ten of a microsecond.
const noExponent = 99

func (d *csvDialect) setUnit(unit time.Duration) {
	d.microseconds = float64(unit) / float64(time.Microsecond)
	d.exponent = noExponent
	for e, u := range map[int]time.Duration{-3: time.Nanosecond, 0: time.Microsecond, 3: time.Millisecond, 6: time.Second} {
		if unit == u {
			d.exponent = e
		}
	}
	d.quick = d.exponent == 0
}

// csvInt is a whole number, also as a spreadsheet writes it: 12.0.
func csvInt(b []byte) (int, bool) {
	digits := b
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		digits = b[1:]
	}
	if whole, zeros, ok := bytes.Cut(digits, []byte(".")); ok {
		if len(bytes.Trim(zeros, "0")) > 0 {
			return 0, false
		}
		digits = whole
	}
	if len(digits) == 0 {
		return 0, false
	}
	v := 0
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = min(10*v+int(c-'0'), 1<<30)
	}
	if negative {
		v = -v
	}
	return v, true
}

// csvPolarity is 1 for brighter, from 0 and 1, -1 and 1, true and false, on and off.
func csvPolarity(b []byte) (uint8, bool) {
	if v, ok := csvInt(b); ok {
		if v == 1 {
			return 1, true
		}
		return 0, v == 0 || v == -1
	}
	if len(b) == 2 && b[0] == '+' && b[1] == '1' {
		return 1, true
	}
	switch strings.ToLower(strings.Trim(string(b), `"`)) {
	case "true", "on":
		return 1, true
	case "false", "off":
		return 0, true
	}
	return 0, false
}
