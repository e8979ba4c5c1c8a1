package mail

import (
	"fmt"

	"plinth/internal/auth"
)

// SecurityNotice tells a person what was changed about their account, and lets them say that it was not them.
func SecurityNotice(m auth.SecurityNotice) Letter {
	subject, what := noticeText(m)
	done := fmt.Sprintf("It was done on %s, from %s (%s). If it was you, there is nothing to do.", m.At.In(m.Zone).Format("2 January 2006 at 15:04 MST"), m.Device, m.Address)
	if m.Staff {
		done = fmt.Sprintf("Our staff did this on %s. If you asked for it, there is nothing to do.", m.At.In(m.Zone).Format("2 January 2006 at 15:04 MST"))
	}
	return Letter{
		To: m.To, Subject: subject, Title: subject,
		Paragraphs: []string{
			"Hello " + m.Name + ",", what,
			done,
		},
		ButtonText: "This was not me", ButtonURL: m.URL,
		Note: "The button signs out everybody, takes back what was added, and lets you choose a new password. It works for seven days.",
	}
}

func noticeText(m auth.SecurityNotice) (subject, what string) {
	switch m.Action {
	case auth.PasswordChanged, auth.PasswordReset:
		return "Your password was changed", "The password of your account was changed, and all other devices were signed out."
	case auth.TOTPAdded:
		return "A second factor was added", "Signing in to your account now asks for a code of an authenticator app."
	case auth.TOTPRemoved:
		return "A second factor was removed", "Signing in to your account no longer asks for a code of an authenticator app."
	case auth.CodesMade:
		return "New recovery codes", "New recovery codes were made for your account; the earlier ones are worth nothing."
	case auth.CodeUsed:
		return "A recovery code was used", "Somebody signed in to your account with a recovery code, which is used up now."
	case auth.PasskeyAdded:
		return "A passkey was added", "The passkey “" + m.Detail + "” can now sign in to your account."
	case auth.PasskeyRemoved:
		return "A passkey was removed", "The passkey “" + m.Detail + "” can no longer sign in to your account."
	case auth.NewDevice:
		return "A sign-in from a new device", "Somebody signed in to your account from a browser that was not used for it before."
	case auth.EmailChangeAsked:
		return "Your address is about to change", "Somebody asked to change the address of your account to " + m.Detail + "."
	case auth.EmailChanged:
		return "Your address was changed", "The address of your account is now " + m.Detail + "."
	case auth.IdentityLinked:
		return "A way to sign in was added", m.Detail + " can now sign in to your account."
	case auth.ClosingAsked:
		return "Your account will be deleted", "Your account will be deleted and erased on " + m.Detail + ". To keep it, sign in before then and press “Keep my account”."
	case auth.StaffFactors:
		return "Your second factor was reset", "The second factors of your account, passkeys and recovery codes among them, were taken away, and everybody was signed out. Your password signs you in; set up a new second factor then."
	case auth.StaffVerified:
		return "Your account is ready", "Your account was opened without the link that we sent you. Sign in with the password that you chose when you signed up."
	case auth.IdentityUnlinked:
		return "A way to sign in was removed", m.Detail + " can no longer sign in to your account."
	}
	return "Something changed in your account", "The security settings of your account were changed."
}
