package projects

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// ReactionKind is what somebody can make of a comment without a word.
type ReactionKind string

// ReactionKinds lists them in the order in which they are shown.
func ReactionKinds() []ReactionKind {
	return []ReactionKind{"agree", "disagree", "thanks", "happy", "puzzled", "seen"}
}

// Reaction is what people made of a comment.
type Reaction struct {
	CommentID uuid.UUID
	Kind      ReactionKind
	People    int32
	Mine      bool
	Names     []string // of the first eight
}

// React notes what the person makes of a comment, or that they no longer do. Said twice it is the same.
func (p *Projects) React(ctx context.Context, s scope.Scope, key string, number int, id uuid.UUID, kind ReactionKind, on bool) error {
	return p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		if !slices.Contains(ReactionKinds(), kind) {
			return fault.Field("reaction", "Choose one from the list.")
		}
		q := projectsdb.New()
		_, err := q.LockComment(ctx, tx, projectsdb.LockCommentParams{TenantID: s.TenantID, Person: s.Person.ID, TicketID: t.ID, ID: id})
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("read comment: %w", err)
		}
		var rows int64
		if on {
			rows, err = q.AddReaction(ctx, tx, projectsdb.AddReactionParams{
				TenantID: s.TenantID, CommentID: id, UserID: s.Person.ID, Kind: string(kind), Now: p.now(),
			})
		} else {
			rows, err = q.RemoveReaction(ctx, tx, projectsdb.RemoveReactionParams{TenantID: s.TenantID, CommentID: id, UserID: s.Person.ID, Kind: string(kind)})
		}
		if err != nil {
			return fmt.Errorf("react: %w", err)
		}
		if rows == 0 {
			return nil
		}
		// The history does not keep it; whoever looks at the ticket sees it.
		return events.TellTx(ctx, tx, s, events.Event{Action: "ticket.reacted", ObjectID: t.ID, ProjectID: t.ProjectID})
	})
}

// takeReactions gives the comments in sight what people made of them, in the order of ReactionKinds.
func (t TicketPage) takeReactions(all []Reaction) {
	slices.SortFunc(all, func(a, b Reaction) int {
		return slices.Index(ReactionKinds(), a.Kind) - slices.Index(ReactionKinds(), b.Kind)
	})
	for i := range t.Comments {
		for _, r := range all {
			if r.CommentID == t.Comments[i].ID {
				t.Comments[i].Reactions = append(t.Comments[i].Reactions, r)
			}
		}
	}
}
