// Package rt is the real-time loop and the tools to show what it did.
package rt
