package scope

import "slices"

// Feature is something that only some plans include, besides their limits. The plan catalogue names it under gates.
type Feature string

// MembersOnlyProjects are projects that only who was added sees. Signing in safely is no feature: a second factor, the
// security policy and the log are everybody's.
const MembersOnlyProjects Feature = "members_only_projects"

// Features lists the features a catalogue can gate.
func Features() []Feature { return []Feature{MembersOnlyProjects} }

// Includes says whether the organization's plan includes the feature.
func (l Limits) Includes(f Feature) bool { return !slices.Contains(l.Without, f) }
