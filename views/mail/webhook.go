package mail

import "plinth/internal/webhooks"

// WebhookPaused tells somebody who manages an organization that nothing is sent to a server of theirs any more.
func WebhookPaused(m webhooks.PausedMail) Letter {
	l := Letter{
		To: m.To, Subject: "Webhook to " + m.Host + " is paused", ButtonText: "Look at the webhook", ButtonURL: m.URL,
		Note: "You get this mail because you manage " + m.Organization + " on Plinth.",
	}
	l.Title = l.Subject
	why := "For three days it took nothing that " + m.Organization + " sent to it, so nothing more is sent."
	if m.Gone {
		why = "It answered that it is gone (410), so " + m.Organization + " sends nothing more to it."
	}
	l.Paragraphs = []string{
		"Hello " + m.Name + ",", why,
		"When it is there again, resume the webhook and replay what happened meanwhile: nothing of it is lost.",
	}
	return l
}
