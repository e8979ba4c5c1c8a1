package db

import "strings"

// EscapeLike makes what a person typed match itself in a LIKE pattern: % and _ are no wildcards for them.
func EscapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
