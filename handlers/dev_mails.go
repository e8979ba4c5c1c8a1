package handlers

import (
	"net/http"
	"slices"

	"plinth/internal/fault"
	"plinth/internal/mailer"
	"plinth/views"
	"plinth/views/mail"
)

// MailSamples lists every kind of mail.
func (h *DevMail) MailSamples(w http.ResponseWriter, r *http.Request) error {
	var list []views.MailSample
	for _, s := range mail.Samples(r.Context()) {
		list = append(list, views.MailSample{Kind: s.Kind, About: s.About, Subject: s.Letter.Subject})
	}
	return h.Render(w, r, http.StatusOK, views.DevMails(list))
}

// MailSample shows a mail of one kind.
func (h *DevMail) MailSample(w http.ResponseWriter, r *http.Request) error {
	s, m, err := sampleOf(r)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.DevMailSample(views.MailSample{
		Kind: s.Kind, About: s.About, Subject: s.Letter.Subject, Preheader: s.Letter.Preheader(), Text: m.Text,
	}))
}

// MailSampleHTML is the document of a mail of one kind.
func (h *DevMail) MailSampleHTML(w http.ResponseWriter, r *http.Request) error {
	_, m, err := sampleOf(r)
	if err != nil {
		return err
	}
	return mailDocument(w, m.HTML)
}

func sampleOf(r *http.Request) (mail.Sample, mailer.Message, error) {
	all := mail.Samples(r.Context())
	i := slices.IndexFunc(all, func(s mail.Sample) bool { return s.Kind == r.PathValue("kind") })
	if i < 0 {
		return mail.Sample{}, mailer.Message{}, fault.Missing()
	}
	m, err := all[i].Letter.Message(r.Context())
	return all[i], m, err
}
