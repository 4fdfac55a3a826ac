package wire

import "fmt"

// Tag says which of the protocol's messages a message is: the discriminant of the union DurinBase.
type Tag uint16

// The messages, in the schema's order. Those marked < come from the robot, the others go to it.
const (
	TagReject                      Tag = iota // <
	TagAcknowledge                            // <
	TagPowerOff                               // power is cut about 100 ticks after the reply
	TagSetRobotVelocity                       //
	TagSetWheelVelocity                       //
	TagSetBuzzer                              //
	TagSetLed                                 //
	TagEnableStreaming                        //
	TagDisableStreaming                       //
	TagSetTofStreamPeriod                     //
	TagGetTofObservations                     //
	TagSetTofResolution                       //
	TagTofObservations                        // <
	TagSetImuStreamPeriod                     //
	TagGetImuMeasurement                      //
	TagImuMeasurement                         // <
	TagSetSystemStatusStreamPeriod            //
	TagGetSystemStatus                        //
	TagSystemStatus                           // <
	TagGetUwbNodes                            // the firmware rejects it
	TagUwbNodes                               // <
	TagSetPositionStreamPeriod                //
	TagGetPosition                            //
	TagPosition                               // <
	TagSetWifiConfig                          //
	TagSetNodeID                              //
	TagTextLogging                            // <
	TagOtaUpdateCommit                        //
	TagOtaUpdate                              //
	TagEnableLogging                          //
	TagOtaUpdateBegin                         //
	TagPing                                   //
	TagSetUwbStreamPeriod                     //
	TagGetSystemInfo                          //
	TagSystemInfo                             // <
	TagEnableTofStatus                        //
	tags                                      // their number
)

var tagNames = [tags]string{
	"reject", "acknowledge", "powerOff", "setRobotVelocity", "setWheelVelocity", "setBuzzer", "setLed",
	"enableStreaming", "disableStreaming", "setTofStreamPeriod", "getTofObservations", "setTofResolution",
	"tofObservations", "setImuStreamPeriod", "getImuMeasurement", "imuMeasurement", "setSystemStatusStreamPeriod",
	"getSystemStatus", "systemStatus", "getUwbNodes", "uwbNodes", "setPositionStreamPeriod", "getPosition",
	"position", "setWifiConfig", "setNodeId", "textLogging", "otaUpdateCommit", "otaUpdate", "enableLogging",
	"otaUpdateBegin", "ping", "setUwbStreamPeriod", "getSystemInfo", "systemInfo", "enableTofStatus",
}

// String is the message's name in the schema.
func (t Tag) String() string {
	if t >= tags {
		return fmt.Sprintf("Tag(%d)", uint16(t))
	}
	return tagNames[t]
}

// FromRobot reports whether the message comes from the robot.
func (t Tag) FromRobot() bool {
	switch t {
	case TagReject, TagAcknowledge, TagTofObservations, TagImuMeasurement, TagSystemStatus, TagUwbNodes, TagPosition,
		TagTextLogging, TagSystemInfo:
		return true
	}
	return false
}
