package views

import (
	"context"
	"maps"
	"slices"
	"strings"

	"plinth/views/ui"
)

// changesLine writes the changes of an event in a line: a field that had no value before is told with the new one alone.
func changesLine(ctx context.Context, changes map[string][2]string) string {
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(changes)) {
		c := changes[field]
		if c[0] == "" {
			parts = append(parts, ui.T(ctx, "%s %s", field, c[1]))
		} else {
			parts = append(parts, ui.T(ctx, "%s %s to %s", field, c[0], c[1]))
		}
	}
	return strings.Join(parts, ", ")
}
