package projects

import "slices"

// Priority is how much a ticket presses. A higher value sorts first.
type Priority int16

// The priorities.
const (
	NoPriority Priority = iota
	Low
	Medium
	High
	Urgent
)

// priorityNames are the words of forms and addresses, by value.
func priorityNames() []string { return []string{"none", "low", "medium", "high", "urgent"} }

// Priorities lists the priorities, the most pressing first.
func Priorities() []Priority { return []Priority{Urgent, High, Medium, Low, NoPriority} }

// Name is the word for the priority in forms and addresses.
func (p Priority) Name() string {
	if p < NoPriority || p > Urgent {
		return priorityNames()[NoPriority]
	}
	return priorityNames()[p]
}

// ParsePriority reads a Name; ok is false for anything else.
func ParsePriority(name string) (p Priority, ok bool) {
	i := slices.Index(priorityNames(), name)
	return Priority(max(i, 0)), i >= 0
}
