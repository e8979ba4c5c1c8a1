package web

import (
	"slices"

	"plinth/handlers"
	"plinth/internal/scope"
)

// Handlers are the resources the routes lead to.
type Handlers struct {
	Pages         *handlers.Pages
	Auth          *handlers.Auth
	Account       *handlers.Account
	Pictures      *handlers.Pictures
	Security      *handlers.Security
	Privacy       *handlers.Privacy
	Organizations *handlers.Organizations
	OrgExports    *handlers.OrganizationExports
	Deletions     *handlers.Deletions
	People        *handlers.People
	Invitations   *handlers.Invitations
	Joins         *handlers.Joins
	Dashboards    *handlers.Dashboards
	Projects      *handlers.Projects
	Boards        *handlers.Boards
	Statuses      *handlers.Statuses
	Labels        *handlers.Labels
	Bulk          *handlers.Bulk
	SavedViews    *handlers.SavedViews
	Tickets       *handlers.Tickets
	Attachments   *handlers.Attachments
	Search        *handlers.Search
	Billing       *handlers.Billing
	StripeWebhook *handlers.StripeWebhook
	MailReports   *handlers.MailReports
	Dev           *handlers.Dev
	DevMail       *handlers.DevMail
	DevStripe     *handlers.DevStripe
	Admin         *handlers.Admin
	Audit         *handlers.Audit
	Live          *handlers.Live
	Notifications *handlers.Notifications
	Reports       *handlers.Reports
	Exports       *handlers.Exports
	Imports       *handlers.Imports
	Endpoints     *handlers.Endpoints
}

// Routes is the table of all URLs, with who may ask them.
func Routes(h Handlers) []Route {
	return slices.Concat(openRoutes(h), personRoutes(h), organizationRoutes(h), projectRoutes(h), ticketRoutes(h), transferRoutes(h), webhookRoutes(h), officeRoutes(h), switchRoutes(h), machineRoutes(h))
}

// openRoutes are asked by people who are not signed in.
func openRoutes(h Handlers) []Route {
	return []Route{
		get("/{$}", public(h.Pages.Landing)),
		get("/pricing", public(h.Pages.Pricing)),
		get("/terms", public(h.Pages.Terms)),
		get("/privacy", public(h.Pages.Privacy)),
		post("/theme", alsoLooking(public(h.Pages.SetTheme))),

		// Signing up and in.
		get("/signup", public(h.Auth.NewSignup)),
		post("/signup", public(h.Auth.CreateSignup)),
		get("/check-mail", public(h.Auth.CheckMail)),
		post("/check-mail/resend", public(h.Auth.ResendVerification)),
		post("/check-mail/address", public(h.Auth.CorrectAddress)),
		get("/verify", public(h.Auth.ShowVerify)),
		post("/verify", public(h.Auth.CreateVerification)),
		get("/signin", public(h.Auth.NewSignin)),
		post("/signin", public(h.Auth.CreateSignin)),
		post("/signout", alsoLooking(public(h.Auth.Signout))),
		post("/signin/oidc/{provider}", public(h.Auth.BeginOIDC)),
		get("/signin/oidc/{provider}/callback", neverAs(public(h.Auth.FinishOIDC))),
		get("/signup/oidc", public(h.Auth.ShowArrived)),
		post("/signup/oidc", public(h.Auth.CreateArrived)),
		get("/signin/second", public(h.Auth.ShowSecond)),
		post("/signin/second", public(h.Auth.CreateSecond)),
		post("/signin/passkey/options", public(h.Auth.PasskeyOptions)),
		post("/signin/passkey", public(h.Auth.CreatePasskeySignin)),
		post("/signin/link", public(h.Auth.CreateLink)),
		get("/signin/link/sent", public(h.Auth.LinkSent)),
		get("/signin/link", public(h.Auth.ShowLink)),
		post("/signin/link/use", public(h.Auth.CreateLinkSignin)),
		get("/email", public(h.Auth.ShowEmail)),
		post("/email", public(h.Auth.ConfirmEmail)),
		get("/secure", public(h.Auth.ShowSecure)),
		post("/secure", public(h.Auth.CreateSecure)),
		get("/forgot", public(h.Auth.NewForgot)),
		post("/forgot", public(h.Auth.CreateForgot)),
		get("/forgot/sent", public(h.Auth.ForgotSent)),
		get("/reset", public(h.Auth.NewReset)),
		post("/reset", public(h.Auth.CreateReset)),

		// The link in a mail that ends such mails; a mail program posts to it by itself (RFC 8058).
		get("/unsubscribe/{about}/{token}", public(h.Notifications.ShowUnsubscribe)),
		post("/unsubscribe/{about}/{token}", public(h.Notifications.Unsubscribe)),
	}
}

