package admin

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"plinth/internal/db"
	"plinth/internal/pulse"
	"plinth/jobs"
)

// KindRow is how a kind of jobs fared in the last day, in all workers.
type KindRow struct {
	Kind    string
	Worked  int64 // attempts
	Failed  int64 // of these, those that failed
	Took    Timing
	Waited  Timing
	Dead    int64         // failed for good and still kept
	Timeout time.Duration // how long one run may take; zero of a kind that is not worked any more
}

// JobKinds reads how each kind of jobs fared, by name; those of which there was none are left out.
func (a *Admin) JobKinds(ctx context.Context, now time.Time) ([]KindRow, error) {
	var took []Timing
	var dead []jobs.KindFailures
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		pulse.QueueTimings(r, now.Add(-23*time.Hour), &took)
		jobs.ReadKindFailures(r, &dead)
	})
	if err != nil {
		return nil, err
	}
	rows := map[string]*KindRow{}
	of := func(kind string) *KindRow {
		if rows[kind] == nil {
			rows[kind] = &KindRow{Kind: kind}
			rows[kind].Timeout, _ = jobs.TimeoutOf(kind)
		}
		return rows[kind]
	}
	for _, t := range took {
		switch t.What {
		case pulse.Job:
			row := of(t.Name)
			row.Took, row.Worked, row.Failed = t, t.Count, t.Errors
		case pulse.Wait:
			of(t.Name).Waited = t
		}
	}
	for _, d := range dead {
		of(d.Kind).Dead = d.Count
	}
	var all []KindRow
	for _, row := range rows {
		all = append(all, *row)
	}
	slices.SortFunc(all, func(a, b KindRow) int { return strings.Compare(a.Kind, b.Kind) })
	return all, nil
}

// JobTimeout is how long one run of a kind may take; false of a kind that is not worked any more.
func JobTimeout(kind string) (time.Duration, bool) { return jobs.TimeoutOf(kind) }

// harmless is how ids, times, numbers and words look that a job's arguments may show.
var harmless = regexp.MustCompile(`^[A-Za-z0-9_:.+-]{0,80}$`)

// redacted is JSON without the texts that are more than an id, a time or a word: arguments are ids, and what is none
// is shown to nobody.
func redacted(raw []byte) []byte {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return []byte(`"[redacted]"`)
	}
	clean, err := json.Marshal(withoutTexts(value))
	if err != nil {
		return []byte(`"[redacted]"`)
	}
	return clean
}

func withoutTexts(value any) any {
	switch v := value.(type) {
	case string:
		if !harmless.MatchString(v) {
			return "[redacted]"
		}
	case []any:
		for i := range v {
			v[i] = withoutTexts(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = withoutTexts(v[k])
		}
	}
	return value
}
