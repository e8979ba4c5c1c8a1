package flags

import "slices"

// Key names a flag. Code asks for a key of this list and for no other.
type Key string

// The flags. One that is no longer asked for goes from here with the code that asked: see docs/flags.md.
const (
	SignUps       Key = "signups"
	ArchiveImport Key = "archive_import"
)

// Kind is what a flag can be.
type Kind string

// Bool is a flag that is on or off; there is no other kind yet.
const Bool Kind = "bool"

// Reach says for whom a flag can be set.
type Reach string

// The reaches.
const (
	ForAll       Reach = "all"          // it is one switch for the whole site, asked before anybody is known
	Organization Reach = "organization" // also for a share of the organizations, or for one of them or one person
)

// Flag is a switch, as the code knows it.
type Flag struct {
	Key     Key
	Kind    Kind
	Reach   Reach
	Default bool   // what it is while nobody has set it, and after it expired
	Text    string // what is so while it is on, as a sentence for staff
	Owner   string // who is asked about it
}

// Catalogue lists the flags there are.
func Catalogue() []Flag {
	return []Flag{
		{
			Key: SignUps, Kind: Bool, Reach: ForAll, Default: true, Owner: "Accounts",
			Text: "Everybody can make an account. While it is off, only who was invited can; sign-ups under way are finished.",
		},
		{
			Key: ArchiveImport, Kind: Bool, Reach: Organization, Default: true, Owner: "Transfer",
			Text: "An organization can bring a whole project in from an archive. While it is off, archives are neither taken nor begun; those that run go on.",
		},
	}
}

// Find is the flag that a key names; false when the code knows none of that name.
func Find(key Key) (Flag, bool) {
	all := Catalogue()
	i := slices.IndexFunc(all, func(f Flag) bool { return f.Key == key })
	if i < 0 {
		return Flag{Key: key}, false
	}
	return all[i], true
}