// personRoutes are a person's own, whatever the organization.
func personRoutes(h Handlers) []Route {
	proven := func(g Guard) Guard { return recent(h.Auth.AskToProve, g) }
	return []Route{
		// A person, whatever the organization.
		get("/account", signedIn(h.Account.Show)),
		post("/account", signedIn(h.Account.Update)),
		post("/account/email", proven(signedIn(h.Account.UpdateEmail))),
		post("/account/email/withdraw", signedIn(h.Account.WithdrawEmail)),
		post("/account/password", signedIn(h.Account.UpdatePassword)),
		atMost(handlers.MaxUpload, post("/account/picture", signedIn(h.Account.UpdatePicture))),
		post("/account/picture/remove", signedIn(h.Account.RemovePicture)),
		get("/account/picture/{file}", alsoLooking(signedIn(h.Pictures.Own))),
		get("/confirm", alsoClosing(signedIn(h.Auth.ShowProve))),
		post("/confirm", alsoClosing(signedIn(h.Auth.CreateProve))),
		post("/confirm/passkey", alsoClosing(signedIn(h.Auth.CreatePasskeyProve))),

		// What a person proves with. Changes need a recent proof.
		get("/account/security", signedIn(h.Security.Show)),
		post("/account/security/totp", proven(signedIn(h.Security.CreateTOTP))),
		get("/account/security/totp", proven(signedIn(h.Security.ShowTOTP))),
		post("/account/security/totp/confirm", proven(signedIn(h.Security.ConfirmTOTP))),
		post("/account/security/totp/remove", proven(signedIn(h.Security.RemoveTOTP))),
		post("/account/security/recovery-codes", proven(signedIn(h.Security.CreateRecoveryCodes))),
		post("/account/security/passkeys/options", proven(signedIn(h.Security.PasskeyOptions))),
		post("/account/security/passkeys", proven(signedIn(h.Security.CreatePasskey))),
		post("/account/security/passkeys/{id}", signedIn(h.Security.UpdatePasskey)),
		post("/account/security/passkeys/{id}/remove", proven(signedIn(h.Security.RemovePasskey))),
		post("/account/security/devices/{id}/end", signedIn(h.Security.EndDevice)),
		get("/account/security/identities", signedIn(h.Security.ShowLink)),
		post("/account/security/identities", proven(signedIn(h.Security.CreateLink))),
		post("/account/security/identities/{provider}", proven(signedIn(h.Security.BeginLink))),
		post("/account/security/identities/{id}/remove", proven(signedIn(h.Security.RemoveIdentity))),
		post("/account/security/devices/end", signedIn(h.Security.EndOthers)),

		// How a person wants to be told.
		get("/account/notifications", signedIn(h.Notifications.Settings)),
		post("/account/notifications", signedIn(h.Notifications.UpdateSettings)),

		// A copy of a person's data, and the end of it.
		get("/account/data", alsoClosing(signedIn(h.Privacy.Show))),
		post("/account/data/export", alsoClosing(proven(signedIn(h.Privacy.CreateExport)))),
		get("/account/data/exports/{id}", alsoClosing(proven(signedIn(h.Privacy.Fetch)))),
		get("/account/delete", signedIn(h.Privacy.ShowClose)),
		post("/account/delete", proven(signedIn(h.Privacy.Close))),
		get("/account/closing", alsoClosing(signedIn(h.Privacy.ShowClosing))),
		post("/account/closing/keep", alsoClosing(signedIn(h.Privacy.Keep))),

		// Staff look as somebody else: asked for in the back-office, begun here, in the session of who asked.
		get("/impersonation/{id}", signedIn(h.Auth.ShowImpersonation)),
		post("/impersonation/{id}", signedIn(h.Auth.BeginImpersonation)),
		get("/impersonation", alsoLooking(signedIn(h.Auth.ShowRaise))),
		post("/impersonation/raise", alsoLooking(signedIn(h.Auth.RaiseImpersonation))),
		post("/impersonation/end", alsoLooking(signedIn(h.Auth.EndImpersonation))),

		// What has changed, of all their organizations.
		get("/live", alsoLooking(signedIn(h.Live.Show))),

		get("/orgs", alsoLooking(signedIn(h.Organizations.Index))),
		get("/orgs/new", signedIn(h.Organizations.New)),
		post("/orgs", signedIn(h.Organizations.Create)),

		// Invitations: anybody may open the link, only the invited person accepts.
		get("/invitations/{token}", public(h.Invitations.Show)),
		post("/invitations/{token}/accept", signedIn(h.Invitations.Accept)),
		post("/invitations/{token}/account", public(h.Invitations.CreateAccount)),

		// Coming in by a link, or by the domain of one's address.
		get("/join/{token}", public(h.Joins.Show)),
		post("/join/{token}", signedIn(h.Joins.Create)),
		post("/join", signedIn(h.Joins.CreateOpen)),
	}
}

