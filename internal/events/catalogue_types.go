package events

// toldOf are types that an organization can have posted to it, keptOf those that stay inside.
func toldOf(object string, all ...Type) []Type { return kind(object, true, all) }

func keptOf(object string, all ...Type) []Type { return kind(object, false, all) }

func kind(object string, told bool, all []Type) []Type {
	for i := range all {
		all[i].Version, all[i].Object, all[i].Told = 1, object, told
	}
	return all
}

func to(field, after string) []Change { return []Change{{field, "", after}} }

func from(field, before, after string) []Change { return []Change{{field, before, after}} }

const (
	exampleID      = "01920c5e-7e7f-7a3d-9b53-1f2a5d0c7e11"
	exampleComment = "01920c5e-9d10-7c55-8f7e-3c0d2b6a4f22"
)

func ticketTypes() []Type {
	return toldOf("ticket",
		Type{Name: "ticket.created", Text: "opened a ticket", Changes: to("assignee", exampleID)},
		Type{Name: "ticket.edited", Text: "changed a ticket's title or text", Changes: from("title", "Signup fals", "Signup fails")},
		Type{Name: "ticket.status_changed", Text: "moved a ticket to another status", Changes: from("status", "todo", "progress")},
		Type{Name: "ticket.assigned", Text: "gave a ticket to somebody, or to nobody", Changes: to("assignee", exampleID)},
		Type{Name: "ticket.priority_changed", Text: "set a ticket's priority", Changes: from("priority", "0", "3")},
		Type{Name: "ticket.labelled", Text: "added or removed a ticket's label", Changes: to("label", "Bug")},
		Type{Name: "ticket.due_changed", Text: "set a ticket's due date", Changes: to("due", "2026-12-24")},
		Type{Name: "ticket.estimate_changed", Text: "set a ticket's estimate", Changes: to("estimate", "3")},
		Type{Name: "ticket.parent_changed", Text: "put a ticket under another", Changes: to("parent", "WEB-7")},
		Type{Name: "ticket.linked", Text: "said that a ticket waits for another", Changes: to("blocks", "WEB-9")},
		Type{Name: "ticket.unlinked", Text: "said that a ticket waits for another no more", Changes: from("blocks", "WEB-9", "")},
		Type{Name: "ticket.moved", Text: "moved a ticket to another project", Changes: from("key", "WEB-12", "OPS-3")},
		Type{Name: "ticket.duplicated", Text: "copied a ticket", Changes: to("copy", "WEB-13")},
		Type{Name: "ticket.deleted", Text: "moved a ticket to the trash"},
		Type{Name: "ticket.restored", Text: "brought a ticket back from the trash"},
		Type{Name: "ticket.erased", Text: "deleted a ticket for good"},
		Type{Name: "ticket.commented", Text: "commented on a ticket", Changes: to(AboutComment, exampleComment)},
		Type{Name: "ticket.comment_edited", Text: "changed a comment", Changes: to(AboutComment, exampleComment)},
		Type{Name: "ticket.comment_deleted", Text: "deleted a comment", Changes: to(AboutComment, exampleComment)},
		Type{Name: "ticket.comment_restored", Text: "brought a comment back", Changes: to(AboutComment, exampleComment)},
		Type{Name: "attachment.added", Text: "attached a file to a ticket", Changes: to("file", "screen.png")},
		Type{Name: "attachment.removed", Text: "removed a file from a ticket", Changes: from("file", "screen.png", "")},
	)
}

