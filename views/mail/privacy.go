package mail

import "plinth/internal/privacy"

// ExportReady tells a person that the copy of their data can be fetched.
func ExportReady(m privacy.ReadyMail) Letter {
	return Letter{
		To: m.To, Subject: "The copy of your data is ready", Title: "The copy of your data is ready",
		Paragraphs: []string{
			"Hello " + m.Name + ",",
			"The copy of your data that you asked for " + until(m),
		},
		ButtonText: "Fetch it", ButtonURL: m.URL,
		Note: "If you did not ask for it, somebody else is signed in to your account: change your password, which signs them out.",
	}
}

// OrganizationExportReady tells an owner that the copy of all that their organization has can be fetched.
func OrganizationExportReady(m privacy.ReadyMail) Letter {
	return Letter{
		To: m.To, Subject: "The copy of " + m.Organization + " is ready", Title: "The copy of " + m.Organization + " is ready",
		Paragraphs: []string{
			"Hello " + m.Name + ",",
			"The copy of " + m.Organization + " that you asked for " + until(m) + " Only its owners can fetch it.",
		},
		ButtonText: "Fetch it", ButtonURL: m.URL,
		Note: "If you did not ask for it, somebody else is signed in to your account: change your password, which signs them out.",
	}
}

func until(m privacy.ReadyMail) string {
	return "can be fetched until " + m.Until.In(m.Zone).Format("2 January 2006 at 15:04 MST") + ". You will be asked to sign in."
}
