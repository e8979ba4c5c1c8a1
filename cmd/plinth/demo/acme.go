package demo

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/projects"
	"plinth/internal/scope"
)

const (
	ownerName   = "Dana Whitfield"
	acmeSlug    = "acme"
	harbourSlug = "harbour-labs"
)

// acme is the organization of the demo: on a paid plan, with three projects, one of them for its members only.
func (s Seed) acme(ctx context.Context, conn *pgx.Conn) error {
	dana, err := s.account(ctx, ownerName, owner)
	if err != nil {
		return err
	}
	boss, err := s.found(ctx, dana, "Acme Robotics", acmeSlug)
	if err != nil {
		return err
	}
	if err := s.plan(ctx, conn, boss); err != nil {
		return err
	}
	team := map[string]scope.Scope{"dana": boss}
	for _, c := range colleagues() {
		person, err := s.account(ctx, c.name, c.email())
		if err != nil {
			return err
		}
		if team[c.key], err = s.join(ctx, boss, person, c.role); err != nil {
			return fmt.Errorf("%s joins: %w", c.name, err)
		}
	}
	if s.LocalStripe {
		if err := s.Billing.SyncSeats(ctx, boss.TenantID); err != nil {
			return fmt.Errorf("count the seats: %w", err)
		}
	}
	if err := s.pictures(ctx, conn, team); err != nil {
		return err
	}
	for _, p := range demoProjects() {
		if err := s.project(ctx, team, p); err != nil {
			return fmt.Errorf("project %s: %w", p.Key, err)
		}
	}
	return s.hooks(ctx, conn, boss)
}

func (s Seed) project(ctx context.Context, team map[string]scope.Scope, p demoProject) error {
	boss := team["dana"]
	_, err := s.Projects.Create(ctx, boss, projects.NewProject{
		ID: id("project "+p.Key, historyHours), Name: p.Name, Key: p.Key, Description: p.Description, Visibility: p.Visibility, Hue: p.Hue,
	})
	if err != nil {
		return err
	}
	for _, member := range p.Members {
		if err := s.Projects.AddMember(ctx, boss, p.Key, team[member].Person.ID); err != nil {
			return fmt.Errorf("add %s: %w", member, err)
		}
	}
	for _, label := range p.Labels {
		hue, name, _ := strings.Cut(label, " ")
		if err := s.Projects.AddLabel(ctx, boss, p.Key, projects.LabelForm{ID: labelID(p.Key, name), Name: name, Hue: hue}); err != nil {
			return fmt.Errorf("label %s: %w", name, err)
		}
	}
	// Work that was done in the weeks before, so that charts have something to say.
	for i := range p.Before {
		t := demoTicket{Title: earlier(i), Author: "mira", Assignee: p.Crew[i%len(p.Crew)], Status: projects.Done, Ago: 700 - i*(600/p.Before)}
		t.DoneAgo = max(t.Ago-30-(i*17)%90, 2)
		if len(p.Labels) > 0 && i%3 > 0 {
			_, name, _ := strings.Cut(p.Labels[i%len(p.Labels)], " ")
			t.Labels = []string{name}
		}
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

// labelID is the id of a project's label.
func labelID(key, name string) uuid.UUID { return id("label "+key+" "+name, historyHours) }

// ticket makes a ticket in the past and moves it as its story says.
func (s Seed) ticket(ctx context.Context, team map[string]scope.Scope, key string, t demoTicket) error {
	then := *s.Projects
	then.Now = ago(t.Ago)
	number, err := then.CreateTicket(ctx, team[t.Author], key, t.form(team, key))
	if err != nil {
		return err
	}
	if err := s.move(ctx, team, key, number, t); err != nil {
		return err
	}
	for i, c := range t.Comments {
		said := projects.CommentForm{ID: id(fmt.Sprintf("comment %s %s %d", key, t.Title, i), t.Ago/2), Body: c.Body}
		if err := then.AddComment(ctx, team[c.Author], key, number, said); err != nil {
			return fmt.Errorf("comment: %w", err)
		}
	}
	return nil
}

func (t demoTicket) form(team map[string]scope.Scope, key string) projects.NewTicket {
	f := projects.NewTicket{ID: id("ticket "+key+" "+t.Title, t.Ago), Title: t.Title, Body: t.Body, Priority: t.Priority}
	if t.Assignee != "" {
		f.Assignee = team[t.Assignee].Person.ID
	}
	for _, name := range t.Labels {
		f.Labels = append(f.Labels, labelID(key, name))
	}
	if t.Due != 0 {
		f.Due = time.Now().AddDate(0, 0, t.Due).Format(time.DateOnly)
	}
	if t.Points != 0 {
		f.Estimate = strconv.Itoa(t.Points)
	}
	if t.Status == projects.Done { // begun at once, so that it is known how long it took
		f.Status = string(projects.InProgress)
	}
	return f
}

// move takes a ticket to its status. A second time it finds it there.
func (s Seed) move(ctx context.Context, team map[string]scope.Scope, key string, number int, t demoTicket) error {
	if t.Status == "" || t.Status == projects.Todo {
		return nil
	}
	then := *s.Projects
	then.Now = ago(t.Ago / 2)
	if t.DoneAgo > 0 {
		then.Now = ago(t.DoneAgo)
	}
	mover := t.Author
	if t.Assignee != "" {
		mover = t.Assignee
	}
	return then.SetTicketStatus(ctx, team[mover], key, number, t.Status)
}