func projectTypes() []Type {
	return append(toldOf("project",
		Type{Name: "project.created", Text: "made a project"},
		Type{Name: "project.changed", Text: "changed a project's settings", Changes: from("name", "Web", "Website")},
		Type{Name: "project.archived", Text: "archived a project"},
		Type{Name: "project.unarchived", Text: "brought an archived project back"},
		Type{Name: "project.member_added", Text: "added somebody to a project", Changes: to("member", exampleID)},
		Type{Name: "project.member_removed", Text: "removed somebody from a project", Changes: from("member", exampleID, "")},
		Type{Name: "project.status_added", Text: "added a status to a project", Changes: to("status", "Testing")},
		Type{Name: "project.status_changed", Text: "changed a status of a project", Changes: from("name", "Testing", "In testing")},
		Type{Name: "project.status_moved", Text: "changed the order of a project's statuses", Changes: to("status", "Testing")},
		Type{Name: "project.status_removed", Text: "removed a status of a project", Changes: from("status", "Testing", "In progress")},
		Type{Name: "project.label_added", Text: "added a label to a project", Changes: to("label", "Bug")},
		Type{Name: "project.label_changed", Text: "changed a label of a project", Changes: from("name", "Bug", "Defect")},
		Type{Name: "project.label_removed", Text: "removed a label of a project", Changes: from("label", "Bug", "")},
		Type{Name: "project.imported", Text: "brought tickets in from a file", Changes: to("tickets", "120")},
		Type{Name: "project.import_undone", Text: "took an import back", Changes: to("tickets", "120")},
		Type{Name: "tickets.reassigned", Text: "handed somebody's open tickets over", Changes: to("tickets", "4")},
	), keptOf("project",
		Type{Name: "project.export_asked", Text: "asked for a copy of a project", Changes: to("kind", "zip")},
		Type{Name: "project.export_fetched", Text: "fetched the copy of a project", Changes: to("kind", "zip")},
		Type{Name: "project.tickets_followed", Text: "gave tickets what stands for a removed status or label", Changes: to("tickets", "12")},
		Type{Name: "tickets.purged", Text: "deleted tickets whose time in the trash was over", Changes: to("tickets", "12")},
	)...)
}

func peopleTypes() []Type {
	return append(append(toldOf("member",
		Type{Name: "member.joined", Text: "joined", Changes: to("role", "member")},
		Type{Name: "member.role_changed", Text: "changed somebody's role", Changes: from("role", "member", "admin")},
		Type{Name: "member.removed", Text: "removed somebody"},
		Type{Name: "member.left", Text: "left"},
		Type{Name: "ownership.transferred", Text: "gave the organization to somebody"},
	), toldOf("invitation",
		Type{Name: "invitation.created", Text: "invited somebody", Changes: to("role", "member")},
		Type{Name: "invitation.revoked", Text: "withdrew an invitation"},
	)...), keptOf("member",
		Type{Name: "ownership.offered", Text: "offered the organization to somebody"},
		Type{Name: "ownership.declined", Text: "declined to own the organization"},
		Type{Name: "ownership.withdrawn", Text: "took the offer of the organization back"},
		Type{Name: "join_link.created", Text: "made a link to join by", Changes: to("role", "member")},
		Type{Name: "join_link.ended", Text: "ended the link to join by"},
		Type{Name: PersonErased, Text: "erased personal values", Changes: to("events", "3")},
	)...)
}

func organizationTypes() []Type {
	return append(toldOf("organization",
		Type{Name: "organization.changed", Text: "changed the organization", Changes: from("name", "Acme", "Acme Works")},
		Type{Name: "organization.moved", Text: "changed the organization's address", Changes: from("slug", "acme", "acme-works")},
		Type{Name: "organization.security_changed", Text: "changed how people have to sign in", Changes: to("factor", "required")},
		Type{Name: "organization.domains_changed", Text: "changed whose mail addresses may join"},
		Type{Name: "organization.deletion_asked", Text: "asked to delete the organization"},
		Type{Name: "organization.deletion_withdrawn", Text: "took the deletion of the organization back"},
		Type{Name: "organization.suspended", Text: "suspended the organization", Changes: to("reason", "Unpaid for three months")},
		Type{Name: "organization.suspension_lifted", Text: "lifted the suspension"},
	), keptOf("organization",
		Type{Name: "organization.created", Text: "made the organization"},
		Type{Name: "organization.deleted", Text: "deleted the organization"},
		Type{Name: "organization.restored", Text: "brought the deleted organization back"},
		Type{Name: "organization.export_asked", Text: "asked for a copy of the organization"},
		Type{Name: "organization.export_fetched", Text: "fetched the copy of the organization"},
		Type{Name: "organization.logo_changed", Text: "changed the logo"},
		Type{Name: "organization.logo_removed", Text: "removed the logo"},
	)...)
}

