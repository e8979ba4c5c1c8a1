package demo

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/projects"
	"plinth/internal/scope"
)

// acme is the organization of the demo: on a trial of Team, with three projects, one of them for its members only.
func (s Seed) acme(ctx context.Context) error {
	dana, err := s.account(ctx, "Dana Whitfield", owner)
	if err != nil {
		return err
	}
	boss, err := s.found(ctx, dana, "Acme Robotics", "acme")
	if err != nil {
		return err
	}
	if err := s.Billing.StartTrial(ctx, boss, "team"); err != nil {
		return fmt.Errorf("start the trial: %w", err)
	}
	team := map[string]scope.Scope{"dana": boss}
	for _, p := range []struct {
		key, name string
		role      scope.Role
	}{
		{"mira", "Mira Okafor", scope.Admin}, {"tomas", "Tomás Rivas", scope.Member}, {"jun", "Jun Park", scope.Member},
		{"priya", "Priya Nair", scope.Member}, {"elif", "Elif Demir", scope.Member}, {"lukas", "Lukas Brandt", scope.Guest},
	} {
		person, err := s.account(ctx, p.name, p.key+"@acme.example")
		if err != nil {
			return err
		}
		if team[p.key], err = s.join(ctx, boss, person, p.role); err != nil {
			return fmt.Errorf("%s joins: %w", p.name, err)
		}
	}
	if err := s.Billing.SyncSeats(ctx, boss.TenantID); err != nil {
		return fmt.Errorf("count the seats: %w", err)
	}
	for _, p := range demoProjects() {
		if err := s.project(ctx, team, p); err != nil {
			return fmt.Errorf("project %s: %w", p.Key, err)
		}
	}
	return nil
}

func (s Seed) project(ctx context.Context, team map[string]scope.Scope, p demoProject) error {
	boss := team["dana"]
	_, err := s.Projects.Create(ctx, boss, projects.NewProject{
		ID: uuid.Must(uuid.NewV7()), Name: p.Name, Key: p.Key, Description: p.Description, Visibility: p.Visibility, Hue: p.Hue,
	})
	if err != nil {
		return err
	}
	for _, member := range p.Members {
		if err := s.Projects.AddMember(ctx, boss, p.Key, team[member].Person.ID); err != nil {
			return fmt.Errorf("add %s: %w", member, err)
		}
	}
	// Work that was done in the weeks before, so that charts have something to say.
	for i := range p.Before {
		t := demoTicket{Title: earlier(i), Author: "mira", Assignee: p.Crew[i%len(p.Crew)], Status: projects.Done, Ago: 700 - i*(600/p.Before)}
		t.DoneAgo = max(t.Ago-30-(i*17)%90, 2)
		if err := s.ticket(ctx, team, p.Key, t); err != nil {
			return err
		}
	}
	for _, t := range p.Tickets {
		if err := s.ticket(ctx, team, p.Key, t); err != nil {
			return fmt.Errorf("ticket %q: %w", t.Title, err)
		}
	}
	return nil
}

// ticket makes a ticket in the past and moves it as its story says.
func (s Seed) ticket(ctx context.Context, team map[string]scope.Scope, key string, t demoTicket) error {
	then := *s.Projects
	then.Now = at(t.Ago)
	f := projects.NewTicket{ID: uuid.Must(uuid.NewV7()), Title: t.Title, Body: t.Body, Priority: t.Priority}
	if t.Assignee != "" {
		f.Assignee = team[t.Assignee].Person.ID
	}
	number, err := then.CreateTicket(ctx, team[t.Author], key, f)
	if err != nil {
		return err
	}
	then.Now = at(t.Ago / 2)
	if t.DoneAgo > 0 {
		then.Now = at(t.DoneAgo)
	}
	if t.Status != "" && t.Status != projects.Todo {
		mover := t.Author
		if t.Assignee != "" {
			mover = t.Assignee
		}
		if err := then.SetTicketStatus(ctx, team[mover], key, number, t.Status); err != nil {
			return err
		}
	}
	for _, c := range t.Comments {
		if err := then.AddComment(ctx, team[c.Author], key, number, projects.CommentForm{ID: uuid.Must(uuid.NewV7()), Body: c.Body}); err != nil {
			return fmt.Errorf("comment: %w", err)
		}
	}
	return nil
}
