package worker

import (
	"time"

	"github.com/riverqueue/river"

	"plinth/jobs"
)

// periodic is what is done again and again. The leader of the workers adds the jobs, and begins anew when it is another:
// it knows nothing of what the one before has added. So each is added when a leader begins, too, and the kind's
// uniqueness, by the same periods, lets one in: none is missed when a leader dies just before its time, and none is
// done twice.
func periodic() []*river.PeriodicJob {
	var out []*river.PeriodicJob
	for _, p := range []struct {
		args jobs.Args
		when river.PeriodicSchedule
	}{
		{jobs.SealAll{}, river.PeriodicInterval(3 * time.Second)},
		{jobs.SweepBilling{}, every(15 * time.Minute)},
		{jobs.PurgeExpired{}, every(time.Hour)},
		{jobs.MeasureUsage{}, every(time.Hour)},
		{jobs.TendAllNotifications{}, every(time.Hour)},
		{jobs.PurgeAllTrash{}, nightly{hour: 0}},
		{jobs.TidyAllFiles{}, nightly{hour: 1}},
		{jobs.RecountAll{}, nightly{hour: 2}},
		{jobs.SyncSubscriptions{}, nightly{hour: 3}},
		{jobs.SweepSeals{}, nightly{hour: 4}},
		{jobs.TendAllWebhooks{}, nightly{hour: 5}},
		{jobs.SweepMetrics{}, nightly{hour: 6}},
	} {
		args := p.args
		out = append(out, river.NewPeriodicJob(p.when, func() (river.JobArgs, *river.InsertOpts) { return args, nil },
			&river.PeriodicJobOpts{ID: args.Kind(), RunOnStart: true}))
	}
	return out
}

// every is when a period begins, by the clock and in UTC: as uniqueness counts periods too.
type every time.Duration

// Next is the next period's beginning.
func (e every) Next(t time.Time) time.Time {
	return t.UTC().Truncate(time.Duration(e)).Add(time.Duration(e))
}

// nightly is once a day, at an hour when few people work.
type nightly struct{ hour int }

// Next is the hour's next beginning, in UTC.
func (n nightly) Next(t time.Time) time.Time {
	t = t.UTC()
	next := time.Date(t.Year(), t.Month(), t.Day(), n.hour, 0, 0, 0, time.UTC)
	if !next.After(t) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}