func billingTypes() []Type {
	return append(toldOf("subscription",
		Type{Name: "billing.subscription_changed", Text: "noted a change of the subscription", Changes: from("plan", "team", "business")},
		Type{Name: "billing.trial_started", Text: "started a trial"},
		Type{Name: "billing.trial_will_end", Text: "noted that the trial ends soon"},
		Type{Name: "billing.payment_failed", Text: "noted that a payment failed"},
		Type{Name: "billing.payment_action_required", Text: "noted that the bank wants a payment confirmed"},
		Type{Name: "billing.finalization_failed", Text: "noted that an invoice could not be made final"},
		Type{Name: "billing.receipt", Text: "noted a payment"},
		Type{Name: "billing.canceled_nonpayment", Text: "ended the subscription, since it was not paid"},
	), keptOf("subscription",
		Type{Name: "billing.trial_converted", Text: "ended the trial and began to pay"},
		Type{Name: "billing.trial_moved", Text: "moved the end of the trial", Changes: to("reason", "Asked for by the customer")},
		Type{Name: "billing.plan_change_asked", Text: "asked to change the plan", Changes: from("plan", "team", "business")},
		Type{Name: "billing.plan_change_withdrawn", Text: "took the planned change of the plan back"},
		Type{Name: "billing.plan_given", Text: "gave a plan", Changes: to("reason", "A partner")},
		Type{Name: "billing.plan_given_ended", Text: "ended a given plan", Changes: to("reason", "The partnership is over")},
		Type{Name: "billing.cancel_asked", Text: "cancelled the subscription"},
		Type{Name: "billing.resumed", Text: "took the cancellation back"},
		Type{Name: "billing.code_applied", Text: "applied a promotion code", Changes: to("code", "SPRING")},
		Type{Name: "billing.email_changed", Text: "changed where invoices go"},
		Type{Name: "billing.refund", Text: "noted that money went back"},
		Type{Name: "billing.dispute", Text: "noted that a payment is disputed"},
	)...)
}

func webhookTypes() []Type {
	return keptOf("webhook",
		Type{Name: "webhook.created", Text: "made a webhook"},
		Type{Name: "webhook.changed", Text: "changed a webhook", Changes: from("types", "everything", "ticket.created")},
		Type{Name: "webhook.secret_rotated", Text: "made a new secret of a webhook"},
		Type{Name: "webhook.paused", Text: "paused a webhook", Changes: to("reason", "failing")},
		Type{Name: "webhook.resumed", Text: "resumed a webhook"},
		Type{Name: "webhook.deleted", Text: "deleted a webhook"},
		Type{Name: "webhook.replayed", Text: "sent events to a webhook once more", Changes: to("events", "120")},
	)
}

func otherTypes() []Type {
	return append(keptOf("audit",
		Type{Name: "audit.exported", Text: "exported the audit log", Changes: to("format", "csv")},
		Type{Name: "staff.viewed", Text: "looked at the organization in the back-office"},
		Type{Name: "staff.impersonation_begun", Text: "looks at the product as a member"},
		Type{Name: "staff.impersonation_raised", Text: "may change something as a member"},
		Type{Name: "staff.impersonation_ended", Text: "no longer looks as a member"},
	), keptOf("flag",
		Type{Name: "flag.changed", Text: "switched a part of Plinth on or off for the organization", Changes: to("state", "on")},
	)...)
}
