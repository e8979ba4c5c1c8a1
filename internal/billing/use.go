package billing

// Use is how much of something limited is used.
type Use struct {
	Used, Limit int64 // a negative limit is none
}

// Level is how near a use is to its limit.
type Level string

// The levels: from eight tenths on people are told, at the limit nothing more is let in, and above it, as after a
// downgrade, everything that is there stays.
const (
	Ample Level = "ample"
	Near  Level = "near"
	Full  Level = "full"
	Above Level = "above"
)

// Level says how near the use is to its limit.
func (u Use) Level() Level {
	switch {
	case u.Limit < 0 || u.Used == 0 && u.Limit > 0:
		return Ample
	case u.Used > u.Limit:
		return Above
	case u.Used == u.Limit:
		return Full
	case u.Used*10 >= u.Limit*8:
		return Near
	}
	return Ample
}
