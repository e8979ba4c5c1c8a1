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
		Paragraphs: []string{"Hello " + m.Name + ",", "One press and your account is ready. The link works for 24 hours."},
		ButtonText: "Confirm the address", ButtonURL: m.URL,
		Note: "If you did not sign up to Plinth, do nothing: without a confirmation no account is made.",
	}
}

// Reset carries the link that sets a new password.
func Reset(m auth.ResetMail) Letter {
	return Letter{
		To: m.To, Subject: "Choose a new password", Title: "Choose a new password",
		Paragraphs: []string{"Hello " + m.Name + ",", "With this link you choose a new password. It works once, for one hour."},
		ButtonText: "Choose a new password", ButtonURL: m.URL,
		Note: "If you did not ask for it, do nothing: your password stays as it is.",
	}
}

// SignInLink carries a link that signs in.
func SignInLink(m auth.LinkMail) Letter {
	return Letter{
		To: m.To, Subject: "Sign in to Plinth", Title: "Sign in to Plinth",
		Paragraphs: []string{"Hello " + m.Name + ",", "This link signs you in. It works once, for 10 minutes."},
		ButtonText: "Sign in", ButtonURL: m.URL,
		Note: "If you did not ask for it, do nothing: without this mail nobody gets in.",
	}
}

// EmailChange asks for one of the two confirmations of a change of address.
func EmailChange(m auth.EmailChangeMail) Letter {
	switch {
	case m.ToOld:
		return Letter{
			To: m.To, Subject: "Confirm the change of your address", Title: "Confirm the change of your address",
			Paragraphs: []string{"Hello " + m.Name + ",", "The address of your account is to become " + m.New + ". It changes when you have confirmed it here and there."},
			ButtonText: "Confirm the change", ButtonURL: m.URL,
			Note: "If you did not ask for it, do nothing, and choose a new password: somebody is signed in to your account.",
		}
	case m.Taken:
		return Letter{
			To: m.To, Subject: "You have an account already", Title: "You have an account already",
			Paragraphs: []string{"Somebody, probably you, wanted to move another account to this address. It has an account of its own, so nothing was changed."},
			Note:       "If it was not you, there is nothing to do: nobody has gained access.",
		}
	}
	return Letter{
		To: m.To, Subject: "Confirm your new address", Title: "Confirm your new address",
		Paragraphs: []string{"Hello " + m.Name + ",", "This is to become the address of your account. It changes when you have confirmed it here and at the old one."},
		ButtonText: "Confirm the address", ButtonURL: m.URL,
		Note: "If you do not know what this is, do nothing: nothing is changed then.",
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

// Test says that mail works; url is the site it was sent from.
func Test(to, url string) Letter {
	return Letter{
		To: to, Subject: "Mail works", Title: "Mail works",
		Paragraphs: []string{"Somebody who runs Plinth at " + url + " wanted to see whether mail from there arrives. It does."},
		ButtonText: "Open Plinth", ButtonURL: url,
		Note: "There is nothing to do.",
	}
}
