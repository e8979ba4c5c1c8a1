package views

import (
	"context"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/notify"
	"plinth/internal/scope"
	"plinth/views/ui"
)

func noID(id uuid.UUID) bool { return id == uuid.Nil }

func inboxNote(ctx context.Context, page notify.Inbox) string {
	switch {
	case page.Unread == 0:
		return ui.T(ctx, "All is read")
	case page.Unread >= notify.UnreadCap:
		return ui.T(ctx, "More than %d unread", notify.UnreadCap-1)
	}
	return ui.T(ctx, "%d unread", page.Unread)
}

func inboxTabs(ctx context.Context, s scope.Scope, page notify.Inbox) []ui.Tab {
	return []ui.Tab{
		{Text: ui.T(ctx, "Unread"), URL: ui.OrgPath(s.Slug, "inbox"), Current: !page.All},
		{Text: ui.T(ctx, "All"), URL: ui.OrgPath(s.Slug, "inbox") + "?show=all", Current: page.All},
	}
}

// inboxPageURL is the address of a page of the inbox.
func inboxPageURL(s scope.Scope, page notify.Inbox, before uuid.UUID) string {
	q := url.Values{}
	if page.All {
		q.Set("show", "all")
	}
	if !noID(before) {
		q.Set("before", before.String())
	}
	if len(q) == 0 {
		return ui.OrgPath(s.Slug, "inbox")
	}
	return ui.OrgPath(s.Slug, "inbox") + "?" + q.Encode()
}

func inboxFirst(s scope.Scope, page notify.Inbox) string {
	if noID(page.Before) {
		return ""
	}
	return inboxPageURL(s, page, uuid.Nil)
}

func inboxNext(s scope.Scope, page notify.Inbox) string {
	if noID(page.Next) {
		return ""
	}
	return inboxPageURL(s, page, page.Next)
}

// inboxText says what happened, beginning with who did it.
func inboxText(ctx context.Context, n notify.Notification) string {
	who := n.Actor
	if who == "" {
		who = ui.T(ctx, "Somebody")
	}
	switch n.Kind {
	case notify.Assigned:
		return ui.T(ctx, "%s gave it to you", who)
	case notify.Mention:
		return ui.T(ctx, "%s mentioned you", who)
	case notify.Comment:
		return ui.T(ctx, "%s commented", who)
	case notify.Status:
		if n.Status != "" {
			return ui.T(ctx, "%s moved it to %s", who, n.Status)
		}
		return ui.T(ctx, "%s moved it", who)
	case notify.Due:
		if n.DueOn == nil {
			return ui.T(ctx, "It was due")
		}
		if n.Late() {
			return ui.T(ctx, "It was due on %s", n.DueOn.Format("2 January"))
		}
		return ui.T(ctx, "It is due on %s", n.DueOn.Format("Monday, 2 January"))
	}
	return ui.T(ctx, "%s changed it", who)
}

func inboxIcon(n notify.Notification) string {
	if n.Kind == notify.Due {
		return "calendar"
	}
	return "bell"
}

// inboxExcerpt is the beginning of what was written, on one line.
func inboxExcerpt(n notify.Notification) string { return strings.Join(strings.Fields(n.Excerpt), " ") }

// inboxOther is what the button beside a notification makes of it.
func inboxOther(n notify.Notification) string {
	if n.ReadAt == nil {
		return "1"
	}
	return "0"
}

func inboxMark(ctx context.Context, n notify.Notification) ui.Btn {
	b := ui.Btn{Text: ui.T(ctx, "Mark as read"), Hidden: ": " + n.Ticket(), Icon: "check", Kind: "ghost", Size: "sm", Square: true}
	if n.ReadAt != nil {
		b.Text, b.Icon = ui.T(ctx, "Mark as unread"), "mail"
	}
	return b
}

func kindTitle(ctx context.Context, k notify.Kind) string {
	switch k {
	case notify.Assigned:
		return ui.T(ctx, "A ticket is given to me")
	case notify.Mention:
		return ui.T(ctx, "Somebody mentions me")
	case notify.Comment:
		return ui.T(ctx, "A comment on something I watch")
	case notify.Status:
		return ui.T(ctx, "Something I watch is moved")
	case notify.Due:
		return ui.T(ctx, "A ticket of mine is due")
	}
	return string(k)
}

func kindHint(ctx context.Context, k notify.Kind) string {
	switch k {
	case notify.Comment:
		return ui.T(ctx, "You watch what you wrote, what is yours and what you commented on, until you say otherwise there.")
	case notify.Due:
		return ui.T(ctx, "On the morning before, and once when it is late.")
	case notify.Assigned, notify.Mention, notify.Status:
	}
	return ""
}

func wayOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(notify.AtOnce), Text: ui.T(ctx, "In the inbox, and by mail at once")},
		{Value: string(notify.Digest), Text: ui.T(ctx, "In the inbox, and in a mail each morning")},
		{Value: string(notify.InApp), Text: ui.T(ctx, "In the inbox only")},
		{Value: string(notify.Nothing), Text: ui.T(ctx, "Not at all")},
	}
}

func levelOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(notify.Everything), Text: ui.T(ctx, "Everything")},
		{Value: string(notify.Mine), Text: ui.T(ctx, "Only what is mine or I watch")},
		{Value: string(notify.Silence), Text: ui.T(ctx, "Nothing")},
	}
}

func unsubscribeText(ctx context.Context, u notify.Unsubscription) string {
	if _, _, ok := u.Report(); ok {
		return ui.T(ctx, "%s then gets no more mail about this project's week. The report stays in Plinth.", u.Email)
	}
	switch u.About {
	case notify.UnsubscribeAll:
		return ui.T(ctx, "%s then gets no more mails about tickets.", u.Email)
	case notify.UnsubscribeDigest:
		return ui.T(ctx, "%s then gets no more mail each morning. What it told stays in the inbox.", u.Email)
	case string(notify.Assigned):
		return ui.T(ctx, "%s then gets no more mails when a ticket is given to you. It stays in the inbox.", u.Email)
	case string(notify.Mention):
		return ui.T(ctx, "%s then gets no more mails when somebody mentions you. It stays in the inbox.", u.Email)
	case string(notify.Comment):
		return ui.T(ctx, "%s then gets no more mails about comments. They stay in the inbox.", u.Email)
	case string(notify.Status):
		return ui.T(ctx, "%s then gets no more mails when tickets are moved. It stays in the inbox.", u.Email)
	}
	return ui.T(ctx, "%s then gets no more mails about tickets that are due. They stay in the inbox.", u.Email)
}
