package projects

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// AddMember adds a person of the organization to the project; adding somebody twice changes nothing.
func (p *Projects) AddMember(ctx context.Context, s scope.Scope, key string, userID uuid.UUID) error {
	return p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, project Project) error {
		q := projectsdb.New()
		name, err := q.MemberNow(ctx, tx, projectsdb.MemberNowParams{TenantID: s.TenantID, UserID: userID})
		if db.None(err) {
			return fault.Field("user", "Choose a person from the list.")
		}
		if err != nil {
			return fmt.Errorf("read membership: %w", err)
		}
		rows, err := q.AddProjectMember(ctx, tx, projectsdb.AddProjectMemberParams{TenantID: s.TenantID, ProjectID: project.ID, UserID: userID})
		if err != nil {
			return fmt.Errorf("add project member: %w", err)
		}
		if rows == 0 {
			return nil
		}
		return memberEvent(ctx, tx, s, "project.member_added", project, userID, name)
	})
}

// RemoveMember takes a person out of the project; Missing when they are not in it. Their tickets stay theirs.
func (p *Projects) RemoveMember(ctx context.Context, s scope.Scope, key string, userID uuid.UUID) error {
	return p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, project Project) error {
		q := projectsdb.New()
		rows, err := q.RemoveProjectMember(ctx, tx, projectsdb.RemoveProjectMemberParams{
			TenantID: s.TenantID, Person: s.Person.ID, ProjectID: project.ID, UserID: userID,
		})
		if err != nil {
			return fmt.Errorf("remove project member: %w", err)
		}
		if rows == 0 {
			return fault.Missing()
		}
		name, err := q.MemberNow(ctx, tx, projectsdb.MemberNowParams{TenantID: s.TenantID, UserID: userID})
		if err != nil && !db.None(err) {
			return fmt.Errorf("read membership: %w", err)
		}
		return memberEvent(ctx, tx, s, "project.member_removed", project, userID, name)
	})
}

func memberEvent(ctx context.Context, tx db.Tx, s scope.Scope, action string, project Project, userID uuid.UUID, name string) error {
	return events.AppendTx(ctx, tx, s, events.Event{
		Action: action, ObjectKind: "project", ObjectID: project.ID, ObjectName: project.Name, ProjectID: project.ID,
		Changes: map[string][2]string{"member": {"", userID.String()}}, Person: map[string]string{"name": name},
	})
}
