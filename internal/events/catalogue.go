package events

import "slices"

// Type is a kind of event: what an Event may have as its Action.
type Type struct {
	Name    string // noun.verb in the past
	Version int    // of what its payload says; one whose meaning changes gets the next
	Text    string // what has happened, as the end of "somebody …"
	Object  string // the noun of what it is about
	// Changes are the fields that it may tell of, each with an example before and after.
	Changes []Change
	// Told is true when an organization can let it be posted to a server of its own.
	Told bool
}

// Change is a field that an event tells of, with an example.
type Change struct {
	Field, Before, After string
}

// Catalogue lists every type of event there is, by noun. What happens and is not in it fails the tests.
func Catalogue() []Type {
	var all []Type
	for _, group := range [][]Type{ticketTypes(), projectTypes(), peopleTypes(), organizationTypes(), billingTypes(), webhookTypes(), otherTypes()} {
		all = append(all, group...)
	}
	return all
}

// Told are the names of the types that an organization can let be posted to a server of its own.
func Told() []string {
	var out []string
	for _, t := range Catalogue() {
		if t.Told {
			out = append(out, t.Name)
		}
	}
	return out
}

// TypeOf is the type of a name.
func TypeOf(name string) (Type, bool) {
	all := Catalogue()
	i := slices.IndexFunc(all, func(t Type) bool { return t.Name == name })
	if i < 0 {
		return Type{}, false
	}
	return all[i], true
}