// organizationRoutes are asked by members.
func organizationRoutes(h Handlers) []Route {
	proven := func(g Guard) Guard { return recent(h.Auth.AskToProve, g) }
	return []Route{
		// Organization: settings and people.
		get("/orgs/{org}/settings", member(scope.ManageOrganization, h.Organizations.Settings)),
		post("/orgs/{org}/settings", member(scope.ManageOrganization, h.Organizations.Update)),
		post("/orgs/{org}/settings/address", neverAs(member(scope.ManageOrganization, h.Organizations.UpdateAddress))),
		get("/orgs/{org}/settings/security", member(scope.ManageSecurity, h.Organizations.ShowSecurity)),
		post("/orgs/{org}/settings/security", proven(member(scope.ManageSecurity, h.Organizations.UpdateSecurity))),
		get("/orgs/{org}/settings/ownership", member(scope.TransferOwnership, h.Organizations.ShowOwnership)),
		post("/orgs/{org}/settings/ownership", proven(member(scope.TransferOwnership, h.Organizations.OfferOwnership))),
		post("/orgs/{org}/settings/ownership/{id}/withdraw", member(scope.TransferOwnership, h.Organizations.WithdrawOwnership)),
		get("/orgs/{org}/ownership", neverAs(member(scope.ViewOrganization, h.Organizations.ShowOffer))),
		post("/orgs/{org}/ownership/{id}/confirm", proven(member(scope.ViewOrganization, h.Organizations.ConfirmOwnership))),
		post("/orgs/{org}/ownership/{id}/decline", neverAs(member(scope.ViewOrganization, h.Organizations.DeclineOwnership))),
		get("/orgs/{org}/settings/export", member(scope.ExportOrganization, h.OrgExports.Show)),
		post("/orgs/{org}/settings/export", proven(alsoUnpaid(alsoEnding(member(scope.ExportOrganization, h.OrgExports.Create))))),
		get("/orgs/{org}/settings/export/{id}", proven(alsoDeleted(member(scope.ExportOrganization, h.OrgExports.Fetch)))),
		get("/orgs/{org}/settings/delete", member(scope.DeleteOrganization, h.Deletions.New)),
		post("/orgs/{org}/settings/delete", proven(alsoUnpaid(alsoEnding(member(scope.DeleteOrganization, h.Deletions.Create))))),
		get("/orgs/{org}/deletion", alsoDeleted(member(scope.DeleteOrganization, h.Deletions.Show))),
		post("/orgs/{org}/deletion/restore", alsoDeleted(alsoUnpaid(alsoEnding(member(scope.DeleteOrganization, h.Deletions.Restore))))),
		get("/orgs/{org}/search", member(scope.ViewOrganization, h.Search.Show)),
		get("/orgs/{org}/people", member(scope.ViewPeople, h.People.List)),
		get("/orgs/{org}/logo/{file}", member(scope.ViewOrganization, h.Pictures.Logo)),
		atMost(handlers.MaxUpload, post("/orgs/{org}/settings/logo", member(scope.ManageOrganization, h.Organizations.UpdateLogo))),
		post("/orgs/{org}/settings/logo/remove", member(scope.ManageOrganization, h.Organizations.RemoveLogo)),
		get("/orgs/{org}/pictures/{user}/{file}", member(scope.ViewOrganization, h.Pictures.Member)),
		get("/orgs/{org}/people/joining", member(scope.ManagePeople, h.People.ShowJoining)),
		post("/orgs/{org}/people/joining/links", member(scope.ManagePeople, h.People.CreateJoinLink)),
		post("/orgs/{org}/people/joining/links/end", member(scope.ManagePeople, h.People.EndJoinLink)),
		post("/orgs/{org}/people/joining/domains", member(scope.ManagePeople, h.People.UpdateDomains)),
		post("/orgs/{org}/people/invitations", member(scope.ManagePeople, h.People.Invite)),
		post("/orgs/{org}/people/invitations/{id}/resend", member(scope.ManagePeople, h.People.ResendInvitation)),
		post("/orgs/{org}/people/invitations/{id}/revoke", member(scope.ManagePeople, h.People.RevokeInvitation)),
		post("/orgs/{org}/people/{user}/role", member(scope.ManagePeople, h.People.UpdateRole)),
		get("/orgs/{org}/people/{user}/remove", member(scope.ManagePeople, h.People.ShowRemove)),
		post("/orgs/{org}/people/{user}/remove", member(scope.ManagePeople, h.People.Remove)),
		post("/orgs/{org}/people/leave", neverAs(alsoReadOnly(member(scope.ViewOrganization, h.People.Leave)))),

		// Organization: what happened. An export is a link, and notes itself as an entry.
		get("/orgs/{org}/audit", member(scope.ViewAudit, h.Audit.Show)),
		get("/orgs/{org}/audit/export", member(scope.ExportAudit, h.Audit.Export)),

		// Organization: plan and payments. What leads to a payment is open to those who owe one.
		get("/orgs/{org}/billing", member(scope.ViewBilling, h.Billing.Show)),
		get("/orgs/{org}/billing/invoices", member(scope.ViewBilling, h.Billing.Invoices)),
		post("/orgs/{org}/billing/email", alsoUnpaid(member(scope.ManageBilling, h.Billing.SetEmail))),
		post("/orgs/{org}/billing/code", member(scope.ManageBilling, h.Billing.ApplyCode)),
		post("/orgs/{org}/billing/checkout", alsoUnpaid(member(scope.ManageBilling, h.Billing.CreateCheckout))),
		post("/orgs/{org}/billing/trial", member(scope.ManageBilling, h.Billing.CreateTrial)),
		post("/orgs/{org}/billing/portal", alsoUnpaid(member(scope.ManageBilling, h.Billing.OpenPortal))),
		get("/orgs/{org}/billing/change", member(scope.ManageBilling, h.Billing.ShowChange)),
		post("/orgs/{org}/billing/change", member(scope.ManageBilling, h.Billing.Change)),
		post("/orgs/{org}/billing/change/withdraw", alsoUnpaid(member(scope.ManageBilling, h.Billing.Keep))),
		get("/orgs/{org}/billing/cancel", member(scope.ManageBilling, h.Billing.ShowCancel)),
		post("/orgs/{org}/billing/cancel", alsoUnpaid(member(scope.ManageBilling, h.Billing.Cancel))),
		post("/orgs/{org}/billing/resume", alsoUnpaid(member(scope.ManageBilling, h.Billing.Resume))),
		get("/orgs/{org}/billing/start", member(scope.ManageBilling, h.Billing.ShowStart)),
		post("/orgs/{org}/billing/start", alsoUnpaid(member(scope.ManageBilling, h.Billing.Start))),
	}
}

