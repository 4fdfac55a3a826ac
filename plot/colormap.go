package plot

import (
	"encoding/hex"
	"image/color"
	"math"
)

// colormap is a table of colours from the lowest value to the highest.
type colormap []color.RGBA

// viridis is the perceptually uniform map by Smith, van der Walt and Firing, 256 colours as bytes.
// Source: matplotlib 3.11, lib/matplotlib/_cm_listed.py, released to the public domain (CC0).
var viridis = fromHex("" +
	"44015444025645045745055946075a46085c460a5d460b5e470d60470e61471063471164471365481467481668481769" +
	"48186a481a6c481b6d481c6e481d6f481f70482071482173482374482475482576482677482878482979472a7a472c7a" +
	"472d7b472e7c472f7d46307e46327e46337f463480453581453781453882443983443a83443b84433d84433e85423f85" +
	"4240864241864142874144874045884046883f47883f48893e49893e4a893e4c8a3d4d8a3d4e8a3c4f8a3c508b3b518b" +
	"3b528b3a538b3a548c39558c39568c38588c38598c375a8c375b8d365c8d365d8d355e8d355f8d34608d34618d33628d" +
	"33638d32648e32658e31668e31678e31688e30698e306a8e2f6b8e2f6c8e2e6d8e2e6e8e2e6f8e2d708e2d718e2c718e" +
	"2c728e2c738e2b748e2b758e2a768e2a778e2a788e29798e297a8e297b8e287c8e287d8e277e8e277f8e27808e26818e" +
	"26828e26828e25838e25848e25858e24868e24878e23888e23898e238a8d228b8d228c8d228d8d218e8d218f8d21908d" +
	"21918c20928c20928c20938c1f948c1f958b1f968b1f978b1f988b1f998a1f9a8a1e9b8a1e9c891e9d891f9e891f9f88" +
	"1fa0881fa1881fa1871fa28720a38620a48621a58521a68522a78522a88423a98324aa8325ab8225ac8226ad8127ad81" +
	"28ae8029af7f2ab07f2cb17e2db27d2eb37c2fb47c31b57b32b67a34b67935b77937b87838b9773aba763bbb753dbc74" +
	"3fbc7340bd7242be7144bf7046c06f48c16e4ac16d4cc26c4ec36b50c46a52c56954c56856c66758c7655ac8645cc863" +
	"5ec96260ca6063cb5f65cb5e67cc5c69cd5b6ccd5a6ece5870cf5773d05675d05477d1537ad1517cd2507fd34e81d34d" +
	"84d44b86d54989d5488bd6468ed64590d74393d74195d84098d83e9bd93c9dd93ba0da39a2da37a5db36a8db34aadc32" +
	"addc30b0dd2fb2dd2db5de2bb8de29bade28bddf26c0df25c2df23c5e021c8e020cae11fcde11dd0e11cd2e21bd5e21a" +
	"d8e219dae319dde318dfe318e2e418e5e419e7e419eae51aece51befe51cf1e51df4e61ef6e620f8e621fbe723fde725")

// redBlue is blue below zero, nearly white at zero and red above. Source: ColorBrewer's RdBu in 11 classes, as in
// matplotlib 3.11, lib/matplotlib/_cm.py; in between, colours are interpolated. Its length is odd: zero has a colour.
var redBlue = between(257, fromHex("053061"+"2166ac"+"4393c3"+"92c5de"+"d1e5f0"+"f7f7f7"+"fddbc7"+"f4a582"+"d6604d"+"b2182b"+"67001f"))

// darkRedBlue is redBlue for dark paper: zero is dark, and what is far from it bright.
var darkRedBlue = between(257, fromHex("b5dcff"+"79bff5"+"4a9adb"+"3474a6"+"294f6b"+"22262c"+"5f342c"+"9c4632"+"d2634a"+"f29377"+"ffcbb8"))

