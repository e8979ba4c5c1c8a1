package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/notify/notifydb"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/jobs"
)

// ReportPage is the weekly report of a project, and whether the person gets it by mail.
type ReportPage struct {
	projects.Report
	Subscribed bool
}

// ReportPage reads the report of a week, or of the last whole one when week is nil.
func (n *Notify) ReportPage(ctx context.Context, s scope.Scope, key string, week *projects.Week) (ReportPage, error) {
	var out ReportPage
	var report func() projects.Report
	err := n.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		report = n.Projects.QueueReport(r, s, key, week)
		db.Value(r, &out.Subscribed, notifydb.ReportSubscribed, s.TenantID, s.Person.ID, key)
	})
	if err != nil {
		return ReportPage{}, err
	}
	out.Report = report()
	return out, nil
}

// SetReport has the report of a project sent to the person every Monday, from the next one on, or no more.
func (n *Notify) SetReport(ctx context.Context, s scope.Scope, key string, on bool) error {
	q := notifydb.New()
	return n.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		id, err := q.ReportProject(ctx, tx, notifydb.ReportProjectParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key})
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("read the project: %w", err)
		}
		if !on {
			return q.UnsubscribeReport(ctx, tx, notifydb.UnsubscribeReportParams{TenantID: s.TenantID, ProjectID: id, UserID: s.Person.ID})
		}
		return q.SubscribeReport(ctx, tx, notifydb.SubscribeReportParams{
			TenantID: s.TenantID, ProjectID: id, UserID: s.Person.ID, LastWeek: reportWeek(n.Now(), s.Person.Location()).Monday,
		})
	})
}

// reportWeek is the week whose report the last Monday morning of a zone has brought.
func reportWeek(now time.Time, zone *time.Location) projects.Week {
	y, m, d := lastMorning(now, zone).Date()
	return projects.WeekOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)).Add(-1)
}

const reportPage = 500

// beginReports enqueues the report of everybody who asked for one and for whom it is Monday morning, once for each week.
func (n *Notify) beginReports(ctx context.Context, tenant uuid.UUID) error {
	var last notifydb.ReportsDueRow
	for {
		rows, err := n.beginReportPage(ctx, tenant, last)
		if err != nil || len(rows) < reportPage {
			return err
		}
		last = rows[len(rows)-1]
	}
}

func (n *Notify) beginReportPage(ctx context.Context, tenant uuid.UUID, last notifydb.ReportsDueRow) (rows []notifydb.ReportsDueRow, err error) {
	q, now := notifydb.New(), n.Now()
	err = n.DB.InTenant(ctx, scope.System(tenant), func(ctx context.Context, tx db.Tx) error {
		// Where the sun rises first it is a day later than in UTC at most.
		rows, err = q.ReportsDue(ctx, tx, notifydb.ReportsDueParams{
			TenantID: tenant, Before: now.UTC().AddDate(0, 0, -5), AfterProject: last.ProjectID, AfterUser: last.UserID, Size: reportPage,
		})
		if err != nil {
			return fmt.Errorf("read who gets a report: %w", err)
		}
		for _, row := range rows {
			week := reportWeek(now, zoneOf(row.TimeZone))
			if !row.LastWeek.Before(week.Monday) {
				continue
			}
			begun, err := q.ReportBegun(ctx, tx, notifydb.ReportBegunParams{Week: week.Monday, TenantID: tenant, ProjectID: row.ProjectID, UserID: row.UserID})
			if err != nil {
				return fmt.Errorf("note the week: %w", err)
			}
			job := jobs.SendReport{ForTenant: jobs.ForTenant{TenantID: tenant}, ProjectID: row.ProjectID, UserID: row.UserID, Week: week.String()}
			if begun == 0 {
				continue // another run was faster
			}
			if err := n.Queue.EnqueueTx(ctx, tx, job); err != nil {
				return err
			}
		}
		return nil
	})
	return rows, err
}

