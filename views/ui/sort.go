package ui

import (
	"maps"
	"slices"
)

// sortedKeys makes pages the same every time, whatever the order of the map.
func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
