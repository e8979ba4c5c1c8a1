package mail

import "plinth/internal/tenants"

// Suspension tells an owner that the organization is suspended and why, or that it no longer is.
func Suspension(m tenants.SuspensionMail) Letter {
	l := Letter{
		To: m.To, ButtonText: "Open " + m.Organization, ButtonURL: m.URL,
		Note: "You get this mail because you own " + m.Organization + " on Plinth.",
	}
	if !m.Suspended {
		l.Subject = m.Organization + " is open again"
		l.Title, l.Paragraphs = l.Subject, []string{"Hello " + m.Name + ",", m.Organization + " is no longer suspended. Everything can be changed as before."}
		return l
	}
	l.Subject = m.Organization + " is suspended"
	l.Title, l.Paragraphs = l.Subject, []string{
		"Hello " + m.Name + ",",
		"We have suspended " + m.Organization + ". Everything can be read, nothing can be changed. The reason: " + m.Reason,
		"Answer this mail if you think that this is a mistake.",
	}
	return l
}