// ReportMail is what the mail of a report is made of.
type ReportMail struct {
	Letter
	projects.Report
	URL string // of the page; below it tickets
	PDF string
}

// ReportMail reads the report of a week for one who asked for it. jobs.ErrNothingToDo when they want it no more, may not see
// the project any more, or when there is nothing to tell.
func (n *Notify) ReportMail(ctx context.Context, tenant, project, user uuid.UUID, week string) (ReportMail, error) {
	w, ok := projects.ParseWeek(week)
	if !ok {
		return ReportMail{}, jobs.ErrNothingToDo
	}
	s := scope.System(tenant)
	var to *notifydb.ReportReaderRow
	if err := n.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &to, notifydb.ReportReader, tenant, project, user) }); err != nil {
		return ReportMail{}, fmt.Errorf("read whose report it is: %w", err)
	}
	if to == nil {
		return ReportMail{}, jobs.ErrNothingToDo
	}
	s.Slug, s.Person = to.Slug, scope.Person{ID: user, Name: to.Name, Zone: to.TimeZone}
	var report func() projects.Report
	err := n.DB.ReadTenant(ctx, s, func(r *db.Reads) { report = n.Projects.QueueReport(r, s, to.Key, &w) })
	if fault.Is(err, fault.NotFound) {
		return ReportMail{}, jobs.ErrNothingToDo
	}
	if err != nil {
		return ReportMail{}, fmt.Errorf("read the report: %w", err)
	}
	page := n.URL + "/orgs/" + to.Slug + "/projects/" + to.Key
	out := ReportMail{
		Letter: n.letter(mailRow{UserID: user, Email: to.Email, Name: to.Name, Organization: to.Organization, Slug: to.Slug}, reportAbout(tenant, project)),
		Report: report(), URL: page + "/report?week=" + week, PDF: page + "/report.pdf?week=" + week,
	}
	out.Settings = out.URL
	if out.Empty() {
		return ReportMail{}, jobs.ErrNothingToDo
	}
	return out, nil
}

const aboutReport = "report-"

// reportAbout stands for the reports of a project in the address that ends them.
func reportAbout(tenant, project uuid.UUID) string {
	return aboutReport + tenant.String() + "-" + project.String()
}

// Report says whose reports a link ends; false when it ends something else.
func (u Unsubscription) Report() (tenant, project uuid.UUID, ok bool) {
	ids, ok := strings.CutPrefix(u.About, aboutReport)
	const size = len("00000000-0000-0000-0000-000000000000")
	if !ok || len(ids) != 2*size+1 {
		return uuid.Nil, uuid.Nil, false
	}
	tenant, errTenant := uuid.Parse(ids[:size])
	project, errProject := uuid.Parse(ids[size+1:])
	return tenant, project, errTenant == nil && errProject == nil
}

// endReport ends the reports of one project.
func (n *Notify) endReport(ctx context.Context, tenant, project, user uuid.UUID) error {
	return n.DB.InTenant(ctx, scope.System(tenant), func(ctx context.Context, tx db.Tx) error {
		return notifydb.New().UnsubscribeReport(ctx, tx, notifydb.UnsubscribeReportParams{TenantID: tenant, ProjectID: project, UserID: user})
	})
}

// endReports ends all reports of a person, organization by organization.
func (n *Notify) endReports(ctx context.Context, user uuid.UUID) error {
	var all []uuid.UUID
	if err := n.DB.ReadPerson(ctx, user, func(r *db.Reads) { db.Values(r, &all, notifydb.OrganizationsOf, user) }); err != nil {
		return fmt.Errorf("read the organizations: %w", err)
	}
	for _, tenant := range all {
		err := n.DB.InTenant(ctx, scope.System(tenant), func(ctx context.Context, tx db.Tx) error {
			_, err := notifydb.New().EndReports(ctx, tx, notifydb.EndReportsParams{TenantID: tenant, UserID: user})
			return err
		})
		if err != nil {
			return fmt.Errorf("end the reports: %w", err)
		}
	}
	return nil
}
