package mail

import "plinth/internal/tenants"

// Ownership asks the member named to take an organization over, or tells who handed it over that it is done.
func Ownership(m tenants.OwnershipMail) Letter {
	if m.Done {
		return Letter{
			To: m.To, Subject: m.Heir + " is the owner of " + m.Organization + " now", Title: m.Organization + " is handed over",
			Paragraphs: []string{m.Heir + " has confirmed and is an owner of " + m.Organization + " now. You are an admin there."},
			ButtonText: "See the people", ButtonURL: m.URL,
			Note: "If you did not hand it over, write to the other owners at once and choose a new password.",
		}
	}
	return Letter{
		To: m.To, Subject: m.From + " wants to hand " + m.Organization + " over to you", Title: "Become the owner of " + m.Organization,
		Paragraphs: []string{
			m.From + " wants to hand " + m.Organization + " over to you: its billing, its security and its end are then yours to decide.",
			"Nothing changes until you confirm. The offer stands for seven days.",
		},
		ButtonText: "See the offer", ButtonURL: m.URL,
		Note: "If you do not want it, decline, or do nothing.",
	}
}