// projectRoutes are asked by members, guests among them. Which projects a person sees and manages the operations ask.
func projectRoutes(h Handlers) []Route {
	return []Route{
		get("/orgs/{org}", member(scope.ViewOrganization, h.Dashboards.Show)),
		post("/orgs/{org}/steps/hide", member(scope.ViewOrganization, h.Dashboards.HideSteps)),
		get("/orgs/{org}/tickets", member(scope.ViewOrganization, h.Tickets.Mine)),

		// What a person was told. Reading it is theirs alone, whatever the organization's state.
		get("/orgs/{org}/inbox", member(scope.ViewOrganization, h.Notifications.Inbox)),
		get("/orgs/{org}/inbox/count", member(scope.ViewOrganization, h.Notifications.Count)),
		post("/orgs/{org}/inbox/read", alsoReadOnly(member(scope.ViewOrganization, h.Notifications.MarkAllRead))),
		get("/orgs/{org}/notifications", member(scope.ViewOrganization, h.Notifications.Wishes)),
		post("/orgs/{org}/notifications/{key}", alsoReadOnly(member(scope.ViewOrganization, h.Notifications.UpdateWish))),
		post("/orgs/{org}/inbox/{id}", alsoReadOnly(member(scope.ViewOrganization, h.Notifications.Open))),
		post("/orgs/{org}/inbox/{id}/read", alsoReadOnly(member(scope.ViewOrganization, h.Notifications.MarkRead))),

		// Projects.
		get("/orgs/{org}/projects", member(scope.ViewOrganization, h.Projects.List)),
		get("/orgs/{org}/projects/new", member(scope.CreateProject, h.Projects.New)),
		post("/orgs/{org}/projects", member(scope.CreateProject, h.Projects.Create)),
		get("/orgs/{org}/projects/{key}", member(scope.ViewOrganization, h.Projects.Show)),
		get("/orgs/{org}/projects/{key}/report", member(scope.ViewOrganization, h.Reports.Show)),
		get("/orgs/{org}/projects/{key}/report.pdf", member(scope.ViewOrganization, h.Reports.PDF)),
		post("/orgs/{org}/projects/{key}/report/mail", alsoReadOnly(member(scope.ViewOrganization, h.Reports.SetMail))),
		get("/orgs/{org}/projects/{key}/board", member(scope.ViewOrganization, h.Boards.Show)),
		get("/orgs/{org}/projects/{key}/settings", member(scope.ViewOrganization, h.Projects.Settings)),
		post("/orgs/{org}/projects/{key}/settings", neverAs(member(scope.ViewOrganization, h.Projects.Update))),
		get("/orgs/{org}/projects/{key}/settings/statuses", member(scope.ViewOrganization, h.Statuses.List)),
		post("/orgs/{org}/projects/{key}/settings/statuses", member(scope.ViewOrganization, h.Statuses.Create)),
		post("/orgs/{org}/projects/{key}/settings/statuses/{status}", member(scope.ViewOrganization, h.Statuses.Update)),
		post("/orgs/{org}/projects/{key}/settings/statuses/{status}/move", member(scope.ViewOrganization, h.Statuses.Move)),
		get("/orgs/{org}/projects/{key}/settings/statuses/{status}/remove", member(scope.ViewOrganization, h.Statuses.ShowRemove)),
		post("/orgs/{org}/projects/{key}/settings/statuses/{status}/remove", member(scope.ViewOrganization, h.Statuses.Remove)),
		get("/orgs/{org}/projects/{key}/settings/labels", member(scope.ViewOrganization, h.Labels.List)),
		post("/orgs/{org}/projects/{key}/settings/labels", member(scope.ViewOrganization, h.Labels.Create)),
		post("/orgs/{org}/projects/{key}/settings/labels/{label}", member(scope.ViewOrganization, h.Labels.Update)),
		get("/orgs/{org}/projects/{key}/settings/labels/{label}/remove", member(scope.ViewOrganization, h.Labels.ShowRemove)),
		post("/orgs/{org}/projects/{key}/settings/labels/{label}/remove", member(scope.ViewOrganization, h.Labels.Remove)),
		get("/orgs/{org}/projects/{key}/views", member(scope.ViewOrganization, h.SavedViews.List)),
		post("/orgs/{org}/projects/{key}/views", member(scope.ViewOrganization, h.SavedViews.Create)),
		post("/orgs/{org}/projects/{key}/views/{view}", member(scope.ViewOrganization, h.SavedViews.Update)),
		post("/orgs/{org}/projects/{key}/views/{view}/open", member(scope.ViewOrganization, h.SavedViews.Open)),
		post("/orgs/{org}/projects/{key}/views/{view}/delete", member(scope.ViewOrganization, h.SavedViews.Delete)),
		post("/orgs/{org}/projects/{key}/bulk", member(scope.WriteTickets, h.Bulk.Update)),
		post("/orgs/{org}/projects/{key}/bulk/undo", member(scope.WriteTickets, h.Bulk.Undo)),
		post("/orgs/{org}/projects/{key}/archive", member(scope.ViewOrganization, h.Projects.Archive)),
		post("/orgs/{org}/projects/{key}/members", neverAs(member(scope.ViewOrganization, h.Projects.AddMember))),
		post("/orgs/{org}/projects/{key}/members/{user}/remove", neverAs(member(scope.ViewOrganization, h.Projects.RemoveMember))),
	}
}

