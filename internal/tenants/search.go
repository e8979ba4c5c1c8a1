package tenants

import "strings"

// escapeLike makes what a person typed match itself: % and _ are no wildcards for them.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.TrimSpace(s))
}
