package interp

import (
	"reflect"
	"unsafe"

	yaegi "github.com/traefik/yaegi/interp"
)

// forget frees the syntax trees and inner scopes of cells that have run. The engine appends each to lists that only its
// debugger reads and that nothing empties: 10 KiB a cell. It offers no way to reach them, so this goes around its rules,
// which is safe with a version that never changes. TestMemory would tell.
func forget(engine *yaegi.Interpreter) {
	fields := reflect.ValueOf(engine).Elem()
	reach(fields.FieldByName("roots")).SetZero()
	for _, scope := range reach(fields.FieldByName("scopes")).Seq2() {
		reach(scope.Elem().FieldByName("child")).SetZero()
	}
}

// reach makes an unexported field accessible.
func reach(field reflect.Value) reflect.Value {
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
}
