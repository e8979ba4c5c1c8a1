package views

// MailSample is a mail of a kind with made-up values.
type MailSample struct {
	Kind, About, Subject string
	Preheader, Text      string // of the page of one
}