// counts and changes are for counts that are mostly zero, as in frames of events: zero is nearly the paper, and every
// other value differs from it clearly. Their ends are of ColorBrewer's Blues and RdBu.
var (
	counts      = append(fromHex("f7f7f7"), between(256, fromHex("6baed6"+"2171b5"+"08306b"))...)
	changes     = apart(fromHex("2166ac"+"67a9cf"), "f7f7f7", fromHex("ef8a62"+"b2182b"))
	darkCounts  = append(fromHex("22262c"), between(256, fromHex("3f88c5"+"8fcbf7"+"f2fbff"))...)
	darkChanges = apart(fromHex("9bd1ff"+"3b86c4"), "22262c", fromHex("d0603f"+"ffbfa6"))
)

// apart is a map of two halves with a colour of its own in the middle.
func apart(low colormap, zero string, high colormap) colormap {
	m := append(between(128, low), fromHex(zero)...)
	return append(m, between(128, high)...)
}

// lineColors are those of Okabe and Ito, "Color Universal Design" (2008), without yellow, which is faint on white.
var lineColors = fromHex("0072b2" + "d55e00" + "009e73" + "cc79a7" + "e69f00" + "56b4e9" + "000000")

// missing is the colour of NaN: grey is in neither map.
var missing = color.RGBA{0x80, 0x80, 0x80, 0xff}

func fromHex(digits string) colormap {
	bytes, err := hex.DecodeString(digits)
	if err != nil {
		panic(err)
	}
	m := make(colormap, len(bytes)/3)
	for i := range m {
		m[i] = color.RGBA{bytes[3*i], bytes[3*i+1], bytes[3*i+2], 0xff}
	}
	return m
}

// between makes a map of n colours from fewer, with straight lines in RGB.
func between(n int, from colormap) colormap {
	m := make(colormap, n)
	for i := range m {
		at := float64(i) / float64(n-1) * float64(len(from)-1)
		j := min(int(at), len(from)-2)
		f := at - float64(j)
		mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-f) + float64(b)*f)) }
		a, b := from[j], from[j+1]
		m[i] = color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
	}
	return m
}

// at is the colour of a fraction from 0 to 1; what is beyond has the colour of the end.
func (m colormap) at(x float64) color.RGBA {
	return m[max(0, min(int(x*float64(len(m))), len(m)-1))]
}

// scale maps values to colours.
type scale struct {
	lo, hi float64
	colors colormap
	apart  bool // zero has a colour that no other value has
}

// in is the scale in the colours of a theme.
func (s scale) in(t *theme) scale {
	s.colors = t.ofMap(s.colors)
	if &s.colors[0] == &t.signed[0] && s.lo != -s.hi {
		s.colors = around(t.signed, s.lo, s.hi)
	}
	return s
}

// zeroApart is the scale for counts that are mostly zero.
func (s scale) zeroApart() scale {
	switch {
	case s.lo == 0 && s.hi > 0:
		return scale{0, s.hi, counts, true}
	case s.lo <= 0 && s.hi >= 0:
		top := max(-s.lo, s.hi)
		return scale{-top, top, changes, true}
	}
	return s
}

// scaleOf fits a scale to values: around zero if they have both signs, else from the lowest to the highest. A constant
// gets the middle of a range around it.
func scaleOf(c census) scale {
	lo, hi := c.lo, c.hi
	switch {
	case c.finite == 0:
		return scale{lo: 0, hi: 1, colors: viridis}
	case lo < 0 && hi > 0:
		top := max(-lo, hi)
		return scale{lo: -top, hi: top, colors: redBlue}
	case lo == hi && lo == 0:
		return scale{lo: 0, hi: 1, colors: viridis}
	case lo == hi:
		half := math.Abs(lo) / 2
		return scale{lo: lo - half, hi: lo + half, colors: viridis}
	}
	return scale{lo: lo, hi: hi, colors: viridis}
}

// color is the colour of a value; infinities have the colours of the ends.
func (s scale) color(v float64) color.RGBA {
	switch {
	case math.IsNaN(v):
		return missing
	case math.IsInf(v, 1):
		return s.colors[len(s.colors)-1]
	case math.IsInf(v, -1):
		return s.colors[0]
	}
	x := (v - s.lo) / (s.hi - s.lo)
	if s.apart && v != 0 {
		zero, step := -s.lo/(s.hi-s.lo), 1.01/float64(len(s.colors))
		if v > 0 {
			return s.colors.at(max(x, zero+step))
		}
		return s.colors.at(min(x, zero-step))
	}
	return s.colors.at(x)
}
