package mail

import (
	"fmt"
	"strings"

	"plinth/internal/notify"
)

// Notification tells a person of one thing.
func Notification(m notify.Mail) Letter {
	l := notifyLetter(m.Letter)
	l.Subject = m.Ticket + " " + m.Title
	l.Title = l.Subject
	l.Paragraphs = []string{sentence(m.Item) + "."}
	l.Quote = clipped(m.Excerpt, 1000)
	l.ButtonText, l.ButtonURL = "Open "+m.Ticket, m.URL
	l.Note = "You get this mail because " + reason(m.Kind) + " in " + m.Organization + " on Plinth."
	return l
}

// Digest tells a person what has come together since the morning before.
func Digest(m notify.DigestMail) Letter {
	l := notifyLetter(m.Letter)
	l.Subject = fmt.Sprintf("%s: %s", m.Organization, counted(len(m.Items), m.More))
	l.Title = "What is new in " + m.Organization
	for _, i := range m.Items {
		l.Items = append(l.Items, LetterItem{Link: i.Ticket + " " + i.Title, Text: sentence(i), Detail: clipped(strings.Join(strings.Fields(i.Excerpt), " "), 200), URL: i.URL})
	}
	if m.More {
		l.Paragraphs = []string{"There is more than this in your inbox."}
	}
	l.ButtonText, l.ButtonURL = "Open your inbox", m.Inbox
	l.Note = "You get this mail once a day, when there is something for it."
	return l
}

func counted(n int, more bool) string {
	switch {
	case more:
		return fmt.Sprintf("more than %d things are new", n)
	case n == 1:
		return "one thing is new"
	}
	return fmt.Sprintf("%d things are new", n)
}

func notifyLetter(m notify.Letter) Letter {
	return Letter{To: m.To, Unsubscribe: m.Unsubscribe, Settings: m.Settings}
}

// sentence says what happened, without the full stop.
func sentence(i notify.Item) string {
	switch i.Kind {
	case notify.Assigned:
		return who(i) + " gave it to you"
	case notify.Mention:
		return who(i) + " mentioned you"
	case notify.Comment:
		return who(i) + " commented"
	case notify.Status:
		if i.Status == "" {
			return who(i) + " moved it"
		}
		return who(i) + " moved it to " + i.Status
	case notify.Due:
		if i.Late {
			return "It was due on " + i.DueOn.Format("2 January")
		}
		return "It is due on " + i.DueOn.Format("Monday, 2 January")
	}
	return who(i) + " changed it"
}

func who(i notify.Item) string {
	if i.Actor == "" {
		return "Somebody"
	}
	return i.Actor
}

func reason(k notify.Kind) string {
	switch k {
	case notify.Assigned:
		return "a ticket was given to you"
	case notify.Mention:
		return "somebody mentioned you"
	case notify.Comment, notify.Status:
		return "you watch this ticket"
	case notify.Due:
		return "a ticket of yours is due"
	}
	return "of a ticket"
}

// clipped cuts a text at a word.
func clipped(text string, most int) string {
	text = strings.TrimSpace(text)
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	cut := string(runes[:most])
	if at := strings.LastIndexAny(cut, " \n"); at > most/2 {
		cut = cut[:at]
	}
	return strings.TrimSpace(cut) + " …"
}
