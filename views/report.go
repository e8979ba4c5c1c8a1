package views

import (
	"context"
	"net/url"
	"time"

	"plinth/internal/notify"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/pdf"
	"plinth/views/ui"
)

// reportURL is the address of the report of a week, or of the last whole one.
func reportURL(s scope.Scope, key, week string) string {
	v := url.Values{}
	if week != "" {
		v.Set("week", week)
	}
	return listURL(projectPath(s, key, "report"), v)
}

func reportFile(s scope.Scope, r notify.ReportPage) string {
	return listURL(projectPath(s, r.Project.Key, "report.pdf"), url.Values{"week": {r.Week.String()}})
}

// reportDays says from when to when a week is.
func reportDays(ctx context.Context, w projects.Week) string {
	from := "2 January 2006"
	switch {
	case w.Monday.Year() != w.Sunday().Year():
	case w.Monday.Month() != w.Sunday().Month():
		from = "2 January"
	default:
		from = "2"
	}
	return ui.T(ctx, "%s to %s", w.Monday.Format(from), w.Sunday().Format("2 January 2006"))
}

func reportNumber(ctx context.Context, w projects.Week) string {
	year, n := w.Monday.ISOWeek()
	return ui.T(ctx, "Week %d", n) + " " + time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006")
}

func reportMedian(ctx context.Context, r projects.Report) string {
	if r.Cycle.Tickets == 0 {
		return "–"
	}
	return cycleText(ctx, r.Cycle.Median)
}

// reportTimed says of how many tickets it is known how long they took.
func reportTimed(ctx context.Context, r projects.Report) string {
	if r.Cycle.Tickets == 0 {
		return ui.T(ctx, "none was begun before")
	}
	return ui.TN(ctx, r.Cycle.Tickets, "of %d ticket that was begun", "of %d tickets that were begun")
}

func reportPerson(ctx context.Context, p projects.ReportPerson) string {
	if p.ID == nil {
		return ui.T(ctx, "Nobody")
	}
	return p.Name
}

// reportMore says that a list goes on.
func reportMore(ctx context.Context, rows []projects.Row, all int64) string {
	if int64(len(rows)) >= all {
		return ""
	}
	return ui.T(ctx, "The first %d of %s.", len(rows), ticketCount(ctx, all))
}

// reportCard is a row of one of the lists, under an id of its own: a ticket may stand in several.
func reportCard(s scope.Scope, t projects.Row, list string) ui.Card {
	card := ticketCard(s, t, nil)
	card.ID = list + "-" + card.Key
	return card
}

// ReportPaper is the report as a document to print.
func ReportPaper(ctx context.Context, s scope.Scope, r notify.ReportPage) pdf.Document {
	d := pdf.Document{
		Title: r.Project.Name, Subtitle: reportNumber(ctx, r.Week) + " · " + reportDays(ctx, r.Week), Foot: s.Name, Made: r.Now,
		PageOf: func(page, all int) string { return ui.T(ctx, "Page %d of %d", page, all) },
		Note:   ui.T(ctx, "Open and overdue are as of %s.", r.Now.In(s.Person.Location()).Format("2 January 2006")),
		Figures: []pdf.Figure{
			{Label: ui.T(ctx, "Done"), Value: ticketCount(ctx, r.Done)}, {Label: ui.T(ctx, "Opened"), Value: ticketCount(ctx, r.Opened)},
			{Label: ui.T(ctx, "Open now"), Value: ui.Num(ctx, r.Open)}, {Label: ui.T(ctx, "Overdue"), Value: ticketCount(ctx, r.Overdue)},
			{Label: ui.T(ctx, "Half done within"), Value: reportMedian(ctx, r.Report)},
		},
	}
	people := pdf.Section{Title: ui.T(ctx, "Done by person"), Empty: ui.T(ctx, "Nothing was done.")}
	for _, p := range r.People {
		people.Rows = append(people.Rows, pdf.Row{Text: reportPerson(ctx, p), End: ui.Num(ctx, p.Done)})
	}
	late := func(t projects.Row) string { return ui.T(ctx, "due on %s", t.DueOn.Format("2 January 2006")) }
	d.Sections = []pdf.Section{
		people,
		paperList(ctx, ui.T(ctx, "Done"), ui.T(ctx, "Nothing was done."), r.DoneRows, r.Done, func(t projects.Row) string { return t.Assignee }),
		paperList(ctx, ui.T(ctx, "Opened"), ui.T(ctx, "Nothing was opened."), r.OpenRows, r.Opened, func(t projects.Row) string { return t.StatusName }),
		paperList(ctx, ui.T(ctx, "Overdue"), ui.T(ctx, "Nothing is overdue."), r.LateRows, r.Overdue, late),
	}
	return d
}

func paperList(ctx context.Context, title, empty string, rows []projects.Row, all int64, end func(projects.Row) string) pdf.Section {
	out := pdf.Section{Title: title, Empty: empty, More: reportMore(ctx, rows, all)}
	for _, t := range rows {
		out.Rows = append(out.Rows, pdf.Row{Key: t.Key(), Text: t.Title, End: end(t)})
	}
	return out
}
