package sim

import "math"

// starts are eight poses in a square room, four of them near its corners, as far from the two walls as inset says.
func starts(size, inset float64) []Pose {
	at := func(x, y, heading float64) Pose { return Pose{Vec{x * size, y * size}, degrees(heading)} }
	in, out := inset, 1-inset
	return []Pose{
		at(in, in, 20), at(out, in, 110), at(out, out, 200), at(in, out, 290),
		at(0.50, 0.17, 75), at(0.83, 0.50, 165), at(0.50, 0.83, 255), at(0.17, 0.50, 345),
	}
}

// block is a box of 500 x 400 mm in the middle of a square.
func block(size float64) []Segment {
	m := size / 2
	return box(m-250, m-200, m+250, m+200)
}

// octagon is a room as wide and as deep as a square, without its corners.
func octagon(size float64) []Segment {
	m := size / 2
	corner := func(i int) Vec {
		return Vec{m, m}.add(direction(degrees(22.5 + 45*float64(i%8))).scale(m / math.Cos(degrees(22.5))))
	}
	walls := make([]Segment, 8)
	for i := range walls {
		walls[i] = Segment{corner(i), corner(i + 1)}
	}
	return walls
}

// The talk's arena: sensor ids as on the talk's firmware. Shape and size are our own choice. The slide's vehicle turns
// away from what it meets at an angle, but comes to rest in a right-angled corner, where both sides push alike, and in
// the middle of a large room, where nothing drives it. This one has neither.
var _ = registerWorld("arena", func() *World {
	const size, near, far = 2200, 100, 2100
	return &World{
		Name: "arena", Walls: append(octagon(size), block(size)...), Starts: starts(size, 0.24), Order: Order2022,
		Beacons: []Vec{{size / 2, near}, {far, size / 2}, {size / 2, far}, {near, size / 2}},
	}
})

// A larger square room, that of the specification's tests, for today's robots.
var _ = registerWorld("room", func() *World {
	const size, near, far = 3000, 100, 2900
	return &World{
		Name: "room", Walls: append(box(0, 0, size, size), block(size)...), Starts: starts(size, 0.2),
		Beacons: []Vec{{near, near}, {far, near}, {far, far}, {near, far}}, Lights: []Vec{{2500, 2500}},
	}
})

var _ = registerWorld("empty", func() *World {
	return &World{Name: "empty", Starts: []Pose{{Vec{0, 0}, degrees(90)}}}
})

var _ = registerWorld("corridor", func() *World {
	return &World{
		Name: "corridor", Walls: box(0, 0, 6000, 800),
		Starts: []Pose{{Vec{400, 400}, degrees(10)}, {Vec{400, 300}, degrees(-15)}}, Beacons: []Vec{{50, 50}, {5950, 750}},
	}
})

var _ = registerMap("maze1", `
##############################
#              #             #
#              #             #
#              #             #
#     S        #             #
#              #             #
#                            #
#                            #
#                            #
#              #             #
#              #             #
#              #             #
########   ####################
#                            #
#                            #
#                            #
#                         *  #
#                            #
#                            #
##############################`)

var _ = registerMap("maze2", `
########################################
#             #                        #
#             #                        #
#      S      #                        #
#             #       ##########       #
#             #       #                #
#             #       #                #
#     #################                #
#                     #                #
#                     #     ############
#                     #                #
#                     #                #
#########     #####   #                #
#                     #                #
#                     ########         #
#                                      #
#                                      #
#             o                        #
#                             #        #
#                             #     *  #
#                             #        #
########################################`)

var _ = registerMap("maze3", `
########################################
#      #              #                #
#      #              #                #
#  S   #     #####    #     ######     #
#      #         #    #          #     #
#      #         #    #          #     #
#      #         #               #     #
#            #####               #     #
#            #        #          #     #
#            #        #          #     #
#      #     #        #############    #
#      #              #                #
#      #              #                #
########     ##########     ############
#                                      #
#                                      #
#     ##########      #####            #
#     #               #         o      #
#     #               #                #
#     #     #         #            *   #
#           #         #                #
#           #                          #
########################################`)

var _ = registerMap("cheese", `
##############################
#                            #
#  *                         #
#            ####            #
#                         *  #
#                            #
#      o                     #
#             ^        o     #
#                            #
#                            #
#   ######               *   #
#   #                        #
#   #                        #
#                 ####       #
#       *                    #
#                            #
##############################`)

func registerMap(name, drawing string) bool {
	return registerWorld(name, func() *World {
		w, err := ParseMap(name, drawing)
		if err != nil {
			panic(err) // the drawings above have a start
		}
		return w
	})
}
