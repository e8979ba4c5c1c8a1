package views

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"plinth/internal/admin"
	"plinth/views/ui"
)

// A queue is behind when a job has waited this long, and without a worker when none has spoken of it for that long;
// River's workers report every ten minutes.
const (
	behindAfter = time.Minute
	goneAfter   = 25 * time.Minute
)

func queueState(ctx context.Context, q admin.Depth, now time.Time) (text, hue string) {
	switch {
	case q.PausedAt != nil:
		return ui.T(ctx, "Paused"), "blue"
	case q.SeenAt == nil || now.Sub(*q.SeenAt) > goneAfter:
		return ui.T(ctx, "No worker"), "brick"
	case q.Oldest != nil && now.Sub(*q.Oldest) > behindAfter:
		return ui.T(ctx, "Behind"), "bronze"
	}
	return ui.T(ctx, "Running"), "moss"
}

// oldest is how long the longest waiting job has waited.
func oldest(ctx context.Context, q admin.Depth, now time.Time) string {
	if q.Oldest == nil {
		return "–"
	}
	return span(ctx, now.Sub(*q.Oldest))
}

func queueNames(all []admin.Depth) []string {
	var names []string
	for _, q := range all {
		names = append(names, q.Name)
	}
	return names
}

func jobStateOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "", Text: ui.T(ctx, "Any")}}
	for _, state := range admin.JobStates() {
		text, _ := jobState(ctx, state)
		options = append(options, ui.Option{Value: state, Text: text})
	}
	return options
}

// jobNumber is a job's id without separators: it is a name and no quantity.
func jobNumber(id int64) string { return strconv.FormatInt(id, 10) }

func jobPath(id int64, parts ...string) string {
	return adminPath(append([]string{"jobs", jobNumber(id)}, parts...)...)
}

func cancelText(ctx context.Context, j admin.Job) string {
	if j.State == admin.JobRunning {
		return ui.T(ctx, "It runs at this moment and is told to end. What it has done stays; it is not tried again.")
	}
	return ui.T(ctx, "It never runs. What it was meant to do is not done; it can be retried as long as it is kept.")
}

func jobTabs(ctx context.Context, kinds bool) []ui.Tab {
	return []ui.Tab{
		{Text: ui.T(ctx, "Queues and jobs"), URL: "/admin/jobs", Current: !kinds},
		{Text: ui.T(ctx, "Kinds"), URL: "/admin/jobs/kinds", Current: kinds},
	}
}

func mayRetryState(state string) bool {
	return state == "" || admin.Job{State: state}.MayRetry()
}

func mayCancelState(state string) bool {
	return state == "" || admin.Job{State: state}.MayCancel()
}

// jobActURL leads to the page that says how many jobs of the list are acted on.
func jobActURL(l Listing, act string) string {
	l.Path = "/admin/jobs/bulk"
	return l.with("act", act)
}

func jobTimeout(kind string) (time.Duration, bool) { return admin.JobTimeout(kind) }

// jobTenant is the organization that a job is for, "" of none.
func jobTenant(j admin.JobFull) string {
	var args struct {
		Tenant string `json:"tenant_id"`
	}
	_ = json.Unmarshal(j.ArgsJSON, &args) // arguments without an organization have none
	return args.Tenant
}

// jobStep is one thing that happened to a job.
type jobStep struct {
	at         time.Time
	what, note string
}

// jobCourse is what happened to a job, the oldest first, and what is to come.
func jobCourse(ctx context.Context, j admin.JobFull) []jobStep {
	all := []jobStep{{j.CreatedAt, ui.T(ctx, "Added"), ui.T(ctx, "to %s", j.Queue)}}
	last := 0
	for _, e := range j.Errors() { // dated when the attempt began
		last = e.Attempt
		all = append(all, jobStep{e.At, ui.T(ctx, "Attempt %d", e.Attempt), ui.T(ctx, "failed")})
	}
	if j.AttemptedAt != nil && last != j.Attempt {
		all = append(all, jobStep{*j.AttemptedAt, ui.T(ctx, "Attempt %d", j.Attempt), ""})
	}
	if j.FinalizedAt != nil {
		text, _ := jobState(ctx, j.State)
		step := jobStep{*j.FinalizedAt, text, ""}
		if d := j.Took(); d > 0 {
			step.note = ui.T(ctx, "the last attempt took %s", took(ctx, d))
		}
		all = append(all, step)
	} else if j.State != admin.JobRunning {
		all = append(all, jobStep{j.ScheduledAt, ui.T(ctx, "Due"), ""})
	}
	slices.SortStableFunc(all, func(a, b jobStep) int { return cmp.Or(a.at.Compare(b.at), 0) })
	return all
}

// jobActWords say what an act on many jobs does.
func jobActWords(ctx context.Context, act string) (title, text, button string) {
	if act == admin.ActCancel {
		return ui.T(ctx, "Cancel all of these"), ui.T(ctx, "Those that wait never run, those that run are told to end. What they were meant to do is not done."), ui.T(ctx, "Cancel them")
	}
	if act == admin.ActReplay {
		return ui.T(ctx, "Replay of Stripe events"), "", ""
	}
	return ui.T(ctx, "Retry all of these"), ui.T(ctx, "Workers take them at once. One that has used all its attempts gets one more."), ui.T(ctx, "Retry them")
}

// actWords name what an act is done to.
func actWords(ctx context.Context, a admin.JobAct) []string {
	if a.Act != admin.ActReplay {
		return filterWords(ctx, a.State, a.Kind, a.Queue, a.Tenant)
	}
	state := ui.T(ctx, "Parked")
	if a.State == admin.WebhookLate {
		state = ui.T(ctx, "Late")
	}
	return slices.DeleteFunc([]string{state, a.Kind, a.Tenant}, func(word string) bool { return word == "" })
}

// filterWords name what the jobs of an act have in common.
func filterWords(ctx context.Context, state, kind, queue, tenant string) []string {
	var out []string
	if state != "" {
		text, _ := jobState(ctx, state)
		out = append(out, ui.T(ctx, "State: %s", text))
	}
	for _, f := range [][2]string{{ui.T(ctx, "Kind"), kind}, {ui.T(ctx, "Queue"), queue}, {ui.T(ctx, "Organization"), tenant}} {
		if f[1] != "" {
			out = append(out, f[0]+": "+f[1])
		}
	}
	return out
}
