package events

// CountedActions are the actions of organizations that count for something.
func CountedActions() []string {
	var out []string
	for _, c := range counts() {
		out = append(out, c.action)
	}
	return out
}
