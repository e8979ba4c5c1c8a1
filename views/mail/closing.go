package mail

import "plinth/internal/tenants"

// Closing tells an owner that the organization was deleted, and until when it can be brought back, or that it is back.
func Closing(m tenants.ClosingMail) Letter {
	if m.Kind == tenants.MailRestored {
		return Letter{
			To: m.To, Subject: m.Organization + " is back", Title: m.Organization + " is back",
			Paragraphs: []string{
				"Hello " + m.Name + ",",
				"An owner has taken the deletion of " + m.Organization + " back. All its data is there. It is on the free plan, and invitations and join links have to be made anew.",
			},
			ButtonText: "Open " + m.Organization, ButtonURL: m.URL, Note: ownerNote(m),
		}
	}
	return Letter{
		To: m.To, Subject: m.Organization + " was deleted", Title: m.Organization + " was deleted",
		Paragraphs: []string{
			"Hello " + m.Name + ",",
			"An owner has deleted " + m.Organization + ". Nobody can open it any more, and nothing more is charged.",
			"Until " + m.Until.In(m.Zone).Format("2 January 2006 at 15:04 MST") + " any owner can bring it back. Then everything it had is erased for good.",
		},
		ButtonText: "Bring it back", ButtonURL: m.URL, Note: ownerNote(m),
	}
}

func ownerNote(m tenants.ClosingMail) string {
	return "You get this mail because you own " + m.Organization + " on Plinth."
}
