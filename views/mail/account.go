package mail

import "plinth/internal/auth"

// Verification asks the reader to prove the address, or says that it has an account already.
func Verification(m auth.VerificationMail) Letter {
	if m.Known {
		return Letter{
			To: m.To, Subject: "You have an account already", Title: "You have an account already",
			Paragraphs: []string{
				"Somebody, probably you, has just signed up to Plinth with this address. It has an account already, so no second one was made.",
				"Sign in with your password. If you have forgotten it, the sign-in page lets you set a new one.",
			},
			ButtonText: "Sign in", ButtonURL: m.URL,
			Note: "If it was not you, there is nothing to do: nobody has gained access.",
		}
	}
	return Letter{
		To: m.To, Subject: "Confirm your e-mail address", Title: "Confirm your e-mail address",
		Paragraphs: []string{"Hello " + m.Name + ",", "one press and your account is ready. The link works for 24 hours."},
		ButtonText: "Confirm the address", ButtonURL: m.URL,
		Note: "If you did not sign up to Plinth, do nothing: without a confirmation no account is made.",
	}
}

// Reset carries the link that sets a new password.
func Reset(m auth.ResetMail) Letter {
	return Letter{
		To: m.To, Subject: "Choose a new password", Title: "Choose a new password",
		Paragraphs: []string{"Hello " + m.Name + ",", "with this link you choose a new password. It works once, for one hour."},
		ButtonText: "Choose a new password", ButtonURL: m.URL,
		Note: "If you did not ask for it, do nothing: your password stays as it is.",
	}
}

// Invitation asks the reader into an organization.
func Invitation(m auth.InvitationMail) Letter {
	return Letter{
		To: m.To, Subject: m.Inviter + " invites you to " + m.Organization, Title: "Join " + m.Organization + " on Plinth",
		Paragraphs: []string{m.Inviter + " invites you to " + m.Organization + ", as " + string(m.Role) + ". The link works for seven days, for this address only."},
		ButtonText: "See the invitation", ButtonURL: m.URL,
		Note: "If you do not know who this is, do nothing: without your consent you join nothing.",
	}
}
