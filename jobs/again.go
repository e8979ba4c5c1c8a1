package jobs

import (
	"encoding/json"

	"github.com/riverqueue/river"
)

// Again is a job of a kind that is known by name alone, with the arguments of one that was there before, as that of a
// mail which staff has sent again.
type Again struct {
	Name string
	Args json.RawMessage
}

// Kind names the job.
func (a Again) Kind() string { return a.Name }

// InsertOpts lets it be beside the one before, whatever its kind says.
func (Again) InsertOpts() river.InsertOpts { return mailOpts(QueueCritical) }

// MarshalJSON writes the arguments as they were.
func (a Again) MarshalJSON() ([]byte, error) { return a.Args, nil }
