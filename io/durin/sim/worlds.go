package sim

// starts are eight poses in a square room, on a ring that is free in the rooms here.
func starts(size float64) []Pose {
	at := func(x, y, heading float64) Pose { return Pose{Vec{x * size, y * size}, degrees(heading)} }
	return []Pose{
		at(0.20, 0.20, 20), at(0.80, 0.20, 110), at(0.80, 0.80, 200), at(0.20, 0.80, 290),
		at(0.50, 0.17, 75), at(0.83, 0.50, 165), at(0.50, 0.83, 255), at(0.17, 0.50, 345),
	}
}

// room is a square room with a box of 500 x 400 mm in its middle and UWB beacons in its corners.
func room(name string, size float64) *World {
	m, far := size/2, size-100
	return &World{
		Name: name, Walls: append(box(0, 0, size, size), box(m-250, m-200, m+250, m+200)...),
		Starts: starts(size), Beacons: []Vec{{100, 100}, {far, 100}, {far, far}, {100, far}},
	}
}

// The talk's arena: sensor ids as on the talk's firmware. Its size is our own choice. At 2.2 m the slide's loop
// behaves as in the 2-D test of the specification; in a much larger room it comes to a near stop in the middle, since
// nothing drives it where nothing is near.
var _ = registerWorld("arena", func() *World {
	w := room("arena", 2200)
	w.Order = Order2022
	return w
})

// A larger room for today's robots.
var _ = registerWorld("room", func() *World {
	w := room("room", 3000)
	w.Lights = []Vec{{2500, 2500}}
	return w
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