// officeRoutes are asked by staff.
func officeRoutes(h Handlers) []Route {
	return []Route{
		// The back-office; 404 for everybody who is not staff. An act names itself, since it asks for its reason.
		get("/admin", staff(scope.ViewOffice, h.Admin.Overview)),
		get("/admin/find", staff(scope.ViewOffice, h.Admin.Find)),
		get("/admin/users", staff(scope.ViewOffice, h.Admin.Users)),
		get("/admin/users/{id}", staff(scope.ViewOffice, h.Admin.User)),
		post("/admin/users/export", act(scope.ManageAccounts, "Export the users", h.Admin.ExportUsers)),
		post("/admin/users/{id}/notes", because("note", act(scope.WriteNotes, "Keep a note", h.Admin.NoteUser))),
		post("/admin/users/{id}/impersonate", act(scope.Impersonate, "Look as this person", h.Admin.Impersonate)),
		post("/admin/users/{id}/signout", act(scope.ManageAccounts, "Sign out everywhere", h.Admin.SignOutUser)),
		post("/admin/users/{id}/factors", act(scope.ManageAccounts, "Reset the second factor", h.Admin.ResetFactors)),
		post("/admin/users/{id}/suspend", act(scope.ManageAccounts, "Suspend the account", h.Admin.SuspendUser)),
		post("/admin/users/{id}/lift", act(scope.ManageAccounts, "Lift the suspension", h.Admin.LiftUser)),
		post("/admin/users/{id}/delete", act(scope.ManageAccounts, "Delete the account", h.Admin.DeleteUser)),
		post("/admin/users/{id}/restore", act(scope.ManageAccounts, "Keep the account", h.Admin.RestoreUser)),
		post("/admin/users/{id}/role", act(scope.ManageAccounts, "Set the role in the back-office", h.Admin.SetStaffRole)),
		get("/admin/signups", staff(scope.ViewOffice, h.Admin.Signups)),
		post("/admin/signups/{id}/verify", act(scope.ManageAccounts, "Verify the address", h.Admin.Verify)),
		post("/admin/notes/{id}/delete", act(scope.WriteNotes, "Delete the note", h.Admin.DeleteNote)),
		get("/admin/audit", staff(scope.ViewOffice, h.Admin.Acts)),
		get("/admin/users/{id}/picture/{file}", staff(scope.ViewOffice, h.Pictures.Staff)),
		get("/admin/organizations", staff(scope.ViewOffice, h.Admin.Organizations)),
		get("/admin/organizations/{id}", staff(scope.ViewOffice, h.Admin.Organization)),
		post("/admin/organizations/export", act(scope.ExportOffice, "Export the organizations", h.Admin.ExportOrganizations)),
		post("/admin/organizations/{id}/notes", because("note", act(scope.WriteNotes, "Keep a note", h.Admin.NoteOrganization))),
		post("/admin/organizations/{id}/transfer", act(scope.ManageAccounts, "Make somebody an owner", h.Admin.Transfer)),
		post("/admin/organizations/{id}/delete", act(scope.ManageAccounts, "Delete the organization", h.Admin.DeleteOrganization)),
		post("/admin/organizations/{id}/restore", act(scope.ManageAccounts, "Bring the organization back", h.Admin.RestoreOrganization)),
		post("/admin/organizations/{id}/suspend", because("reason", act(scope.ManageAccounts, "Suspend the organization", h.Admin.Suspend))),
		post("/admin/organizations/{id}/lift", act(scope.ManageAccounts, "Lift the suspension", h.Admin.Lift)),
		post("/admin/organizations/{id}/plan", act(scope.ManageMoney, "Give a plan", h.Admin.Give)),
		post("/admin/organizations/{id}/plan/end", because("why_end", act(scope.ManageMoney, "End what is given", h.Admin.EndGift))),
		get("/admin/revenue", staff(scope.ViewOffice, h.Admin.Revenue)),
		post("/admin/revenue/export", act(scope.ExportOffice, "Export the revenue", h.Admin.ExportRevenue)),
		post("/admin/revenue/check", act(scope.ManageMoney, "Compare the revenue with Stripe", h.Admin.CheckRevenue)),
		get("/admin/tasks", staff(scope.ViewOffice, h.Admin.Tasks)),
		get("/admin/tasks/{id}", staff(scope.ViewOffice, h.Admin.Task)),
		post("/admin/tasks/{id}/take", act(scope.ManageMoney, "Take the task", h.Admin.TakeTask)),
		post("/admin/tasks/{id}/close", because("note", act(scope.ManageMoney, "Close the task", h.Admin.CloseTask))),
		get("/admin/subscriptions", staff(scope.ViewOffice, h.Admin.Subscriptions)),
		get("/admin/organizations/{id}/subscriptions/{sub}", staff(scope.ViewOffice, h.Admin.Subscription)),
		post("/admin/organizations/{id}/subscriptions/{sub}/refetch", act(scope.ManageMoney, "Fetch the subscription again", h.Admin.Refetch)),
		get("/admin/plans", staff(scope.ViewOffice, h.Admin.Plans)),
		get("/admin/webhooks", staff(scope.ViewOffice, h.Admin.Webhooks)),
		post("/admin/webhooks/replay", act(scope.ManageMoney, "Replay the events", h.Admin.ReplayWebhooks)),
		get("/admin/webhooks/{id}", staff(scope.ViewOffice, h.Admin.Webhook)),
		post("/admin/webhooks/{id}/replay", act(scope.ManageMoney, "Replay the event", h.Admin.ReplayWebhook)),
		get("/admin/customers", staff(scope.ViewOffice, h.Admin.UnknownCustomers)),
		get("/admin/customers/{id}", staff(scope.ViewOffice, h.Admin.UnknownCustomer)),
		post("/admin/customers/{id}/ignore", act(scope.ManageMoney, "Ignore the customer", h.Admin.IgnoreCustomer)),
		get("/admin/mails", staff(scope.ViewOffice, h.Admin.Mails)),
		get("/admin/mails/suppressed", staff(scope.ViewOffice, h.Admin.Suppressions)),
		post("/admin/mails/suppressed", act(scope.RunOperations, "Suppress the address", h.Admin.Suppress)),
		post("/admin/mails/suppressed/remove", act(scope.RunOperations, "Send mail to the address again", h.Admin.Unsuppress)),
		get("/admin/mails/{id}", staff(scope.ViewOffice, h.Admin.Mail)),
		post("/admin/mails/{id}/again", act(scope.RunOperations, "Send the mail again", h.Admin.SendMailAgain)),
		get("/admin/outbox", staff(scope.ViewOffice, h.Admin.Outbox)),
		get("/admin/outbox/{id}", staff(scope.ViewOffice, h.Admin.Delivery)),
		post("/admin/outbox/{id}/replay", act(scope.RunOperations, "Post it once more", h.Admin.Redeliver)),
		post("/admin/organizations/{id}/webhooks/{hook}/resume", act(scope.RunOperations, "Resume the webhook", h.Admin.ResumeEndpoint)),
		get("/admin/jobs", staff(scope.ViewOffice, h.Admin.Jobs)),
		get("/admin/jobs/kinds", staff(scope.ViewOffice, h.Admin.JobKinds)),
		get("/admin/jobs/bulk", staff(scope.ViewOffice, h.Admin.AskJobAct)),
		post("/admin/jobs/bulk", act(scope.RunOperations, "Act on all these jobs", h.Admin.BeginJobAct)),
		get("/admin/jobs/bulk/{id}", staff(scope.ViewOffice, h.Admin.JobAct)),
		get("/admin/requests/{id}", staff(scope.ViewOffice, h.Admin.Request)),
		get("/admin/system", staff(scope.ViewOffice, h.Admin.System)),
		get("/admin/jobs/{id}", staff(scope.ViewOffice, h.Admin.Job)),
		post("/admin/jobs/{id}/retry", act(scope.RunOperations, "Run the job now", h.Admin.RetryJob)),
		post("/admin/jobs/{id}/cancel", act(scope.RunOperations, "Cancel the job", h.Admin.CancelJob)),
		get("/admin/jobs/queues/{queue}", staff(scope.ViewOffice, h.Admin.JobQueue)),
		post("/admin/jobs/queues/{queue}/pause", act(scope.RunOperations, "Pause the queue", h.Admin.PauseQueue)),
		post("/admin/jobs/queues/{queue}/resume", act(scope.RunOperations, "Let the queue run", h.Admin.ResumeQueue)),
	}
}

