package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The symbols of NVIDIA's library that go by another name than in the header: cuda.h renames them by macros, because the
// bare names are the 32-bit interface of CUDA 3. The library keeps these versions for programs built with older toolkits.
// Source: the symbol lists of libcuda.so and of the generated header of CUDA 11.
var suffixed = map[string]string{}

func init() {
	for suffix, names := range map[string]string{
		"_v2": `cuDeviceTotalMem cuCtxCreate cuCtxDestroy cuCtxPushCurrent cuCtxPopCurrent cuModuleGetGlobal
			cuMemGetInfo cuMemAlloc cuMemAllocPitch cuMemFree cuMemGetAddressRange cuMemAllocHost cuMemHostGetDevicePointer
			cuMemHostRegister cuMemcpyHtoD cuMemcpyDtoH cuMemcpyDtoD cuMemcpyDtoA cuMemcpyAtoD cuMemcpyHtoA cuMemcpyAtoH
			cuMemcpyAtoA cuMemcpyHtoAAsync cuMemcpyAtoHAsync cuMemcpy2D cuMemcpy2DUnaligned cuMemcpy3D cuMemcpyHtoDAsync
			cuMemcpyDtoHAsync cuMemcpyDtoDAsync cuMemcpy2DAsync cuMemcpy3DAsync cuMemsetD8 cuMemsetD16 cuMemsetD32
			cuMemsetD2D8 cuMemsetD2D16 cuMemsetD2D32 cuArrayCreate cuArrayGetDescriptor cuArray3DCreate
			cuArray3DGetDescriptor cuTexRefSetAddress cuTexRefGetAddress cuGraphicsResourceGetMappedPointer
			cuGraphicsResourceSetMapFlags cuStreamDestroy cuEventDestroy cuLinkCreate cuLinkAddData cuLinkAddFile
			cuDevicePrimaryCtxRelease cuDevicePrimaryCtxReset cuDevicePrimaryCtxSetFlags cuStreamBeginCapture
			cuIpcOpenMemHandle cuGraphInstantiate`,
		"_v3": "cuTexRefSetAddress2D",
	} {
		for _, name := range strings.Fields(names) {
			suffixed[name] = suffix
		}
	}
}

// The first line of the header that is CUDA's; what stands above it are declarations of the C library.
const firstOfCUDA = "typedef uint32_t cuuint32_t;"

// deriveHeader makes a header that compiles out of the one that cu's generator reads: without the C library's
// declarations and the warnings of deprecation, with the names of the library's symbols and the texture flags that were lost.
func deriveHeader(source string) (string, error) {
	_, body, ok := strings.Cut(source, firstOfCUDA)
	if !ok {
		return "", fmt.Errorf("no line %q in the header of cu", firstOfCUDA)
	}
	var b strings.Builder
	b.WriteString("// Derived by internal/cuda/setup. Do not edit.\n#pragma once\n#include <stddef.h>\n#include <stdint.h>\n#include <stdlib.h>\n")
	names := make([]string, 0, len(suffixed))
	for name := range suffixed {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "#define %s %s%s\n", name, name, suffixed[name])
	}
	// CUDA Driver API, "Data types used by CUDA driver".
	b.WriteString("#define CU_TRSA_OVERRIDE_FORMAT 0x01\n#define CU_TRSF_READ_AS_INTEGER 0x01\n" +
		"#define CU_TRSF_NORMALIZED_COORDINATES 0x02\n#define CU_TRSF_SRGB 0x10\n")
	b.WriteString(firstOfCUDA)
	b.WriteString(strings.ReplaceAll(body, "__attribute__((deprecated)) ", ""))
	return b.String(), nil
}

// prototype is a function of the driver: its parameters as they are declared.
type prototype struct{ name, params string }

var prototypeLine = regexp.MustCompile(`(?m)^(?:extern )?CUresult\s+(cu\w+)\(([^;]*)\);`)

func prototypes(header string) []prototype {
	var all []prototype
	for _, m := range prototypeLine.FindAllStringSubmatch(header, -1) {
		all = append(all, prototype{m[1], m[2]})
	}
	return all
}

var lastName = regexp.MustCompile(`(\w+)\s*(?:\[\w*\])?$`)

// arguments are the names of the parameters.
func (p prototype) arguments() ([]string, error) {
	if p.params == "void" || p.params == "" {
		return nil, nil
	}
	var names []string
	for _, param := range strings.Split(p.params, ",") {
		m := lastName.FindStringSubmatch(strings.TrimSpace(param))
		if m == nil {
			return nil, fmt.Errorf("%s: no name in the parameter %q", p.name, param)
		}
		names = append(names, m[1])
	}
	return names, nil
}

// trampolines writes a function for each of the driver's that looks the symbol up when it is called first. cuInit is
// left out: cu ends the process when it fails, so the shim has its own.
func trampolines(all []prototype) (string, error) {
	var b strings.Builder
	b.WriteString("// Derived by internal/cuda/setup. Do not edit.\n")
	for _, p := range all {
		if p.name == "cuInit" {
			continue
		}
		args, err := p.arguments()
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "TRAMPOLINE(%s, %q, (%s), (%s))\n", p.name, p.name+suffixed[p.name], p.params, strings.Join(args, ", "))
	}
	return b.String(), nil
}

// verify checks that every function that cu's Go files call is one of the driver's, or of cu's own C files, whose header
// is own.
func verify(all []prototype, sources map[string]string, own string) error {
	known := map[string]bool{}
	for _, p := range append(prototypes(own), all...) {
		known[p.name] = true
	}
	used := map[string]bool{}
	for _, text := range sources {
		for _, m := range mention.FindAllStringSubmatch(text, -1) {
			used[m[1]] = true
		}
	}
	var lost []string
	for name := range used {
		if !known[name] {
			lost = append(lost, name)
		}
	}
	slices.Sort(lost)
	if len(lost) > 0 {
		return fmt.Errorf("the header of cu has no prototype of %s", strings.Join(lost, ", "))
	}
	if len(used) != usedByCU {
		return fmt.Errorf("cu calls %d C functions, not %d: another version than %s?", len(used), usedByCU, version)
	}
	return nil
}

// A call of the driver in the Go source of cu.
var mention = regexp.MustCompile(`\bC\.(cu[A-Z]\w*)\(`)
