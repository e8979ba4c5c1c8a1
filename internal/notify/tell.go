package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/notify/notifydb"
	"plinth/internal/scope"
	"plinth/jobs"
)

// news is one notification to be.
type news struct {
	person  uuid.UUID
	kind    Kind
	cause   string
	project uuid.UUID
	ticket  uuid.UUID
	comment *uuid.UUID
	actor   *uuid.UUID
	event   *uuid.UUID
}

// Consumer hears of what people are told of.
func Consumer() events.Consumer {
	return events.Consumer{
		Name: "notifications", Once: true,
		Types: []string{
			"ticket.created", "ticket.edited", "ticket.assigned", "ticket.status_changed", "ticket.commented", "ticket.comment_edited",
			"ticket.moved", "ticket.deleted",
		},
		Job: func(tenant, event uuid.UUID) jobs.Args {
			return jobs.NotifyTicket{ForTenant: jobs.ForTenant{TenantID: tenant}, Event: event}
		},
	}
}

// Tell tells of an event of a ticket whoever it concerns. Called twice, it tells once. jobs.ErrNothingToDo when what has
// happened is gone again.
func (n *Notify) Tell(ctx context.Context, tenant, event uuid.UUID) error {
	return n.DB.InTenant(ctx, scope.System(tenant), func(ctx context.Context, tx db.Tx) error {
		q := notifydb.New()
		cause, err := q.Cause(ctx, tx, notifydb.CauseParams{TenantID: tenant, Event: event})
		comment := cause.CommentID
		if db.None(err) || err == nil && comment != uuid.Nil && !cause.Said {
			return jobs.ErrNothingToDo
		}
		if err != nil {
			return fmt.Errorf("read the event: %w", err)
		}
		switch {
		case cause.Deleted:
			return q.ReadOfTicket(ctx, tx, notifydb.ReadOfTicketParams{TenantID: tenant, TicketID: cause.TicketID})
		case cause.Action == "ticket.moved":
			return q.MoveWithTicket(ctx, tx, notifydb.MoveWithTicketParams{TenantID: tenant, TicketID: cause.TicketID, ProjectID: cause.ProjectID})
		}
		said := orNil(comment)
		audience, err := q.Audience(ctx, tx, notifydb.AudienceParams{
			TenantID: tenant, Ticket: cause.TicketID, GivenTo: cause.GivenTo, Comment: said, Project: cause.ProjectID, Actor: cause.ActorID,
		})
		if err != nil {
			return fmt.Errorf("read whom it concerns: %w", err)
		}
		var all []news
		for _, who := range audience {
			kind, about := concern(cause, event, said, who)
			if kind == "" {
				continue
			}
			all = append(all, news{
				person: who.UserID, kind: kind, cause: about, project: cause.ProjectID, ticket: cause.TicketID, comment: said, actor: cause.ActorID, event: &event,
			})
		}
		return n.addTx(ctx, tx, tenant, all)
	})
}

// concern says what an event is to somebody, and the cause that they are told of it once for; "" when it is nothing. It goes
// by what the event changed: a ticket may have been given to somebody else by the time that its job runs.
func concern(c notifydb.CauseRow, event uuid.UUID, comment *uuid.UUID, who notifydb.AudienceRow) (kind Kind, cause string) {
	if Level(who.Level) == Silence {
		return "", ""
	}
	watches := who.Watching || Level(who.Level) == Everything
	switch {
	case (c.Action == "ticket.created" || c.Action == "ticket.assigned") && c.GivenTo == who.UserID:
		return Assigned, "assigned:" + event.String()
	case who.MentionID != uuid.Nil && speaks(c.Action):
		return Mention, "mention:" + who.MentionID.String()
	case c.Action == "ticket.commented" && watches && comment != nil:
		return Comment, "comment:" + comment.String()
	case c.Action == "ticket.status_changed" && watches && moved(c.Changes):
		return Status, "status:" + event.String()
	}
	return "", ""
}

// speaks says whether the event brought text in which somebody may be named.
func speaks(action string) bool {
	return slices.Contains([]string{"ticket.created", "ticket.edited", "ticket.commented", "ticket.comment_edited"}, action)
}

func moved(changes []byte) bool {
	var c map[string][2]string
	return json.Unmarshal(changes, &c) == nil && c["status"][0] != c["status"][1]
}

// atOnce is how many notifications go to Postgres in one round trip.
const atOnce = 500

// addTx writes the notifications, each as its person wants to be told, and enqueues the mails of those who want them at
// once.
func (n *Notify) addTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, all []news) error {
	ways, err := waysTx(ctx, tx, all)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(one news) bool { return ways(one) == Nothing })
	for some := range slices.Chunk(all, atOnce) {
		added := make([]uuid.UUID, len(some))
		var made error
		err := db.Together(ctx, tx, func(r *db.Reads) {
			for i, one := range some {
				id, err := uuid.NewV7()
				if err != nil {
					made = fmt.Errorf("make an id: %w", err)
				}
				db.Value(r, &added[i], notifydb.AddNotification, tenant, id, one.person, one.cause, string(one.kind), string(ways(one)),
					one.project, one.ticket, one.comment, one.actor, one.event)
			}
		})
		if err != nil || made != nil {
			return fmt.Errorf("add notifications: %w", firstOf(made, err))
		}
		for i, id := range added {
			if id == uuid.Nil || ways(some[i]) != AtOnce {
				continue
			}
			if err := n.Queue.EnqueueTx(ctx, tx, jobs.SendNotification{ForTenant: jobs.ForTenant{TenantID: tenant}, ID: id}); err != nil {
				return err
			}
		}
	}
	return nil
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// waysTx reads how the people want to be told.
func waysTx(ctx context.Context, tx db.Tx, all []news) (func(news) Way, error) {
	type choice struct {
		person uuid.UUID
		kind   Kind
	}
	people := make([]uuid.UUID, len(all))
	for i, one := range all {
		people[i] = one.person
	}
	rows, err := notifydb.New().ChoicesOf(ctx, tx, people)
	if err != nil {
		return nil, fmt.Errorf("read how people want to be told: %w", err)
	}
	chosen := map[choice]Way{}
	for _, row := range rows {
		chosen[choice{row.UserID, Kind(row.Kind)}] = Way(row.Way)
	}
	return func(one news) Way {
		if w, ok := chosen[choice{one.person, one.kind}]; ok {
			return w
		}
		return usual(one.kind)
	}, nil
}

func orNil(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
