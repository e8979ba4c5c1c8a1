package mail

import (
	"fmt"
	"strings"

	"plinth/internal/notify"
	"plinth/internal/projects"
)

// reportItems is how many tickets a report tells one by one; the page has more.
const reportItems = 10

// Report tells a person how the week of a project was.
func Report(m notify.ReportMail) Letter {
	l := notifyLetter(m.Letter)
	l.Subject = fmt.Sprintf("%s: week of %s", m.Project.Name, m.Week.Monday.Format("2 January"))
	l.Title = fmt.Sprintf("%s, %s to %s", m.Project.Name, m.Week.Monday.Format("2 January"), m.Week.Sunday().Format("2 January 2006"))
	l.Paragraphs = []string{fmt.Sprintf("%s done, %s opened. %s open now, %s of them overdue.", some(m.Done), some(m.Opened), some(m.Open), some(m.Overdue))}
	if people := reportPeople(m.People); people != "" {
		l.Paragraphs = append(l.Paragraphs, people)
	}
	for _, t := range m.DoneRows[:min(len(m.DoneRows), reportItems)] {
		l.Items = append(l.Items, reportItem(m, t, "Done"+byWhom(t)))
	}
	for _, t := range m.LateRows[:min(len(m.LateRows), reportItems)] {
		l.Items = append(l.Items, reportItem(m, t, "Was due on "+t.DueOn.Format("2 January")+byWhom(t)))
	}
	l.Items = append(l.Items, LetterItem{Link: "The report as PDF", Text: "To print, or to pass on", URL: m.PDF})
	l.ButtonText, l.ButtonURL = "Open the report", m.URL
	l.Note = "You get this mail every Monday because you asked for it, when there is something for it."
	return l
}

func reportItem(m notify.ReportMail, t projects.Row, text string) LetterItem {
	page, _, _ := strings.Cut(m.URL, "/report?")
	return LetterItem{Link: t.Key() + " " + t.Title, Text: text, URL: fmt.Sprintf("%s/tickets/%d", page, t.Number)}
}

func byWhom(t projects.Row) string {
	if t.Assignee == "" {
		return ""
	}
	return ", " + t.Assignee
}

// reportPeople says who did how much, the first few.
func reportPeople(all []projects.ReportPerson) string {
	var parts []string
	for _, p := range all[:min(len(all), reportItems)] {
		if p.ID != nil {
			parts = append(parts, fmt.Sprintf("%s %d", p.Name, p.Done))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Done by person: " + strings.Join(parts, ", ") + "."
}

func some(n int64) string {
	if n > projects.CountCap {
		return fmt.Sprintf("more than %d", projects.CountCap)
	}
	return fmt.Sprint(n)
}