// machineRoutes are asked by machines, and by who builds this.
func machineRoutes(h Handlers) []Route {
	return []Route{
		// Machines with a signature.
		atMost(512<<10, post("/webhooks/stripe", signed(h.StripeWebhook.Receive))),
		atMost(64<<10, post("/webhooks/mail", signed(h.MailReports.Receive))),

		// Developer pages; 404 elsewhere.
		get("/dev", devOnly(h.Dev.Show)),
		get("/dev/mail", devOnly(h.DevMail.List)),
		get("/dev/mail/{id}", devOnly(h.DevMail.Show)),
		get("/dev/mail/{id}/html", devOnly(h.DevMail.HTML)),
		post("/dev/mail/clear", devOnly(h.DevMail.Clear)),
		get("/dev/mails", devOnly(h.DevMail.MailSamples)),
		get("/dev/mails/{kind}", devOnly(h.DevMail.MailSample)),
		get("/dev/mails/{kind}/html", devOnly(h.DevMail.MailSampleHTML)),
		get("/dev/stripe", devOnly(h.DevStripe.Show)),
		get("/dev/stripe/events/{id}", devOnly(h.DevStripe.ShowEvent)),
		post("/dev/stripe/events/{id}/redeliver", devOnly(h.DevStripe.Redeliver)),
		post("/dev/stripe/clock", devOnly(h.DevStripe.MoveClock)),
		post("/dev/stripe/chaos", devOnly(h.DevStripe.SetChaos)),
		post("/dev/stripe/release", devOnly(h.DevStripe.Release)),
		post("/dev/stripe/coupons", devOnly(h.DevStripe.MakeCoupon)),
		get("/dev/stripe/customers/{id}", devOnly(h.DevStripe.ShowCustomer)),
		post("/dev/stripe/customers/{id}/clock", devOnly(h.DevStripe.MoveCustomerClock)),
		post("/dev/stripe/customers/{id}/refund", devOnly(h.DevStripe.RefundCharge)),
		post("/dev/stripe/customers/{id}/dispute", devOnly(h.DevStripe.DisputeCharge)),
		post("/dev/stripe/customers/{id}/decide", devOnly(h.DevStripe.DecideDispute)),
		post("/dev/stripe/customers/{id}/discount", devOnly(h.DevStripe.DropDiscount)),
	}
}
