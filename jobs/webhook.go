package jobs

import (
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// PrepareWebhooks writes down what the endpoints of an organization are told of an event.
type PrepareWebhooks struct {
	ForTenant
	Event uuid.UUID `json:"event"`
}

// Kind names the job.
func (PrepareWebhooks) Kind() string { return "prepare_webhooks" }

// PostWebhooks has a turn at an endpoint, which is a server of an organization.
type PostWebhooks struct {
	ForTenant
	Endpoint uuid.UUID `json:"endpoint"`
	At       time.Time `json:"-"` // when; zero is at once
	// Wake is when it was to come first, in microseconds since 1970, by which the endpoint knows the one it relies on.
	Wake int64 `json:"wake,omitempty"`
}

// Kind names the job.
func (PostWebhooks) Kind() string { return "post_webhooks" }

// InsertOpts puts it where nobody else waits for servers of others.
func (p PostWebhooks) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueOutgoing, ScheduledAt: p.At}
}

// ReplayWebhooks queues the events of a while for an endpoint once more, in turns of some seconds.
type ReplayWebhooks struct {
	ForTenant
	Replay uuid.UUID `json:"replay"`
}

// Kind names the job.
func (ReplayWebhooks) Kind() string { return "replay_webhooks" }

// InsertOpts gives up within minutes, because somebody waits for it and can try again.
func (ReplayWebhooks) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, MaxAttempts: 4}
}

// StopWebhooks gives up what waits for an endpoint that was paused or deleted, in turns of some seconds.
type StopWebhooks struct {
	ForTenant
	Endpoint uuid.UUID `json:"endpoint"`
}

// Kind names the job.
func (StopWebhooks) Kind() string { return "stop_webhooks" }

// InsertOpts lets it take its time.
func (StopWebhooks) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: QueueBulk} }

// SendWebhookPaused mails those who manage an organization that nothing is sent to an endpoint any more. At is when that
// was, in microseconds since 1970: one pause is told once.
type SendWebhookPaused struct {
	ForTenant
	Endpoint uuid.UUID `json:"endpoint"`
	At       int64     `json:"at"`
}

// Kind names the job.
func (SendWebhookPaused) Kind() string { return "send_webhook_paused" }

// InsertOpts tries it for some days.
func (SendWebhookPaused) InsertOpts() river.InsertOpts { return mailOpts(QueueDefault) }

// TendWebhooks forgets what an organization was told long ago, and looks after what waits.
type TendWebhooks struct{ ForTenant }

// Kind names the job.
func (TendWebhooks) Kind() string { return "tend_webhooks" }

// InsertOpts lets one run for an organization in an hour.
func (TendWebhooks) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Hour}}
}

// TendAllWebhooks enqueues a TendWebhooks for each organization, in batches: each run enqueues the next, which begins after
// the organization named.
type TendAllWebhooks struct {
	After uuid.UUID `json:"after" river:"unique"`
}

// Kind names the job.
func (TendAllWebhooks) Kind() string { return "tend_all_webhooks" }

// InsertOpts lets one run in a day.
func (TendAllWebhooks) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: 24 * time.Hour}}
}
